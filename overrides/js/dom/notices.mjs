// @ts-check
/** Messages with buttons, in one polite live region at the top of the page's content. */

import { element } from "./elements.mjs";

/** @typedef {{label: string, press: () => void}} Action */

/**
 * Adds the region for the messages.
 * @param {{root: ParentNode}} page
 */
export function start({ root }) {
  if (document.querySelector("[data-notices]")) return;
  const content = root.querySelector(".md-content__inner") ?? root.querySelector("main") ?? document.body;
  content.prepend(element("div", { class: "notices", "data-notices": true, role: "status", "aria-label": "Messages" }));
}

/**
 * Shows a message; shown again, it replaces itself.
 * @param {string} name of the message
 * @param {string} text
 * @param {Action[]} [actions] "Dismiss" is added
 */
export function show(name, text, actions = []) {
  const region = document.querySelector("[data-notices]");
  const old = find(name);
  if (!region || old?.querySelector("p")?.textContent === text) return;
  const notice = element("div", { class: "notice", "data-notice": name }, element("p", { dir: "auto" }, text));
  const buttons = element("div", { class: "notice-actions" });
  for (const { label, press } of [...actions, { label: "Dismiss", press: () => (notice.hidden = true) }]) {
    const button = element("button", { type: "button", class: "btn btn-quiet" }, label);
    button.addEventListener("click", press);
    buttons.append(button);
  }
  notice.append(buttons);
  if (old) old.replaceWith(notice);
  else region.append(notice);
}

/** Removes a message. @param {string} name */
export function hide(name) {
  find(name)?.remove();
}

/** @param {string} name */
function find(name) {
  return document.querySelector(`[data-notice="${name}"]`);
}
