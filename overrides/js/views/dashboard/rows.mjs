// @ts-check
/** Rows of the dashboard's cards: links to topics, and long lists that start short. */

import { address, element } from "../../dom/elements.mjs";

/** @typedef {import("../../learning/progress.mjs").Topic} Topic */

/**
 * A list that shows its first rows, and the rest at the press of a button.
 * @template Row
 * @param {Element} place where the list will be; it remembers whether all is shown
 * @param {{rows: Row[], make: (row: Row) => Node, most: number, name: string, redraw: () => void}} list
 * @returns {Node[]}
 */
export function expandableList(place, { rows, make, most, name, redraw }) {
  const all = place.hasAttribute("data-all") || rows.length <= most + 1;
  const shown = all ? rows : rows.slice(0, most);
  const items = element("ul", { class: `plain ${name}` }, ...shown.map(make));
  if (all) return [items];
  const button = element("button", { type: "button", class: "btn btn-quiet show-all" }, `Show all ${rows.length}`);
  button.addEventListener("click", () => {
    place.setAttribute("data-all", "");
    redraw();
    const next = place.querySelectorAll("li")[most];
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector("a"))?.focus();
  });
  return [items, button];
}

/**
 * @param {string} id
 * @param {Topic | undefined} topic undefined for a topic that this course does not have: its entry is kept all the same
 * @param {string} [anchor]
 * @param {"title" | "short"} [name]
 */
export function topicLink(id, topic, anchor = "", name = "title") {
  if (!topic) return element("b", { dir: "auto" }, id);
  const path = topic.url === null ? `reference/topic-map/#${id}` : topic.url + anchor;
  return element("a", { href: address(path) }, topic[name]);
}

/** @param {string} text */
export function empty(text) {
  return element("p", { class: "empty" }, text);
}
