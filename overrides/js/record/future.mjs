// @ts-check
/**
 * Entries stamped in the future: the device's clock was wrong when they were written. Pure.
 *
 * They stay, but as entries whose time is not known, older than every dated one; so they neither win each merge until
 * their time comes nor keep a question from being asked. A note keeps its text: that counts as written just after the
 * latest dated text of the note. An event keeps the wrong time as `stamped`, so that no two events become one.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Mark} Mark
 * @typedef {import("./record_types.mjs").Note} Note
 */

import { UNDATED, isLevel, isObject } from "./record_types.mjs";

const DAY = 86_400_000; // clocks of two devices may differ by this much
/** Before this was written. A clock that shows less is wrong itself and cannot say what lies in the future. */
const EARLIEST = Date.UTC(2026, 10, 1);

/**
 * @param {LearnerRecord} record
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function withoutFuture(record, now) {
  if (now.getTime() < EARLIEST) return record;
  const limit = new Date(now.getTime() + DAY).toISOString();
  const past = (/** @type {string} */ time) => (time > limit ? UNDATED : time);

  const mark = (/** @type {Mark} */ one) => ({ ...one, updated: past(one.updated) });
  const marks = (/** @type {Record<string, Mark>} */ entries) => each(entries, mark);
  const level = (/** @type {any} */ one, /** @type {string} */ key) => (isLevel(key) && isObject(one) ? mark(/** @type {Mark} */ (one)) : one);
  /** @template {{log: {at: string}[]}} Log @param {Log} entry @returns {Log} */
  const log = (entry) => {
    if (entry.log.every(({ at }) => at <= limit)) return entry;
    const events = entry.log.map((event) => (event.at > limit ? { ...event, at: UNDATED, stamped: event.at } : event));
    return { ...entry, log: events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))) };
  };
  /** @param {Note} note */
  const written = (note) => {
    const history = note.history.map((one) => ({ ...one, updated: past(one.updated) }));
    const latest = history.map(({ updated }) => updated).sort().at(-1);
    const just = latest === undefined || latest === UNDATED ? UNDATED : new Date(Date.parse(latest) + 1).toISOString();
    return { ...note, history, updated: note.updated > limit ? just : note.updated };
  };
  return {
    ...record,
    notes: each(record.notes, written),
    rubric: each(record.rubric, (levels) => each(levels, level)),
    visits: each(record.visits, (visit) => {
      const [first, last] = [past(visit.first), past(visit.last)];
      return { ...visit, first, last: last === UNDATED ? first : last };
    }),
    finished: marks(record.finished),
    steps: marks(record.steps),
    done: marks(record.done),
    answers: each(record.answers, log),
    exercises: each(record.exercises, log),
    reviews: each(record.reviews, log),
    read: each(record.read, (sections) => each(sections, (one) => ({ ...one, last: past(one.last) }))),
  };
}

/**
 * @template T
 * @param {Record<string, T>} entries
 * @param {(entry: T, key: string) => T} change
 * @returns {Record<string, T>}
 */
function each(entries, change) {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry, key)]));
}
