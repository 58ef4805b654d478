// @ts-check
/** The dashboard's card with notes: the newest first, or those in which something is found. */

import { element, fill, setText } from "../../dom/elements.mjs";
import { Search } from "../../learning/note_search.mjs";
import { UNDATED } from "../../record/record_types.mjs";
import { when } from "../../text/dates.mjs";
import { counted } from "../../text/numbers.mjs";
import { expandableList, topicLink } from "./rows.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/note_search.mjs").Piece} Piece
 * @typedef {{id: string, updated: string, title?: Piece[], pieces: Piece[]}} Row
 */

const EXCERPT = 160; // characters
const FIRST = 8; // notes

/** The card with notes. */
export class NotesCard {
  #search = new Search();

  /**
   * @param {Element} dashboard
   * @param {Store} store
   * @param {Manifest} manifest
   */
  constructor(dashboard, store, manifest) {
    this.store = store;
    this.topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
    this.place = dashboard.querySelector("[data-notes-list]");
    this.status = dashboard.querySelector("[data-notes-count]");
    this.box = dashboard.querySelector("[data-notes-search]");
    this.field = /** @type {HTMLInputElement | null} */ (this.box?.querySelector("input") ?? null);
    this.field?.addEventListener("input", () => {
      this.place?.removeAttribute("data-all");
      this.draw();
    });
  }

  draw() {
    const { place } = this;
    if (!place) return;
    const notes = Object.entries(this.store.record.notes)
      .filter(([, { content }]) => content.trim() !== "")
      .sort(([, a], [, b]) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : 0))
      .map(([id, { content, updated }]) => ({ id, title: this.topics.get(id)?.title ?? id, content, updated }));
    this.box?.toggleAttribute("hidden", notes.length === 0);
    const query = notes.length === 0 ? "" : (this.field?.value.trim() ?? "");
    const found = query ? this.#found(notes, query) : notes.map(({ id, content, updated }) => ({ id, updated, pieces: start(content) }));
    setText(this.status, query ? `${found.length === 0 ? "No notes" : counted(found.length, "note")} with “${query}”` : "");
    if (notes.length === 0) return fill(place, []);
    if (found.length === 0) return fill(place, []);
    const make = (/** @type {Row} */ row) => this.#row(row);
    fill(place, expandableList(place, { rows: found, make, most: FIRST, name: "note-rows", redraw: () => this.draw() }));
  }

  /**
   * @param {{id: string, title: string, content: string, updated: string}[]} notes
   * @param {string} query
   * @returns {Row[]}
   */
  #found(notes, query) {
    const times = new Map(notes.map(({ id, updated }) => [id, updated]));
    return this.#search.find(notes, query).map((found) => ({ ...found, updated: times.get(found.id) ?? UNDATED }));
  }

  /** @param {Row} row */
  #row({ id, updated, title, pieces }) {
    const time = updated === UNDATED ? [] : [element("p", { class: "meta" }, when(updated))];
    const link = topicLink(id, this.topics.get(id), "#notes");
    if (title) link.replaceChildren(...title.map(drawn));
    return element("li", {}, link, element("p", { class: "excerpt", dir: "auto" }, ...pieces.map(drawn)), ...time);
  }
}

/** @param {Piece} piece */
function drawn({ text, isMatch }) {
  return isMatch ? element("mark", {}, text) : text;
}

/**
 * @param {string} content
 * @returns {Piece[]}
 */
function start(content) {
  const text = content.trimStart();
  const cut = text.slice(0, EXCERPT).trimEnd();
  return [{ text: text.trimEnd().length > EXCERPT ? `${cut}…` : cut, isMatch: false }];
}
