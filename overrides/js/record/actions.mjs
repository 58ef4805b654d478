// @ts-check
/**
 * What a learner can do to the record. Pure: each function returns a new record and leaves the old one unchanged.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Mark} Mark
 */

import { normalise } from "./merge.mjs";
import { entryOf } from "./record_types.mjs";

/**
 * Stores the text of a note.
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {string} content
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setNote(record, id, content, now) {
  const note = entryOf(record.notes, id);
  if (content === (note?.content ?? "")) return record;
  const { after: _, ...before } = note ?? { history: [] };
  const written = normalise({ ...before, content, updated: laterThan(note?.updated, now) });
  return { ...record, notes: { ...record.notes, [id]: written } };
}

/**
 * Replaces a note's text and keeps the old one in `history`.
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {string} content
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function replaceNote(record, id, content, now) {
  const note = entryOf(record.notes, id);
  if (!note || note.content === content) return setNote(record, id, content, now);
  const others = [{ content: note.content, updated: note.updated }, ...note.history];
  const kept = { ...note, history: others };
  return setNote({ ...record, notes: { ...record.notes, [id]: kept } }, id, content, now);
}

/**
 * Ticks or clears a level of a topic's self-assessment.
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {string} level
 * @param {boolean} value
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setLevel(record, id, level, value, now) {
  const levels = entryOf(record.rubric, id) ?? {};
  const mark = setMark(entryOf(levels, level), value, now);
  return { ...record, rubric: { ...record.rubric, [id]: { ...levels, [level]: mark } } };
}

/**
 * Marks a topic as finished, or not.
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {boolean} value
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setFinished(record, id, value, now) {
  const mark = setMark(entryOf(record.finished, id), value, now);
  return { ...record, finished: { ...record.finished, [id]: mark } };
}

/**
 * Records a visit to a topic.
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setVisited(record, id, now) {
  const visit = entryOf(record.visits, id);
  const last = laterThan(visit?.last, now);
  return { ...record, visits: { ...record.visits, [id]: { ...visit, first: visit?.first ?? last, last } } };
}

/**
 * Ticks or clears a step of a path.
 * @param {LearnerRecord} record
 * @param {string} id a step of a learning path
 * @param {boolean} value
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setStep(record, id, value, now) {
  return { ...record, steps: { ...record.steps, [id]: setMark(entryOf(record.steps, id), value, now) } };
}

/**
 * Adds a try at a question.
 * @param {LearnerRecord} record
 * @param {string} id a question's
 * @param {{right: boolean, given: string[]}} answer
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function addAnswer(record, id, answer, now) {
  return { ...record, answers: { ...record.answers, [id]: logged(entryOf(record.answers, id), answer, now) } };
}

/**
 * Adds a run of an exercise's tests, from the result file that pytest has written.
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 * @param {{passed: number, total: number}} run
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function addRun(record, id, run, now) {
  return { ...record, exercises: { ...record.exercises, [id]: logged(entryOf(record.exercises, id), { ...run, source: "file" }, now) } };
}

/**
 * Keeps that the learner says an exercise is done, or takes it back.
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 * @param {boolean} value
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function setDone(record, id, value, now) {
  return { ...record, done: { ...record.done, [id]: setMark(entryOf(record.done, id), value, now) } };
}

/**
 * Adds a review of a question.
 * @param {LearnerRecord} record
 * @param {string} id a question's
 * @param {number} grade 1 again, 2 hard, 3 good, 4 easy
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function addRecall(record, id, grade, now) {
  return { ...record, reviews: { ...record.reviews, [id]: logged(entryOf(record.reviews, id), { grade }, now) } };
}

/**
 * Adds reading time to a day.
 * @param {LearnerRecord} record
 * @param {string} id a topic's
 * @param {string} day the learner's date and the device, as `isDay` checks it
 * @param {number} seconds to add
 * @returns {LearnerRecord}
 */
export function addTime(record, id, day, seconds) {
  const days = entryOf(record.time, id) ?? {};
  const total = Math.min((days[day] ?? 0) + Math.round(seconds), 86_400);
  return { ...record, time: { ...record.time, [id]: { ...days, [day]: total } } };
}

/**
 * Adds to how a section was read.
 * @param {LearnerRecord} record
 * @param {string} id a topic's
 * @param {string} section its id on the page
 * @param {{seconds: number, end: boolean}} more seconds in view, and whether the section's end was
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function addReading(record, id, section, { seconds, end }, now) {
  const sections = entryOf(record.read, id) ?? {};
  const before = entryOf(sections, section) ?? { seconds: 0, end: false, last: undefined };
  const reading = {
    ...before,
    seconds: before.seconds + Math.round(seconds),
    end: before.end || end,
    last: laterThan(before.last, now),
  };
  return { ...record, read: { ...record.read, [id]: { ...sections, [section]: reading } } };
}

/**
 * Marks a record as the replacement of another.
 * @param {LearnerRecord} record
 * @param {LearnerRecord} old
 * @param {Date} now
 * @returns {LearnerRecord}
 */
export function asReplacement(record, old, now) {
  return { ...record, replaced: laterThan(old.replaced, now) };
}

/**
 * @template {{at: string}} Event
 * @param {{log: Event[]} | undefined} entry
 * @param {Omit<Event, "at">} event
 * @param {Date} now
 * @returns {{log: Event[]}}
 */
function logged(entry, event, now) {
  const at = laterThan(entry?.log.at(-1)?.at, now);
  return { ...entry, log: [...(entry?.log ?? []), /** @type {Event} */ ({ at, ...event })] };
}

/**
 * @param {Mark | undefined} mark
 * @param {boolean} value
 * @param {Date} now
 * @returns {Mark}
 */
function setMark(mark, value, now) {
  return { ...mark, value, updated: laterThan(mark?.updated, now) };
}

/**
 * The time of a change: now, or just after the last change if a clock was ahead. What is written later must count as later.
 * @param {string | undefined} previous
 * @param {Date} now
 */
function laterThan(previous, now) {
  const time = now.toISOString();
  return previous === undefined || previous < time ? time : new Date(Date.parse(previous) + 1).toISOString();
}
