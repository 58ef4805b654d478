// @ts-check
/**
 * Merges a synced file with this browser's record. Pure.
 *
 * This browser has read or written the file before: `base` is what it held then. If only one side has changed a note
 * since, that side's text is taken; if both have, both texts are kept. Without the base, every edit of a note would
 * find its own older text in the file, and keep it as if another device had written it.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Note} Note
 */

import { merge } from "./merge.mjs";
import { canonical, entryOf } from "./record_types.mjs";

/**
 * Three-way merge of a synced file.
 * @param {LearnerRecord} base
 * @param {LearnerRecord} held
 * @param {LearnerRecord} file
 * @returns {LearnerRecord} `held` itself where the file adds nothing
 */
export function mergeSynced(base, held, file) {
  const merged = merge(held, file);
  const notes = Object.entries(merged.notes).map(([id, both]) => {
    const [before, mine, theirs] = [base, held, file].map((record) => entryOf(record.notes, id));
    if (!before || !mine || !theirs) return [id, both];
    if (same(before, theirs)) return [id, withTextsOf(both, mine)];
    return [id, same(before, mine) ? withTextsOf(both, theirs) : both];
  });
  const synced = { ...merged, notes: Object.fromEntries(notes) };
  return canonical(synced) === canonical(held) ? held : synced;
}

/**
 * @param {Note} a
 * @param {Note} b
 */
function same(a, b) {
  return canonical([a.content, a.updated, a.history]) === canonical([b.content, b.updated, b.history]);
}

/**
 * @param {Note} both with the fields that this version does not know
 * @param {Note} one
 * @returns {Note}
 */
function withTextsOf({ after: _, ...both }, { content, updated, after, history }) {
  return { ...both, content, updated, ...(after === undefined ? {} : { after }), history };
}
