// @ts-check
/**
 * Keeps the learner's record in localStorage; nothing else touches it there.
 *
 * Every save reads what is stored, merges it with what this page holds, and writes the result, under a lock that all
 * tabs share where the browser has locks. A tab whose write was overwritten learns it from the storage event and
 * merges again. What cannot be written is held in memory, and `status` says why.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {"saved" | "refused" | "full" | "newer" | "cleared"} Status
 *   refused: there is no storage; full: the last write failed; newer: a newer version wrote the record, so read only;
 *   cleared: the storage was cleared elsewhere, and this page still holds what was there
 */

import { asReplacement } from "../record/actions.mjs";
import { reconcile } from "../record/merge.mjs";
import { parse } from "../record/parse.mjs";
import { emptyRecord, serialise } from "../record/record_types.mjs";
import { isAcrossReplacement, mergeAcrossReplacement } from "../record/replacement.mjs";
import { withLock } from "./lock.mjs";
import { KEY, REPLACED, UNREADABLE, deviceName, drop, keep, keepWhile, kept } from "./storage_keys.mjs";
import { Unsaved } from "./unsaved.mjs";

export class Store {
  /** @type {LearnerRecord} */ #held = emptyRecord();
  /** @type {Status} */ #status = "saved";
  /** @type {string | null | undefined} the stored text as last seen */ #text = undefined;
  #changed = false;
  #unsaved = new Unsaved();
  /** @type {Set<() => void>} */ #listeners = new Set();
  /** @type {string[]} texts found since the page was opened that could not be read */ unreadable = [];

  constructor() {
    this.device = deviceName();
    this.flush();
    addEventListener("storage", (event) => {
      if (event.key === KEY || event.key === null) this.#refresh();
    });
    addEventListener("pagehide", () => {
      if (this.#changed) this.flush(); // a change that waits for the lock would be lost with the page
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

  /** What is stored, as it was last seen: of a newer version, it holds more than the record here. */
  get text() {
    return this.#text ?? "";
  }

  /** Whether closing the page now would lose something that the learner did. */
  get holdsUnsavedWork() {
    return this.#unsaved.isWork;
  }

  /**
   * @param {() => void} listener called after every change, here or in another tab
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {(record: LearnerRecord) => LearnerRecord} edit */
  async change(edit) {
    this.#apply(edit);
    await withLock(KEY, () => this.flush());
  }

  /**
   * For a page that is being left: it does not wait for the lock.
   * @param {(record: LearnerRecord) => LearnerRecord} edit
   */
  changeNow(edit) {
    this.#apply(edit);
    this.flush();
  }

  /** Stores what this page holds again, after the storage was cleared. */
  async storeAgain() {
    this.#status = "saved";
    await withLock(KEY, () => this.flush());
  }

  /** Read, merge, write. */
  flush() {
    try {
      const text = window.localStorage.getItem(KEY);
      if (text === null && this.#status === "cleared" && !this.#unsaved.isWork) return; // it may have been cleared on purpose
      if (text !== this.#text) this.#take(text);
      if (this.#status !== "newer") this.#write();
    } catch (error) {
      this.#status = error instanceof DOMException && /quota/i.test(error.name) ? "full" : "refused";
    }
    this.#notify();
  }

  /**
   * Replaces the whole record, in every open tab. The old one is kept under its own key.
   * @param {LearnerRecord} record
   * @returns {Promise<boolean>} false if there is no room for both: then nothing has changed
   */
  async replace(record) {
    let done = false;
    await withLock(KEY, () => {
      this.flush(); // what other tabs stored belongs to the old record
      const next = asReplacement(record, this.#held, new Date());
      if (this.#status !== "saved" || !keepWhile(REPLACED, serialise(this.#held), () => this.#put(next))) return;
      this.#unsaved = new Unsaved();
      this.#notify();
      done = true;
    });
    return done;
  }

  /** Texts that could not be read as a record, oldest first. */
  get setAside() {
    return kept(UNREADABLE);
  }

  /** Records that the learner replaced, oldest first, until they are dropped. */
  get replaced() {
    return kept(REPLACED);
  }

  /** @param {string} key of a replaced record that is no longer wanted */
  dropReplaced(key) {
    if (key.startsWith(REPLACED)) drop(key);
    this.#notify();
  }

  /** @param {(record: LearnerRecord) => LearnerRecord} edit */
  #apply(edit) {
    const after = this.#unsaved.apply(this.#held, edit);
    if (after === this.#held) return;
    this.#held = after;
    this.#changed = true;
    this.#notify();
  }

  #refresh() {
    try {
      const isCleared = window.localStorage.getItem(KEY) === null;
      if (!isCleared) return void withLock(KEY, () => this.flush());
      if (!this.#text || this.#status !== "saved") return;
      this.#status = "cleared"; // stored again when the learner changes something or asks for it
      this.#notify();
    } catch {} // storage is refused now: the next change reports it
  }

  /** @param {string | null} text found in storage, written by another tab */
  #take(text) {
    const { record, wrong, problem } = parse(text);
    const held = this.#held;
    const isFirst = this.#text === undefined && !this.#changed;
    if (isFirst) this.#held = record;
    else if (isAcrossReplacement(held, record)) {
      const read = (/** @type {string | null} */ kept) => parse(kept).record;
      this.#held = mergeAcrossReplacement(held, record, this.replaced.map((copy) => read(copy.text)), read(this.#text ?? null));
    } else this.#held = reconcile(held, record, this.#unsaved.written);
    this.#status = problem === "newer" ? "newer" : "saved";
    if (problem === "newer") {
      this.#text = text;
      return;
    }
    this.#unsaved.see(held, record);
    if (!isFirst && serialise(this.#held) !== serialise(record)) this.#changed = true;
    if (problem || wrong.length > 0) {
      this.#setAside(/** @type {string} */ (text));
      this.#changed = true;
    }
    this.#text = text;
  }

  #write() {
    if (this.#changed) this.#put(this.#held);
    this.#status = "saved";
  }

  /** @param {LearnerRecord} record */
  #put(record) {
    const text = serialise(record);
    window.localStorage.setItem(KEY, text);
    this.#held = record;
    this.#text = text;
    this.#changed = false;
    this.#unsaved.clear();
  }

  /**
   * Keeps the whole text under another key. If that fails, the save fails too, and nothing is overwritten.
   * @param {string} text
   */
  #setAside(text) {
    if (!this.unreadable.includes(text)) this.unreadable.push(text);
    if (!this.setAside.some((aside) => aside.text === text)) keep(UNREADABLE, text);
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }
}
