// @ts-check
/**
 * What the portfolio shows of each topic. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {{title: string, facts: string[], notes: {title: string, content: string}[]}} Chapter
 */

import { entryOf } from "../record/record_types.mjs";
import { longDate } from "../text/dates.mjs";
import { exercisesOf, questionsOf } from "./evidence.mjs";
import { isFinished, levelOf } from "./progress.mjs";

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
  const finished = isFinished(record, topic.id) ? [`Finished on ${longDate(record.finished[topic.id].updated)}`] : [];
  const { asked, tried, right } = questionsOf(record, topic);
  const answered = tried > 0 ? [`Shown: ${right} of ${asked} questions right at the last try`] : [];
  const runs = exercisesOf(record, topic).map(({ title, passed, total }) => `Shown: ${passed} of ${total} tests passed in “${title}”`);
  return [...own, ...finished, ...answered, ...runs];
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

/** @param {string} id "attention-heads" -> "Attention heads" */
function words(id) {
  const text = id.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
