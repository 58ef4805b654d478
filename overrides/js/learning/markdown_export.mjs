// @ts-check
/**
 * A learner's notes and results as a document to read: Markdown, by topic. Pure.
 *
 * The learner's texts are in code fences that are longer than any run of backticks in them, so that no Markdown or
 * HTML in them affects the document, and none of it is changed.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {{content: string, updated: string}} Text
 */

import { SECTIONS, UNDATED, entryOf, isObject } from "../record/record_types.mjs";
import { shortDate } from "../text/dates.mjs";
import { counted } from "../text/numbers.mjs";
import { isRead, saysDone, shownRuns } from "./evidence.mjs";
import { heading, inline, code, fence } from "./markdown.mjs";
import { isFinished, levelOf, levelsAboveGap } from "./progress.mjs";
import { GRADES, nameOfGrade } from "./review_text.mjs";

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Date} now
 * @param {Record<string, string>} [asked] the words of each question by its id; one that is not there is named by the id
 * @returns {string}
 */
export function toMarkdown(record, manifest, now, asked = {}) {
  const owner = owners(record, manifest);
  const blocks = [
    heading(1, "Notes and results"),
    `Saved on ${shortDate(now.toISOString())}. “You say” is what you said of yourself. “Shown” is what was checked: the last answer to each question, and tests that passed in a result file.`,
  ];
  for (const part of manifest.parts) {
    const topics = manifest.topics.filter((topic) => topic.part === part.number);
    const written = topics.flatMap((topic) => topicBlocks(record, topic.id, topic, owner, asked));
    if (written.length > 0) blocks.push(heading(2, `Part ${part.number}: ${part.title}`), ...written);
  }
  const known = new Set(manifest.topics.map(({ id }) => id));
  const others = [...new Set(owner.values())].filter((id) => !known.has(id)).sort();
  const rest = others.flatMap((id) => topicBlocks(record, id, undefined, owner, asked));
  if (rest.length > 0) blocks.push(heading(2, "Labs, paths and what is no longer in the course"), ...rest);
  if (blocks.length === 2) blocks.push("Nothing is here yet.");
  return `${blocks.join("\n\n")}\n`;
}

/**
 * Which topic every id of the record belongs to: a question's or an exercise's begins with its topic's.
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @returns {Map<string, string>}
 */
