// @ts-check
/**
 * Keeps the learner's record in localStorage; nothing else touches it there.
 *
 * Every save reads what is stored, merges it with what this page holds, and writes the result, in turn with other
 * tabs where the browser has locks. A tab that was overtaken by another's write finds out from the storage event
 * and merges again. What cannot be written is held in memory, and `status` says why.
 *
 * @typedef {import("./shape.mjs").LearnerRecord} LearnerRecord
 * @typedef {"saved" | "refused" | "full" | "newer"} Status
 *   refused: there is no storage; full: the last write failed; newer: a newer version wrote the record, so read only
 */

import { hasSeen, nameOf, reconcile } from "./merge.mjs";
import { parse } from "./record.mjs";
import { emptyRecord, entryOf, serialise } from "./shape.mjs";

export const KEY = "ai-syllabus-progress";
export const ASIDE = `${KEY}-set-aside-`;

export class Store {
  /** @type {LearnerRecord} */ #held = emptyRecord();
  /** @type {Status} */ #status = "saved";
  /** @type {string | null | undefined} the stored text as last seen */ #text = undefined;
  #changed = false;
  /** @type {Set<string>} notes written here that no other tab is known to have seen */ #written = new Set();
  /** @type {Set<string>} notes written here that are not stored yet */ #pending = new Set();
  /** @type {Set<() => void>} */ #listeners = new Set();
  /** @type {string[]} unreadable texts met since the page was opened */ met = [];

  constructor() {
    this.flush();
    addEventListener("storage", (event) => {
      if (event.key === KEY) this.#refresh();
    });
    addEventListener("pagehide", () => {
      if (this.#changed) this.flush(); // a change that still waits for its turn would be lost with the page
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#refresh();
    });
  }

  /** The record as it is now; never change it, use `change`. */
  get record() {
    return this.#held;
  }

  get status() {
    return this.#status;
  }

  /** Whether closing the page now would lose text of the learner's. */
  get holdsUnsavedNotes() {
    return this.#pending.size > 0;
  }

  /**
   * @param {() => void} listener called after every change, here or in another tab
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @param {(record: LearnerRecord) => LearnerRecord} edit
   */
  async change(edit) {
    this.#apply(edit);
    await this.#inTurn();
  }

  /**
   * For a page that is being left: no lock is waited for.
   * @param {(record: LearnerRecord) => LearnerRecord} edit
   */
  changeNow(edit) {
    this.#apply(edit);
    this.flush();
  }

  /** Read, merge, write. */
  flush() {
    try {
      const text = window.localStorage.getItem(KEY);
      if (text !== this.#text) this.#take(text);
      if (this.#status !== "newer") this.#write();
    } catch (error) {
      this.#status = error instanceof DOMException && /quota/i.test(error.name) ? "full" : "refused";
    }
    this.#notify();
  }

  /**
   * Texts that could not be read as a record, oldest first.
   * @returns {{time: string, text: string}[]}
   */
  get setAside() {
    try {
      return Object.keys(window.localStorage)
        .filter((key) => key.startsWith(ASIDE))
        .sort()
        .map((key) => ({ time: key.slice(ASIDE.length), text: window.localStorage.getItem(key) ?? "" }));
    } catch {
      return [];
    }
  }

  /** @param {(record: LearnerRecord) => LearnerRecord} edit */
  #apply(edit) {
    const before = this.#held;
    const after = edit(before);
    if (after === before) return;
    const notes = Object.entries(after.notes).map(([id, note]) => {
      const old = entryOf(before.notes, id);
      if (note === old) return [id, note];
      const replaced = this.#pending.has(id) ? old?.after : old && nameOf(old);
      this.#written.add(id);
      this.#pending.add(id);
      return [id, note.updated === old?.updated || replaced === undefined ? note : { ...note, after: replaced }];
    });
    this.#held = { ...after, notes: Object.fromEntries(notes) };
    this.#changed = true;
    this.#notify();
  }

  async #inTurn() {
    try {
      await navigator.locks.request(KEY, () => this.flush());
    } catch {
      this.flush(); // no locks here: an older browser, or a page without https
    }
  }

  #refresh() {
    try {
      if (window.localStorage.getItem(KEY) === null) return; // cleared elsewhere: stored again with the next change
    } catch {
      return;
    }
    this.#inTurn();
  }

  /** @param {string | null} text found in storage, and not from here */
  #take(text) {
    const { record, wrong, problem } = parse(text);
    const held = this.#held;
    this.#held = reconcile(held, record, this.#written);
    this.#status = problem === "newer" ? "newer" : "saved";
    if (problem === "newer") {
      this.#text = text;
      return;
    }
    for (const id of this.#written) {
      if (hasSeen(held.notes[id], entryOf(record.notes, id))) this.#written.delete(id);
    }
    if (serialise(this.#held) !== serialise(record)) this.#changed = true;
    if (problem || wrong.length > 0) {
      this.#setAside(/** @type {string} */ (text));
      this.#changed = true;
    }
    this.#text = text;
  }

  #write() {
    if (this.#changed) {
      const text = serialise(this.#held);
      window.localStorage.setItem(KEY, text);
      this.#text = text;
      this.#changed = false;
      this.#pending.clear();
    }
    this.#status = "saved";
  }

  /**
   * The whole text, under another key. Where that fails, so does the save: nothing is written over it.
   * @param {string} text
   */
  #setAside(text) {
    if (!this.met.includes(text)) this.met.push(text);
    if (this.setAside.some((aside) => aside.text === text)) return;
    window.localStorage.setItem(ASIDE + new Date().toISOString(), text);
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }
}
