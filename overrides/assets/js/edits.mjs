// @ts-check
/**
 * What a learner can do to the record. Pure: each function gives back a record, the old one stays as it was.
 *
 * @typedef {import("./shape.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./shape.mjs").Mark} Mark
 */

import { settle } from "./merge.mjs";
import { entryOf } from "./shape.mjs";

/**
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
  const written = settle({ ...before, content, updated: laterThan(note?.updated, now) });
  return { ...record, notes: { ...record.notes, [id]: written } };
}

/**
 * Another text in the note's place; the one that stood there goes to the others in `history`.
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
 * A topic that was renamed keeps what was stored under its older ids.
 * @param {LearnerRecord} record
 * @param {{id: string, aliases?: string[]}[]} topics
 * @returns {LearnerRecord}
 */
export function followAliases(record, topics) {
  const followed = {
    ...record,
    notes: follow(record.notes, topics),
    rubric: follow(record.rubric, topics),
    visits: follow(record.visits, topics),
    finished: follow(record.finished, topics),
  };
  const unchanged = followed.notes === record.notes && followed.rubric === record.rubric &&
    followed.visits === record.visits && followed.finished === record.finished;
  return unchanged ? record : followed;
}

/**
 * @template T
 * @param {Record<string, T>} entries
 * @param {{id: string, aliases?: string[]}[]} topics
 * @returns {Record<string, T>}
 */
function follow(entries, topics) {
  let followed = entries;
  for (const { id, aliases = [] } of topics) {
    const older = aliases.map((alias) => entryOf(entries, alias)).find((entry) => entry !== undefined);
    if (older !== undefined && !entryOf(entries, id)) followed = { ...followed, [id]: older };
  }
  return followed;
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
 * Now, or just after the last change where a clock ran ahead: what is written later must also count as later.
 * @param {string | undefined} previous
 * @param {Date} now
 */
function laterThan(previous, now) {
  const time = now.toISOString();
  return previous === undefined || previous < time ? time : new Date(Date.parse(previous) + 1).toISOString();
}