function owners(record, manifest) {
  const topics = new Set(manifest.topics.map(({ id }) => id));
  const ids = new Set(SECTIONS.flatMap((section) => Object.keys(record[section])));
  const ownerOf = (/** @type {string} */ id) => {
    if (topics.has(id)) return id;
    const dots = Array.from(id.matchAll(/\./g), ({ index }) => id.slice(0, index));
    return dots.filter((stem) => topics.has(stem)).pop() ?? dots.find((stem) => stem.startsWith("path-")) ?? id;
  };
  return new Map([...ids].map((id) => [id, ownerOf(id)]));
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {Topic | undefined} topic
 * @param {Map<string, string>} owner
 * @param {Record<string, string>} asked
 * @returns {string[]}
 */
function topicBlocks(record, id, topic, owner, asked) {
  const mine = (/** @type {Record<string, any>} */ entries) =>
    Object.entries(entries).filter(([key]) => owner.get(key) === id).sort(([a], [b]) => (a < b ? -1 : 1));
  const results = [
    ...levelLines(record, id, topic),
    ...finishedLines(record, id),
    ...timeLines(record, id),
    ...readLines(record, id, topic),
    ...mine(record.steps).filter(([, mark]) => mark.value).map(stepLine),
    ...answerLines(mine(record.answers), asked),
    ...exerciseIds(record, owner, id).flatMap((key) => exerciseLines(record, key, topic)),
    ...reviewLines(mine(record.reviews)),
  ];
  const texts = noteBlocks(entryOf(record.notes, id));
  if (results.length + texts.length === 0) return [];
  return [heading(3, topic?.title ?? id), ...(results.length > 0 ? [results.join("\n")] : []), ...texts];
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {Topic | undefined} topic
 */
function levelLines(record, id, topic) {
  const level = levelOf(record, id);
  const above = levelsAboveGap(record, id);
  if (level + above.length === 0) return [];
  const step = topic?.rubric.find((one) => one.level === level);
  const words = step ? `, ${inline(step.name)}: ${inline(step.can)}` : "";
  const more = above.length > 0 ? ` Ticked above a gap: ${above.join(", ")}.` : "";
  return [`- You say: level ${level}${topic?.rubric.length ? ` of ${topic.rubric.length}` : ""}${words}${more}`];
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 */
function finishedLines(record, id) {
  return isFinished(record, id) ? [`- You say: finished${on(record.finished[id].updated)}`] : [];
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 */
function timeLines(record, id) {
  const days = Object.values(entryOf(record.time, id) ?? {}).filter((seconds) => typeof seconds === "number");
  const minutes = Math.round(days.reduce((sum, seconds) => sum + seconds, 0) / 60);
  return minutes > 0 ? [`- Reading time: ${minutes.toLocaleString("en-GB")} min`] : [];
}

/**
 * @param {[string, import("../record/record_types.mjs").Answers][]} answered
 * @param {Record<string, string>} asked
 */
function answerLines(answered, asked) {
  const tried = answered.filter(([, { log }]) => log.length > 0);
  if (tried.length === 0) return [];
  const right = tried.filter(([, { log }]) => log[log.length - 1].right).length;
  const rows = tried.map(([id, { log }]) => {
    const last = log[log.length - 1];
    const name = Object.hasOwn(asked, id) ? `“${inline(asked[id])}”` : code(id);
    return `  - ${name}: ${last.right ? "right" : "wrong"}${on(last.at)}, ${counted(log.length, "try", "tries")}`;
  });
  return [`- Answered: ${counted(tried.length, "question")}. Shown: ${right} right at the last try`, ...rows];
}

/**
 * @param {[string, import("../record/record_types.mjs").Mark]} step a step of a path, or a path that is followed
 */
function stepLine([id, { updated }]) {
  return id.includes(".") ? `- You say: step ${code(id)} is done${on(updated)}` : `- Path ${code(id)}: followed${on(updated)}`;
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {Topic | undefined} topic
 */
function readLines(record, id, topic) {
  const all = topic?.sections ?? [];
  const read = all.filter((section) => isRead(record, id, section)).length;
  return read > 0 ? [`- Read: ${read} of ${counted(all.length, "section")}`] : [];
}

/**
 * @param {LearnerRecord} record
 * @param {Map<string, string>} owner
 * @param {string} topic
 */
function exerciseIds(record, owner, topic) {
  const all = new Set([...Object.keys(record.exercises), ...Object.keys(record.done)]);
  return [...all].filter((id) => owner.get(id) === topic).sort();
}

/**
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 * @param {Topic | undefined} topic
 */
function exerciseLines(record, id, topic) {
  const known = /** @type {{exercises?: unknown[]}} */ (topic ?? {}).exercises ?? [];
  const exercise = known.find((one) => isObject(one) && one.id === id);
  const name = isObject(exercise) && typeof exercise.title === "string" ? inline(exercise.title) : code(id);
  const runs = shownRuns(record, id);
  const last = runs.at(-1);
  return [
    ...(saysDone(record, id) ? [`- You say: exercise ${name} is done`] : []),
    ...(last ? [`- Shown: exercise ${name}, ${last.passed} of ${counted(last.total, "test")} passed${on(last.at)}, ${counted(runs.length, "run")}`] : []),
  ];
}

/** @param {[string, import("../record/record_types.mjs").Recalls][]} reviewed */
function reviewLines(reviewed) {
  const log = reviewed.flatMap(([, recalls]) => recalls.log);
  if (log.length === 0) return [];
  const last = log.map(({ at }) => at).sort()[log.length - 1];
  const grades = GRADES.map((one) => `${log.filter(({ grade }) => grade === one).length} ${nameOfGrade(one).toLowerCase()}`);
  return [`- Reviews: ${log.length}, the last on ${shortDate(last)} (${grades.join(", ")})`];
}

/** @param {import("../record/record_types.mjs").Note | undefined} note */
function noteBlocks(note) {
  if (!note) return [];
  const texts = [{ title: "Notes", ...text(note) }, ...note.history.map((old) => ({ title: "Another text of these notes", ...text(old) }))];
  return texts
    .filter(({ content }) => content.trim() !== "")
    .flatMap(({ title, content, updated }) => [`${title}${updated === UNDATED ? "" : `, ${shortDate(updated)}`}:`, fence(content)]);
}

/**
 * @param {Text} one
 * @returns {Text}
 */
function text({ content, updated }) {
  return { content, updated };
}

/** @param {string} time */
function on(time) {
  return time === UNDATED ? "" : `, ${shortDate(time)}`;
}
