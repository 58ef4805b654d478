// @ts-check
/**
 * Merges two records entry by entry, so that nothing in either of them is lost. Pure.
 *
 * `merge` is commutative, associative and idempotent: copies may be merged in any order and any number of times.
 * - a mark (rubric, finished, steps, done): the later one; at the same time, the one that is set
 * - a log (answers, exercises, reviews): every event of both, each once, oldest first
 * - time: the longer count of each device's day
 * - read: the longer time in view, the later moment, and the end if either saw it
 * - a visit: the earliest first, the latest last
 * - a note: the latest text; every other text that no later one contains stays in `history`
 * - `replaced`: the later time
 * - a field this version does not know: merged by key; of two different values the same one wins on every device
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Note} Note
 * @typedef {import("./record_types.mjs").Version} Version
 * @typedef {import("./record_types.mjs").Mark} Mark
 * @typedef {import("./record_types.mjs").Visit} Visit
 * @typedef {import("./record_types.mjs").Reading} Reading
 */

import { SECTIONS, VERSION, canonical, entryOf, isDay, isLevel, isObject } from "./record_types.mjs";

/**
 * @param {LearnerRecord} a
 * @param {LearnerRecord} b
 * @returns {LearnerRecord}
 */
export function merge(a, b) {
  const replaced = (a.replaced ?? "") > (b.replaced ?? "") ? a.replaced : b.replaced;
  return {
    ...mergeUnknown(a, b, ["version", "replaced", ...SECTIONS]),
    ...(replaced === undefined ? {} : { replaced }),
    version: VERSION,
    notes: mergeEntries(a.notes, b.notes, mergeNotes),
    rubric: mergeEntries(a.rubric, b.rubric, mergeLevels),
    visits: mergeEntries(a.visits, b.visits, mergeVisits),
    finished: mergeEntries(a.finished, b.finished, mergeMarks),
    steps: mergeEntries(a.steps, b.steps, mergeMarks),
    answers: mergeEntries(a.answers, b.answers, mergeLogs),
    exercises: mergeEntries(a.exercises, b.exercises, mergeLogs),
    done: mergeEntries(a.done, b.done, mergeMarks),
    reviews: mergeEntries(a.reviews, b.reviews, mergeLogs),
    time: mergeEntries(a.time, b.time, mergeDays),
    read: mergeEntries(a.read, b.read, (one, other) => mergeEntries(one, other, mergeReadings)),
  };
}

/**
 * Merges what a tab holds with what it finds in storage.
 *
 * A text that this tab only read is replaced by the stored one. A text written here (`written`) is replaced only
 * by one that was written over it; if neither was written over the other, both are kept.
 *
 * @param {LearnerRecord} held
 * @param {LearnerRecord} stored
 * @param {Set<string>} written ids of the notes that this tab wrote
 * @returns {LearnerRecord}
 */
export function reconcile(held, stored, written) {
  const known = ["version", "replaced", ...SECTIONS];
  const unknown = Object.entries(stored).filter(([key]) => !known.includes(key));
  const notes = mergeEntries(held.notes, stored.notes, (mine, theirs, id) => {
    if (!written.has(id)) return theirs;
    if (theirs.after === nameOf(mine)) return replacing(mine, theirs);
    return mine.after === nameOf(theirs) ? replacing(theirs, mine) : mergeNotes(mine, theirs);
  });
  return { ...merge({ ...held, notes: {} }, { ...stored, notes: {} }), ...Object.fromEntries(unknown), notes };
}

/**
 * @param {Note} older
 * @param {Note} newer a text written over the older one, which therefore is not kept
 */
function replacing(older, newer) {
  return normalise({ ...newer, history: [...newer.history, ...older.history] });
}

/**
 * Whether `note` was known where `other` was written.
 * @param {Note} note
 * @param {Note | undefined} other
 */
export function hasSeen(note, other) {
  if (!other) return false;
  return other.after === nameOf(note) || versionsOf(other).some((version) => compare(version, note) === 0);
}

/**
 * The name of a text, as `after` stores it: its time and a checksum, since two tabs may write in the same millisecond.
 * @param {{content: string, updated: string}} version
 */
export function nameOf({ content, updated }) {
  let sum = 0x811c9dc5; // FNV-1a
  for (let at = 0; at < content.length; at += 1) sum = Math.imul(sum ^ content.charCodeAt(at), 0x01000193);
  return `${updated} ${(sum >>> 0).toString(16)}`;
}

/**
 * A note in its normal form: the latest text first, then those that it, or another later one, does not contain.
 * @param {Note} note
 * @returns {Note}
 */
export function normalise(note) {
  return mergeNotes(note, note);
}

/**
 * @param {Note} a
 * @param {Note} b
 * @returns {Note}
 */
export function mergeNotes(a, b) {
  const [newest, ...history] = withoutContained([...versionsOf(a), ...versionsOf(b)]);
  const after = [a, b]
    .filter((note) => note.after !== undefined && compare(note, newest) === 0)
    .map((note) => /** @type {string} */ (note.after))
    .sort()
    .pop();
  return {
    ...mergeUnknown(a, b, ["content", "updated", "after", "history"]),
    content: newest.content,
    updated: newest.updated,
    ...(after === undefined ? {} : { after }),
    history,
  };
}

