// @ts-check
/**
 * What a learner's record is. Pure, and known to everything that handles one.
 *
 * @typedef {{content: string, updated: string, [field: string]: unknown}} Version
 *   one text of a note; `updated` is an ISO time in UTC
 * @typedef {{content: string, updated: string, after?: string, history: Version[], [field: string]: unknown}} Note
 *   the newest text, and in `history` those that it does not contain; `after` names the text it replaced
 * @typedef {{value: boolean, updated: string, [field: string]: unknown}} Mark
 * @typedef {{first: string, last: string, [field: string]: unknown}} Visit
 * @typedef {{
 *   version: number,
 *   notes: Record<string, Note>,
 *   rubric: Record<string, Record<string, Mark>>,
 *   visits: Record<string, Visit>,
 *   finished: Record<string, Mark>,
 *   [field: string]: unknown
 * }} LearnerRecord
 */

export const VERSION = 1;

/** The time of an entry that carries none: the oldest, so that every dated one is newer. */
export const UNDATED = "1970-01-01T00:00:00.000Z";

export const SECTIONS = ["notes", "rubric", "visits", "finished"];

/** @returns {LearnerRecord} */
export function emptyRecord() {
  return { version: VERSION, notes: {}, rubric: {}, visits: {}, finished: {} };
}

/**
 * An entry by its id, never something that every object inherits.
 * @template T
 * @param {Record<string, T>} entries
 * @param {string} id
 * @returns {T | undefined}
 */
export function entryOf(entries, id) {
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}

/** @param {string} key */
export function isLevel(key) {
  return /^[1-9]\d?$/.test(key);
}

/**
 * The same text for equal records, whatever the order in which they were put together.
 * @param {LearnerRecord} record
 * @param {number} [indent]
 */
export function serialise(record, indent) {
  return JSON.stringify(record, sortKeys, indent);
}

/**
 * @param {string} _key
 * @param {unknown} value
 */
export function sortKeys(_key, value) {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
