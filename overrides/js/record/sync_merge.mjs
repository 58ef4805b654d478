// @ts-check
/**
 * What a synced file holds and what this browser holds, into one. Pure.
 *
 * The file was read or written by this browser before: `base` is what it held then. Where only one side changed a
 * note since, that side's text simply goes on; where both did, both texts are kept. Without the base every edit of a
 * note would meet its own older text in the file, and keep it as if somebody else had written it.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Note} Note
 */

import { merge } from "./merge.mjs";
import { canonical, entryOf } from "./record_types.mjs";

/**
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