/**
 * @param {Note} note
 * @returns {Version[]}
 */
function versionsOf(note) {
  return [{ content: note.content, updated: note.updated }, ...note.history];
}

/**
 * Latest first. "Contained" is transitive, which is what keeps the merge associative.
 * @param {Version[]} versions
 */
function withoutContained(versions) {
  /** @type {Version[]} */
  const kept = [];
  for (const version of [...versions].sort((a, b) => compare(b, a))) {
    const same = kept.findIndex((other) => compare(other, version) === 0);
    if (same >= 0) kept[same] = mergeVersions(kept[same], version);
    else if (!kept.some((other) => other.content.includes(version.content))) kept.push(version);
  }
  return kept;
}

/**
 * @param {Version} a
 * @param {Version} b
 * @returns {Version}
 */
function mergeVersions(a, b) {
  return { ...mergeUnknown(a, b, ["content", "updated"]), content: a.content, updated: a.updated };
}

/**
 * @param {{content: string, updated: string}} a
 * @param {{content: string, updated: string}} b
 */
function compare(a, b) {
  return order(a.updated, b.updated) || order(a.content, b.content);
}

/**
 * @param {Record<string, any>} a
 * @param {Record<string, any>} b
 * @returns {Record<string, any>}
 */
function mergeLevels(a, b) {
  const levels = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(isLevel);
  return {
    ...mergeUnknown(a, b, levels),
    ...mergeEntries(only(a, levels), only(b, levels), mergeMarks),
  };
}

/**
 * @param {Mark} a
 * @param {Mark} b
 * @returns {Mark}
 */
function mergeMarks(a, b) {
  const later = order(a.updated, b.updated) || Number(a.value) - Number(b.value);
  const { value, updated } = later >= 0 ? a : b;
  return { ...mergeUnknown(a, b, ["value", "updated"]), value, updated };
}

/**
 * @param {Visit} a
 * @param {Visit} b
 * @returns {Visit}
 */
function mergeVisits(a, b) {
  return {
    ...mergeUnknown(a, b, ["first", "last"]),
    first: a.first < b.first ? a.first : b.first,
    last: a.last > b.last ? a.last : b.last,
  };
}

/**
 * @param {Reading} a
 * @param {Reading} b
 * @returns {Reading}
 */
function mergeReadings(a, b) {
  return {
    ...mergeUnknown(a, b, ["seconds", "end", "last"]),
    seconds: Math.max(a.seconds, b.seconds),
    end: a.end || b.end,
    last: a.last > b.last ? a.last : b.last,
  };
}

/**
 * An event is identified by all of its fields, so devices need not agree on an id for it.
 * @template {{at: string, stamped?: unknown}} Event
 * @param {{log: Event[], [field: string]: unknown}} a
 * @param {{log: Event[], [field: string]: unknown}} b
 * @returns {{log: Event[], [field: string]: unknown}}
 */
export function mergeLogs(a, b) {
  const events = new Map([...a.log, ...b.log].map((event) => [canonical(event), event]));
  const ordered = [...events].sort(([x, one], [y, other]) => order(one.at, other.at) || order(stampOf(one), stampOf(other)) || order(x, y));
  return { ...mergeUnknown(a, b, ["log"]), log: ordered.map(([, event]) => event) };
}

/** @param {{stamped?: unknown}} event its wrong time, where it has one: see `future.mjs` */
function stampOf({ stamped }) {
  return typeof stamped === "string" ? stamped : "";
}

/**
 * @param {Record<string, any>} a
 * @param {Record<string, any>} b
 * @returns {Record<string, any>}
 */
function mergeDays(a, b) {
  const days = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(isDay);
  const longer = (/** @type {number} */ one, /** @type {number} */ other) => Math.max(one, other);
  return { ...mergeUnknown(a, b, days), ...mergeEntries(only(a, days), only(b, days), longer) };
}

/**
 * @template T
 * @param {Record<string, T>} a
 * @param {Record<string, T>} b
 * @param {(x: T, y: T, id: string) => T} mergeEntry
 * @returns {Record<string, T>}
 */
function mergeEntries(a, b, mergeEntry) {
  const entries = new Map(Object.entries(a));
  for (const [id, entry] of Object.entries(b)) {
    const mine = entryOf(a, id);
    entries.set(id, mine === undefined ? entry : mergeEntry(mine, entry, id));
  }
  return Object.fromEntries(entries);
}

/**
 * @param {Record<string, any>} a
 * @param {Record<string, any>} b
 * @param {readonly string[]} known
 */
function mergeUnknown(a, b, known) {
  const unknown = (/** @type {Record<string, any>} */ value) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !known.includes(key)));
  return mergeEntries(unknown(a), unknown(b), mergeValues);
}

/**
 * @param {unknown} a
 * @param {unknown} b
 * @returns {any}
 */
function mergeValues(a, b) {
  if (isObject(a) && isObject(b)) return mergeEntries(a, b, mergeValues);
  if (isObject(a) || isObject(b)) return isObject(a) ? a : b;
  return order(canonical(a), canonical(b)) >= 0 ? a : b;
}

/**
 * @param {Record<string, any>} value
 * @param {string[]} keys
 */
function only(value, keys) {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/**
 * @param {string} a
 * @param {string} b
 */
function order(a, b) {
  return a < b ? -1 : Number(a > b);
}
