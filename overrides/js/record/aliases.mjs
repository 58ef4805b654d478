// @ts-check
/**
 * Moves what is stored under an old id to the new id, after a rename. Pure.
 *
 * The old entries stay: a backup or another device may bring more under the old id later, and that is merged as well.
 * A note lists in `followed` the texts that it took from older ids, so that text deleted since does not come back.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Note} Note
 * @typedef {{id: string, aliases?: string[]}} Renamed
 * @typedef {Renamed & {questions?: unknown[], exercises?: unknown[]}} Topic
 */

import { merge, mergeNotes, nameOf } from "./merge.mjs";
import { SECTIONS, canonical, emptyRecord, entryOf, isObject } from "./record_types.mjs";

/**
 * Everything in the manifest that had other ids before.
 * @param {{topics: Topic[], paths?: unknown[]}} manifest
 * @returns {Required<Renamed>[]} topics, questions, exercises and paths that had other ids
 */
export function renamedIn(manifest) {
  const inTopics = manifest.topics.flatMap((topic) => [topic, ...(topic.questions ?? []), ...(topic.exercises ?? [])]);
  const inPaths = (manifest.paths ?? []).flatMap((path) => [path, ...(isObject(path) ? path.steps ?? [] : [])]);
  return /** @type {Required<Renamed>[]} */ ([...inTopics, ...inPaths].filter(
    (one) => isObject(one) && Array.isArray(one.aliases) && one.aliases.length > 0,
  ));
}

/**
 * Copies entries from old ids to new ones.
 * @param {LearnerRecord} record
 * @param {Renamed[]} renamed
 * @returns {LearnerRecord} the same one where there is nothing to take over
 */
export function followAliases(record, renamed) {
  let followed = record;
  for (const { id, aliases = [] } of renamed) {
    for (const alias of aliases) {
      for (const section of SECTIONS) followed = follow(followed, section, id, alias);
    }
  }
  return followed;
}

/**
 * @param {LearnerRecord} record
 * @param {typeof SECTIONS[number]} section
 * @param {string} id
 * @param {string} alias
 * @returns {LearnerRecord}
 */
function follow(record, section, id, alias) {
  const entries = /** @type {Record<string, any>} */ (record[section]);
  const [older, newer] = [entryOf(entries, alias), entryOf(entries, id)];
  if (older === undefined) return record;
  const entry = section === "notes" ? joinNotes(newer, older, alias) : join(section, newer, older);
  if (newer !== undefined && canonical(entry) === canonical(newer)) return record;
  return { ...record, [section]: { ...entries, [id]: entry } };
}

/**
 * @param {typeof SECTIONS[number]} section
 * @param {unknown} newer
 * @param {unknown} older
 */
function join(section, newer, older) {
  if (newer === undefined) return older;
  const alone = (/** @type {unknown} */ entry) => ({ ...emptyRecord(), [section]: { joined: entry } });
  return /** @type {any} */ (merge(alone(newer), alone(older))[section]).joined;
}

/**
 * @param {Note | undefined} newer
 * @param {Note} older
 * @param {string} alias
 * @returns {Note}
 */
function joinNotes(newer, older, alias) {
  const texts = nameOf({ updated: older.updated, content: canonical([older.content, older.history]) });
  const known = isObject(newer?.followed) ? newer.followed : {};
  if (newer && entryOf(known, alias) === texts) return newer;
  return { ...(newer ? mergeNotes(newer, older) : older), followed: { ...known, [alias]: texts } };
}
