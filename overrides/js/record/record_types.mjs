// @ts-check
/**
 * The types of a learner's record, its sections and its version. Pure.
 *
 * @typedef {{content: string, updated: string, [field: string]: unknown}} Version
 *   one text of a note; `updated` is an ISO time in UTC
 * @typedef {{content: string, updated: string, after?: string, history: Version[], [field: string]: unknown}} Note
 *   the newest text, and in `history` those that it does not contain; `after` names the text it replaced
 * @typedef {{value: boolean, updated: string, [field: string]: unknown}} Mark
 * @typedef {{first: string, last: string, [field: string]: unknown}} Visit
 * @typedef {{at: string, right: boolean, given: string[], [field: string]: unknown}} Answer
 *   one try at a question: when, whether it was right, and the options or the text that were given
 * @typedef {{at: string, passed: number, total: number, source?: string, [field: string]: unknown}} Run
 *   one run of an exercise's tests; `source` is where the result came from: "file", pytest's result file. Version 2 did
 *   not say, and logged what the learner only said in the same way
 * @typedef {{seconds: number, end: boolean, last: string, [field: string]: unknown}} Reading
 *   of one section: how long it was in view, whether its end was, and when it was last
 * @typedef {{at: string, grade: number, [field: string]: unknown}} Recall
 *   one review of a question: 1 again, 2 hard, 3 good, 4 easy
 * @typedef {{log: Answer[], [field: string]: unknown}} Answers
 * @typedef {{log: Run[], [field: string]: unknown}} Runs
 * @typedef {{log: Recall[], [field: string]: unknown}} Recalls
 * @typedef {Record<string, number>} Days
 *   seconds of reading, under "2026-11-21 device"; each device counts its own
 * @typedef {{
 *   version: number,
 *   notes: Record<string, Note>,
 *   rubric: Record<string, Record<string, Mark>>,
 *   visits: Record<string, Visit>,
 *   finished: Record<string, Mark>,
 *   steps: Record<string, Mark>,
 *   answers: Record<string, Answers>,
 *   exercises: Record<string, Runs>,
 *   done: Record<string, Mark>,
 *   reviews: Record<string, Recalls>,
 *   time: Record<string, Days>,
 *   read: Record<string, Record<string, Reading>>,
 *   replaced?: string,
 *   [field: string]: unknown
 * }} LearnerRecord
 *
 * Which ids each section uses:
 * - notes, rubric, visits, finished, time, read: a topic's (notes: a lab's observations too; read: by section)
 * - steps: a step's of a learning path
 * - answers, reviews: a question's
 * - exercises, done: an exercise's (done: whether the learner says so)
 *
 * `replaced` is the time at which the learner replaced the whole record in this browser. Tabs that were open then drop
 * what they hold. Exported files do not contain it.
 *
 * Versions that shipped: none (0, the source page: notes only), 1 (notes to finished), 2 (all but done and read), 3 (all of these).
 */

export const VERSION = 3;

/** The time of an entry that has none: the oldest, so that every dated one is newer. */
export const UNDATED = "1970-01-01T00:00:00.000Z";

export const SECTIONS = /** @type {const} */ ([
  "notes", "rubric", "visits", "finished", "steps", "answers", "exercises", "done", "reviews", "time", "read",
]);

/** @returns {LearnerRecord} */
export function emptyRecord() {
  return {
    version: VERSION, notes: {}, rubric: {}, visits: {}, finished: {}, steps: {},
    answers: {}, exercises: {}, done: {}, reviews: {}, time: {}, read: {},
  };
}

/**
 * An entry by its id; never a property that every object inherits.
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

/** @param {string} key a day and a device, as `Days` has them */
export function isDay(key) {
  return /^\d{4}-\d\d-\d\d [0-9a-z]{1,16}$/.test(key);
}

/**
 * The record as text; equal records give the same text, whatever the order of their keys.
 * @param {LearnerRecord} record
 * @param {number} [indent]
 */
export function serialise(record, indent) {
  return JSON.stringify(inOrder(record), undefined, indent);
}

/**
 * JSON with sorted keys: equal values give the same text.
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  return JSON.stringify(inOrder(value));
}

/**
 * @param {unknown} value
 * @returns {unknown} with its keys in order, at every depth
 */
function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
