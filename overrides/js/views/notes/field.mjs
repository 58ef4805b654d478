// @ts-check
/**
 * A note's field, on our pages and on those written as raw HTML.
 *
 * A keystroke is stored within 150 ms, and at once when the field or the page is left. The page's own script may
 * set the field's value while the page loads: what the store holds is put back before anything is drawn.
 */

import { element, setText } from "../../dom/elements.mjs";
import { replaceNote, setNote } from "../../record/actions.mjs";
import { nameOf } from "../../record/merge.mjs";
import { UNDATED, entryOf } from "../../record/record_types.mjs";
import { when } from "../../text/dates.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../record/record_types.mjs").Note} Note
 * @typedef {import("../../record/record_types.mjs").LearnerRecord} LearnerRecord
 */

const PAUSE = 150; // ms

/** One field; two of the same note show the same text. */
export class NoteField {
  /** @type {string} the text that the learner sees */ #shown;
  /** @type {string | undefined} the name of the stored text that they see, or type over */ #base;
  /** @type {string} the longest text since the note came from elsewhere or was cut to less than half */ #longest;
  /** @type {number | undefined} while a keystroke waits to be stored */ #waiting;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {Store} store
   * @param {string} id of the note
   */
  constructor(field, store, id) {
    this.field = field;
    this.store = store;
    this.id = id;
    this.surroundings = prepare(field);
    this.#shown = this.#note?.content ?? "";
    this.#longest = this.#shown;
    this.#base = this.#noteName;
    this.#keepEarly(field.value);
    field.value = this.#shown;

    field.addEventListener("input", () => this.#typed());
    field.addEventListener("blur", () => this.#saveNow());
    addEventListener("pagehide", () => this.#saveNow());
    document.addEventListener("visibilitychange", () => document.hidden && this.#saveNow());
    document.addEventListener("DOMContentLoaded", () => this.#put(this.#shown));
    store.subscribe(() => this.#draw());
    this.#draw();
  }

  /** @returns {Note | undefined} */
  get #note() {
    return entryOf(this.store.record.notes, this.id);
  }

  get #noteName() {
    return this.#note && nameOf(this.#note);
  }

  /** @param {string} text in the field before this module was there: typed, or put back by the browser */
  #keepEarly(text) {
    if (this.#shown.includes(text)) return;
    const stored = this.#shown || text;
    this.#shown = stored;
    this.store.change((record) => {
      const kept = replaceNote(record, this.id, text, new Date());
      return replaceNote(kept, this.id, stored, new Date());
    });
  }

  #typed() {
    this.#shown = this.field.value;
    if (this.#shown.length > this.#longest.length) this.#longest = this.#shown;
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.store.change(this.#edit());
    }, PAUSE);
  }

  /**
   * Over the text that the learner saw when typing; beside one that came in from another tab since then, and beside
   * the earlier text where less than half of it is left: it may have been deleted by mistake.
   * @returns {(record: LearnerRecord) => LearnerRecord}
   */
  #edit() {
    const write = this.#noteName === this.#base ? setNote : replaceNote;
    const [shown, longest] = [this.#shown, this.#longest];
    if (shown.length * 2 >= longest.length) return (record) => write(record, this.id, shown, new Date());
    this.#longest = shown;
    return (record) => replaceNote(write(record, this.id, longest, new Date()), this.id, shown, new Date());
  }

  #saveNow() {
    if (this.#waiting === undefined) return;
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.store.changeNow(this.#edit());
  }

  /** @param {string} text one of the note's other texts */
  #putBack(text) {
    this.#saveNow();
    this.store.changeNow((record) => replaceNote(record, this.id, text, new Date()));
    this.field.focus();
  }

  #draw() {
    const note = this.#note;
    const stored = note?.content ?? "";
    if (this.#waiting === undefined) {
      this.#put(stored);
      this.#base = this.#noteName;
    }
    this.field.readOnly = this.store.status === "newer";
    const { status } = this.surroundings;
    setText(status, statusText(this.store, note));
    status.classList.toggle("is-saved", this.store.status === "saved" && note !== undefined);
    status.classList.toggle("is-unsaved", this.store.status !== "saved");
    drawOthers(this.surroundings.others, note, (text) => this.#putBack(text));
  }

  /** @param {string} text */
  #put(text) {
    if (text !== this.#shown) this.#longest = text;
    this.#shown = text;
    setText(this.surroundings.paper, text);
    if (this.field.value === text) return;
    const { selectionStart, selectionEnd } = this.field;
    this.field.value = text;
    if (document.activeElement === this.field) this.field.setSelectionRange(selectionStart, selectionEnd);
  }
}

/**
 * What a note needs around it; pages written as raw HTML have a part of it.
 * @param {HTMLTextAreaElement} field
 */
function prepare(field) {
  const container = field.closest(".topic-notes-container, .notes") ?? field.parentElement ?? field;
  if (!document.getElementById("notes")) {
    container.id = "notes";
    if (location.hash === "#notes") container.scrollIntoView();
  }
  field.dir = "auto";
  field.autocomplete = "off";
  if (field.labels?.length === 0 && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", "Your notes");

  let status = container.querySelector("[data-notes-status], .notes-auto-save");
  if (!status) {
    status = element("p", { class: "notes-auto-save" });
    field.after(status);
  }
  status.setAttribute("role", "status");
  const others = element("details", { class: "notes-others", hidden: true });
  status.after(others);
  const paper = element("div", { class: "notes-paper", dir: "auto" }); // a printed field shows its first lines only
  field.after(paper);
  return { status, others, paper };
}

/**
 * @param {Store} store
 * @param {Note | undefined} note
 */
function statusText(store, note) {
  if (store.status === "newer") return "Read only: a newer version of this site stored this note";
  if (store.status !== "saved") return "Not stored: save it as a file before you leave this page";
  if (!note) return "Stored as you type, on this device only";
  const time = note.updated === UNDATED ? "" : ` ${when(note.updated)}`;
  return `✓ Saved${time}, on this device only`;
}

/**
 * @param {HTMLDetailsElement} place
 * @param {Note | undefined} note
 * @param {(text: string) => void} putBack
 */
function drawOthers(place, note, putBack) {
  const others = note?.history ?? [];
  const drawn = others.map(({ updated, content }) => `${updated} ${content.length}`).join();
  if (place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  place.hidden = others.length === 0;
  const items = others.map(({ content, updated }) => {
    const button = element("button", { type: "button", class: "btn btn-quiet" }, "Put this text back");
    button.addEventListener("click", () => putBack(content));
    const written = updated === UNDATED ? "Earlier text" : `Written ${when(updated)}`;
    const time = element("p", { class: "meta" }, written);
    return element("li", {}, time, element("pre", { dir: "auto" }, content), button);
  });
  const title = others.length === 1 ? "1 other text of this note" : `${others.length} other texts of this note`;
  const why = "Written in another tab, on another device, or here before it was deleted; not part of the text above.";
  place.replaceChildren(
    element("summary", {}, title),
    element("p", { class: "meta" }, why),
    element("ul", { class: "plain notes-versions" }, ...items),
  );
}
