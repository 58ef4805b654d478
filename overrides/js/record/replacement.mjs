// @ts-check
/**
 * When the learner puts another record in the place of everything, every open tab lets go of what it holds, except for
 * what nobody had seen when that was done: a note written in another tab a moment before must not go with the rest.
 * What was seen then is in the copies that are kept of replaced records. Pure.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 */

import { merge } from "./merge.mjs";
import { SECTIONS, canonical, emptyRecord, entryOf } from "./record_types.mjs";

/**
 * Whether one of two records is of before a replacement that the other has gone through.
 * @param {LearnerRecord} a
 * @param {LearnerRecord} b
 */
export function isBetween(a, b) {
  return (a.replaced ?? "") !== (b.replaced ?? "");
}

/**
 * @param {LearnerRecord} held in a tab
 * @param {LearnerRecord} stored by another one
 * @param {LearnerRecord[]} copies of replaced records
 * @param {LearnerRecord} lastSeen what was stored when the tab last looked; all that is known where no copy is left
 * @returns {LearnerRecord} the record of after the replacement, with what nobody had seen
 */
export function joinReplaced(held, stored, copies, lastSeen) {
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
