// @ts-check
/**
 * The search dialog. `[data-search-open]`, "/" and Ctrl+K open it; what it needs is fetched then, and not before.
 *
 * The results are links, so Enter, Ctrl+Enter and a long press do what they do to links; the arrows move between them.
 */

import { address, element, setText } from "../../dom/elements.mjs";
import { counted, hoursAndMinutes } from "../../text/numbers.mjs";
import { excerptOf } from "../../text/query.mjs";
import { openSearch } from "./engine.mjs";

/**
 * @typedef {import("./engine.mjs").Answer} Answer
 * @typedef {import("./engine.mjs").Found} Found
 */

const REFERENCE = "reference/api/"; // its text says in words what code does
const WAITS = 120; // ms after a key, so that a word is asked for once
/** @type {Record<string, string>} */
const TITLES = { lesson: "Lessons", try: "Try it", site: "This site", code: "Reference and code" };

/** @param {{root: Document}} page */
export function start({ root }) {
  /** @type {SearchDialog | undefined} */
  let dialog;
  const open = () => (dialog ??= new SearchDialog()).open();
  for (const button of root.querySelectorAll("[data-search-open]")) button.addEventListener("click", open);
  root.addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    const isCommand = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if ((!isSlash && !isCommand) || root.querySelector("dialog:modal")) return;
    event.preventDefault();
    open();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select"));
}

class SearchDialog {
  /** @type {ReturnType<typeof openSearch> | undefined} */ #search;
  #asked = 0;
  #waiting = 0;

  constructor() {
    this.field = element("input", { type: "text", role: "searchbox", class: "search-field", "aria-label": "Search", placeholder: "Search", autocomplete: "off", spellcheck: "false", enterkeyhint: "go" });
    this.status = element("p", { class: "search-status", role: "status" });
    this.results = element("div", { class: "search-results" });
    const close = element("button", { type: "button", class: "btn btn-quiet search-close" }, "Close ", element("kbd", {}, "Esc"));
    this.dialog = element("dialog", { class: "search", "aria-label": "Search" },
      element("div", { class: "search-head" }, this.field, close), this.status, this.results,
      element("p", { class: "search-foot" }, element("span", {}, element("kbd", {}, "↑"), " ", element("kbd", {}, "↓"), " move ", element("kbd", {}, "Enter"), " open"), "What you type stays on this device."));
    document.body.append(this.dialog);
    close.addEventListener("click", () => this.dialog.close());
    this.field.addEventListener("input", () => this.#later());
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("click", (event) => {
      const isLink = event.target instanceof Element && event.target.closest("a");
      const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (event.target === this.dialog || (isLink && !isElsewhere)) this.dialog.close();
    });
  }

  open() {
    this.dialog.showModal();
    this.field.select();
    this.field.focus();
    this.#ask();
  }

  #later() {
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.#ask(), WAITS);
  }

  async #ask() {
    const [query, mine] = [this.field.value.trim(), (this.#asked += 1)];
    try {
      const search = await (this.#search ??= openSearch());
      const answer = query ? await search(query) : undefined;
      if (mine === this.#asked) this.#show(query, answer);
    } catch (error) {
      this.#search = undefined;
      console.warn(error);
      setText(this.status, "The search could not be loaded. Is this device offline? Type on to try again.");
    }
  }

  /**
   * @param {string} query
   * @param {Answer | undefined} answer
   */
  #show(query, answer) {
    const groups = answer?.groups ?? [];
    const count = groups.reduce((sum, group) => sum + group.found.length, 0);
    const also = answer?.also.length ? ` Also searched: ${answer.also.join(", ")}.` : "";
    const none = `Nothing found for “${query}”. Try fewer words, or another name for it.`;
    setText(this.status, !answer ? "Search lessons, exercises and the code." : count === 0 ? none : `${counted(count, "result")}.${also}`);
    this.results.replaceChildren(...groups.map(({ kind, found }) =>
      element("section", { "aria-labelledby": `search-${kind}` }, element("h2", { id: `search-${kind}` }, TITLES[kind]),
        element("ul", {}, ...found.map((one) => element("li", {}, link(one, kind, answer?.words ?? [])))))));
    this.results.scrollTop = 0;
    this.results.querySelector("a")?.classList.add("is-first");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const links = [...this.results.querySelectorAll("a")];
    const at = links.findIndex((one) => one === document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const first = document.activeElement === this.field ? 0 : at;
      const next = event.key === "ArrowUp" ? at - 1 : at < 0 ? Math.min(first + 1, links.length - 1) : at + 1;
      if (next < 0) this.field.focus();
      else links[Math.min(next, links.length - 1)]?.focus();
    } else if (event.key === "Enter" && event.target === this.field) {
      event.preventDefault();
      links[0]?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey }));
    } else if (at >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.field.focus(); // typing goes on where it was
    }
  }
}

/**
 * @param {Found} found
 * @param {string} kind
 * @param {string[]} words that are marked
 */
function link(found, kind, words) {
  const isHere = address(found.url).split("#")[0] === location.href.split("#")[0];
  const place = [found.page, isHere ? "you are here" : ""].filter(Boolean).join(", ");
  const minutes = hoursAndMinutes(Number(found.minutes));
  const title = element("span", { class: kind === "code" ? "search-title is-code" : "search-title" }, found.title);
  const made = element("a", { href: address(found.url) }, title);
  if (found.mode) made.append(element("span", { class: "search-mode" }, icon(found.mode), `${found.mode[0].toUpperCase()}${found.mode.slice(1)}, ${minutes}`));
  if (place) made.append(element("span", { class: "search-place" }, place));
  const text = excerptOf(found.text, words);
  if (text.length > 0) made.append(element("span", { class: kind === "code" && !found.url.startsWith(REFERENCE) ? "search-text is-code" : "search-text" }, ...text.map((part) => (part.isMatch ? element("mark", {}, part.text) : part.text))));
  return made;
}

/** One of the icons that every page carries. @param {string} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}
