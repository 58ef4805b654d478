// @ts-check
/**
 * Parses stored text into a record. Pure.
 *
 * Parsing never throws and never guesses: what has the wrong type is left out and named in `wrong`,
 * so that the store can first keep a copy of the whole text. Unknown fields are kept.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./record_types.mjs").Note} Note
 * @typedef {import("./record_types.mjs").Version} Version
 * @typedef {import("./record_types.mjs").Mark} Mark
 * @typedef {import("./record_types.mjs").Visit} Visit
 * @typedef {import("./record_types.mjs").Reading} Reading
 * @typedef {{record: LearnerRecord, wrong: string[], problem: null | "unreadable" | "newer", version: number}} Parsed
 */

import { withoutFuture } from "./future.mjs";
import { mergeLogs, normalise } from "./merge.mjs";
import { SECTIONS, UNDATED, VERSION, emptyRecord, isDay, isLevel, isObject } from "./record_types.mjs";

const DEEPEST = 64;

/**
 * Parses the text of a record.
 * @param {string | null} text from localStorage or from a file
 * @param {Date} [now] what is stamped later than this counts as undated
 * @returns {Parsed}
 */
export function parse(text, now = new Date()) {
  if (text === null || text.trim() === "") return outcome(emptyRecord(), { version: 0 });
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return outcome(emptyRecord(), { problem: "unreadable" });
  }
  if (!isObject(value)) return outcome(emptyRecord(), { problem: "unreadable" });

  /** @type {string[]} */
  const wrong = [];
  const version = readVersion(value.version, wrong);
  const record = {
    ...readUnknown(value, ["$schema", "version", "replaced", ...SECTIONS], "", wrong),
    ...readReplaced(value.replaced, wrong),
    version: VERSION,
    notes: readEntries(value.notes, "notes", wrong, readNote),
    rubric: readEntries(value.rubric, "rubric", wrong, readLevels),
    visits: readEntries(value.visits, "visits", wrong, readVisit),
    finished: readEntries(value.finished, "finished", wrong, readMark),
    steps: readEntries(value.steps, "steps", wrong, readMark),
    answers: readEntries(value.answers, "answers", wrong, logReader(readAnswer)),
    exercises: readEntries(value.exercises, "exercises", wrong, logReader(readRun)),
    done: readEntries(value.done, "done", wrong, readMark),
    reviews: readEntries(value.reviews, "reviews", wrong, logReader(readRecall)),
    time: readEntries(value.time, "time", wrong, readDays),
    read: readEntries(value.read, "read", wrong, (topic, path) => readEntries(topic, path, wrong, readReading)),
  };
  return outcome(withoutFuture(record, now), { wrong, version, problem: version > VERSION ? "newer" : null });
}

/**
 * @param {LearnerRecord} record
 * @param {Partial<Parsed>} [rest]
 * @returns {Parsed}
 */
function outcome(record, rest) {
  return { record, wrong: [], problem: null, version: VERSION, ...rest };
}

/**
 * The source page wrote records without a version: they count as version 0, whose notes have no time.
 * @param {unknown} value
 * @param {string[]} wrong
 */
function readVersion(value, wrong) {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  wrong.push("version");
  return VERSION;
}

/**
 * @param {unknown} value
 * @param {string[]} wrong
 * @returns {{replaced?: string}}
 */
function readReplaced(value, wrong) {
  const replaced = timeOf(value);
  if (value !== undefined && !replaced) wrong.push("replaced");
  return replaced ? { replaced } : {};
}

/**
 * @template T
 * @param {unknown} value
 * @param {string} path
 * @param {string[]} wrong
 * @param {(entry: Record<string, any>, path: string, wrong: string[]) => T | undefined} readEntry
 * @returns {Record<string, T>}
 */
function readEntries(value, path, wrong, readEntry) {
  if (value === undefined) return {};
  if (!isObject(value)) {
    wrong.push(path);
    return {};
  }
  /** @type {[string, T][]} */
  const read = [];
  for (const [id, entry] of Object.entries(value)) {
    const good = id !== "__proto__" && isObject(entry) ? readEntry(entry, `${path}.${id}`, wrong) : undefined;
    if (good === undefined) wrong.push(`${path}.${id}`);
    else read.push([id, good]);
  }
  return Object.fromEntries(read);
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Note | undefined}
 */
function readNote(value, path, wrong) {
  if (typeof value.content !== "string") return undefined;
  const note = {
    ...readUnknown(value, ["content", "updated", "after", "history"], path, wrong),
    content: value.content,
    updated: readTime(value.updated, `${path}.updated`, wrong),
  };
  const history = readHistory(value.history, `${path}.history`, wrong);
  if (value.after !== undefined && typeof value.after !== "string") wrong.push(`${path}.after`);
  const after = typeof value.after === "string" ? { after: value.after } : {};
  return normalise({ ...note, ...after, history });
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Version[]}
 */
function readHistory(value, path, wrong) {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    wrong.push(path);
    return [];
  }
  return value.flatMap((version, index) => {
    const here = `${path}.${index}`;
    if (!isObject(version) || typeof version.content !== "string") {
      wrong.push(here);
      return [];
    }
    const rest = readUnknown(version, ["content", "updated"], here, wrong);
    return [{ ...rest, content: version.content, updated: readTime(version.updated, `${here}.updated`, wrong) }];
  });
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Record<string, any>}
 */
