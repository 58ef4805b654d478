// @ts-check
/**
 * What a portfolio says of each topic. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {{title: string, facts: string[], notes: {title: string, content: string}[]}} Chapter
 */

import { isFinished, levelOf } from "./progress.mjs";
import { entryOf, isObject } from "../record/record_types.mjs";

/**
 * The topics with anything to show, in course order, then what belongs to none: labs, and topics that are gone.
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @returns {Chapter[]}
 */
export function chapters(record, manifest) {
  const topics = manifest.topics.map((topic) => ({
    title: topic.title,
    facts: facts(record, topic),
    notes: noteOf(record, topic.id, "Notes"),
  }));
  const known = new Set(manifest.topics.map(({ id }) => id));
  const others = Object.keys(record.notes).filter((id) => !known.has(id)).sort().map((id) => ({
    title: id.startsWith("lab-") ? `Lab: ${words(id.slice(4))}` : id,
    facts: [],
    notes: noteOf(record, id, id.startsWith("lab-") ? "Observations" : "Notes"),
  }));
  return [...topics, ...others].filter((chapter) => chapter.facts.length + chapter.notes.length > 0);
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 */
function facts(record, topic) {
  const level = levelOf(record, topic.id);
  const step = topic.rubric.find((one) => one.level === level);
  const own = step ? [`Says: level ${level} of ${topic.rubric.length}. “${step.can}”`] : [];
  const finished = isFinished(record, topic.id) ? [`Finished on ${day(record.finished[topic.id].updated)}`] : [];
  return [...own, ...finished, ...questionFacts(record, topic), ...exerciseFacts(record, topic)];
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 */
function questionFacts(record, topic) {
  const asked = listOf(topic, "questions");
  const last = asked.map(({ id }) => entryOf(record.answers, String(id))?.log.at(-1)).filter((one) => one !== undefined);
  if (last.length === 0) return [];
  const right = last.filter((answer) => answer.right).length;
  return [`Shown: ${right} of ${asked.length} questions right at the last try`];
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 */
function exerciseFacts(record, topic) {
  return listOf(topic, "exercises").flatMap(({ id, title }) => {
    const log = entryOf(record.exercises, String(id))?.log ?? [];
    if (log.length === 0) return [];
    const best = log.reduce((a, b) => (b.passed / b.total > a.passed / a.total ? b : a));
    return [`Shown: ${best.passed} of ${best.total} tests passed in “${title}”`];
  });
}

/**
 * @param {Topic} topic
 * @param {"questions" | "exercises"} field
 * @returns {Record<string, any>[]}
 */
function listOf(topic, field) {
  const list = /** @type {Record<string, unknown>} */ (topic)[field];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 * @param {string} title
 */
function noteOf(record, id, title) {
  const content = entryOf(record.notes, id)?.content ?? "";
  return content.trim() === "" ? [] : [{ title, content }];
}

/** @param {string} time */
function day(time) {
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** @param {string} id "attention-heads" -> "Attention heads" */
function words(id) {
  const text = id.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
