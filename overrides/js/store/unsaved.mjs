// @ts-check
/**
 * Tracks what was done on this page and is not stored yet, and which notes no other tab has seen. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 */

import { hasSeen, nameOf } from "../record/merge.mjs";
import { SECTIONS, entryOf } from "../record/record_types.mjs";

/** Sections that change without an action of the learner. */
const AUTOMATIC = ["visits", "time", "read"];

export class Unsaved {
  /** @type {Set<string>} notes written here that are not stored yet */ #pending = new Set();
  /** @type {Set<string>} notes written here that no other tab is known to have seen */ written = new Set();
  /** Whether it contains something that the learner did. */ isWork = false;

  /**
   * @param {LearnerRecord} before
   * @param {(record: LearnerRecord) => LearnerRecord} edit
   * @returns {LearnerRecord} its notes name the stored text that they were written over
   */
  apply(before, edit) {
    const after = edit(before);
    if (after === before) return before;
    const notes = Object.entries(after.notes).map(([id, note]) => {
      const old = entryOf(before.notes, id);
      if (note === old) return [id, note];
      const replaced = this.#pending.has(id) ? old?.after : old && nameOf(old);
      this.written.add(id);
      this.#pending.add(id);
      return [id, note.updated === old?.updated || replaced === undefined ? note : { ...note, after: replaced }];
    });
    this.isWork ||= SECTIONS.some((name) => !AUTOMATIC.includes(name) && after[name] !== before[name]);
    return { ...after, notes: Object.fromEntries(notes) };
  }

  /**
   * @param {LearnerRecord} held
   * @param {LearnerRecord} stored by another tab
   */
  see(held, stored) {
    for (const id of this.written) {
      const note = entryOf(held.notes, id);
      if (!note || hasSeen(note, entryOf(stored.notes, id))) this.written.delete(id);
    }
  }

  /** To be called when everything was stored. */
  clear() {
    this.#pending.clear();
    this.isWork = false;
  }
}