function readLevels(value, path, wrong) {
  const levels = Object.keys(value).filter(isLevel);
  const marks = Object.fromEntries(levels.map((level) => [level, value[level]]));
  return { ...readUnknown(value, levels, path, wrong), ...readEntries(marks, path, wrong, readMark) };
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Mark | undefined}
 */
function readMark(value, path, wrong) {
  if (typeof value.value !== "boolean") return undefined;
  const rest = readUnknown(value, ["value", "updated"], path, wrong);
  return { ...rest, value: value.value, updated: readTime(value.updated, `${path}.updated`, wrong) };
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Visit | undefined}
 */
function readVisit(value, path, wrong) {
  const [first, last] = [timeOf(value.first), timeOf(value.last)];
  if (!first || !last) return undefined;
  return { ...readUnknown(value, ["first", "last"], path, wrong), first, last };
}

/**
 * A reader of logs whose events have these fields besides `at`.
 * @template {Record<string, unknown>} Fields
 * @param {(event: Record<string, any>) => Fields | undefined} readFields undefined where a field is wrong
 * @returns {(value: Record<string, any>, path: string, wrong: string[]) => {log: ({at: string} & Fields)[]} | undefined}
 */
function logReader(readFields) {
  return (value, path, wrong) => {
    if (!Array.isArray(value.log)) return undefined;
    const log = value.log.flatMap((event, index) => {
      const here = `${path}.log.${index}`;
      const at = isObject(event) ? timeOf(event.at) : undefined;
      const fields = at === undefined ? undefined : readFields(event);
      if (at === undefined || fields === undefined) {
        wrong.push(here);
        return [];
      }
      return [{ ...readUnknown(event, ["at", ...Object.keys(fields)], here, wrong), at, ...fields }];
    });
    const read = { ...readUnknown(value, ["log"], path, wrong), log };
    const inOrder = log.every(({ at }, index) => index === 0 || log[index - 1].at < at);
    return inOrder ? read : mergeLogs(read, read);
  };
}

/** @param {Record<string, any>} event */
function readAnswer({ right, given }) {
  const good = typeof right === "boolean" && Array.isArray(given) && given.every((one) => typeof one === "string");
  return good ? { right, given: /** @type {string[]} */ (given) } : undefined;
}

/** @param {Record<string, any>} event */
function readRun({ passed, total, source }) {
  const good = Number.isInteger(passed) && Number.isInteger(total) && passed >= 0 && total >= 1 && passed <= total;
  if (!good || !["undefined", "string"].includes(typeof source)) return undefined;
  return { passed: /** @type {number} */ (passed), total: /** @type {number} */ (total), ...(source === undefined ? {} : { source }) };
}

/** @param {Record<string, any>} event */
function readRecall({ grade }) {
  return [1, 2, 3, 4].includes(grade) ? { grade: /** @type {number} */ (grade) } : undefined;
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Record<string, any>}
 */
function readDays(value, path, wrong) {
  const days = Object.entries(value).filter(([key]) => isDay(key));
  const good = days.filter(([, seconds]) => Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400);
  wrong.push(...days.filter((day) => !good.includes(day)).map(([key]) => `${path}.${key}`));
  return { ...readUnknown(value, days.map(([key]) => key), path, wrong), ...Object.fromEntries(good) };
}

/**
 * @param {Record<string, any>} value
 * @param {string} path
 * @param {string[]} wrong
 * @returns {Reading | undefined}
 */
function readReading(value, path, wrong) {
  const { seconds, end } = value;
  const last = timeOf(value.last);
  if (!Number.isInteger(seconds) || seconds < 0 || typeof end !== "boolean" || !last) return undefined;
  return { ...readUnknown(value, ["seconds", "end", "last"], path, wrong), seconds, end, last };
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {string[]} wrong
 */
function readTime(value, path, wrong) {
  if (value === undefined) return UNDATED;
  const time = timeOf(value);
  if (!time) wrong.push(path);
  return time ?? UNDATED;
}

/**
 * @param {unknown} value
 * @returns {string | undefined} in one format, so that times compare as text, and early enough to have a later one
 */
function timeOf(value) {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  const time = new Date(value);
  const text = Number.isNaN(time.getTime()) ? "" : time.toISOString();
  return /^[0-8]\d{3}-/.test(text) ? text : undefined;
}

/**
 * The fields that this version does not know, unless they could do harm.
 * @param {Record<string, any>} value
 * @param {readonly string[]} known
 * @param {string} path
 * @param {string[]} wrong
 */
function readUnknown(value, known, path, wrong) {
  const unknown = Object.entries(value).filter(([key]) => !known.includes(key));
  const kept = unknown.filter(([key, field]) => key !== "__proto__" && isHarmless(field, DEEPEST));
  wrong.push(...unknown.filter((entry) => !kept.includes(entry)).map(([key]) => (path ? `${path}.${key}` : key)));
  return Object.fromEntries(kept);
}

/**
 * Whether the value can be written again as it was read, and copied safely.
 * @param {unknown} value
 * @param {number} deeper how many levels it may still have
 * @returns {boolean}
 */
function isHarmless(value, deeper) {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (deeper === 0 || Object.hasOwn(value, "__proto__")) return false;
  return Object.values(value).every((part) => isHarmless(part, deeper - 1));
}
