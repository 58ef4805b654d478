// @ts-check
/**
 * What happens in open tabs when the learner replaces the whole record: each tab drops what it holds, except for
 * changes that were not stored yet at that time, such as a note written in another tab a moment before. Everything
 * stored by then is in the backups of replaced records. Pure.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 */

import { merge } from "./merge.mjs";
import { SECTIONS, canonical, emptyRecord, entryOf } from "./record_types.mjs";

/**
 * Whether a replacement happened between two records.
 * @param {LearnerRecord} a
 * @param {LearnerRecord} b
 */
export function isAcrossReplacement(a, b) {
  return (a.replaced ?? "") !== (b.replaced ?? "");
}

/**
 * Merges two records that a replacement separates.
 * @param {LearnerRecord} held in a tab
 * @param {LearnerRecord} stored by another one
 * @param {LearnerRecord[]} copies of replaced records
 * @param {LearnerRecord} lastSeen what was stored when the tab last read; used if no backup is left
 * @returns {LearnerRecord} the newer record, with the changes of the older one that were not stored
 */
export function mergeAcrossReplacement(held, stored, copies, lastSeen) {
  const isHeldOlder = (held.replaced ?? "") < (stored.replaced ?? "");
  const [older, newer] = isHeldOlder ? [held, stored] : [stored, held];
  const seen = copies.length > 0 ? copies.reduce(merge) : isHeldOlder ? lastSeen : emptyRecord();
  const all = merge(seen, older);
  /** @type {Record<string, unknown>} */
  const unseen = {};
  for (const section of SECTIONS) {
    const [before, after, mine] = [seen, all, older].map((record) => /** @type {Record<string, unknown>} */ (record[section]));
    const ids = Object.keys(mine).filter((id) => canonical(entryOf(before, id) ?? null) !== canonical(after[id]));
    unseen[section] = Object.fromEntries(ids.map((id) => [id, mine[id]]));
  }
  return merge(newer, { ...emptyRecord(), ...unseen });
}
