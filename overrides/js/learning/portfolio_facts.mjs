// @ts-check
/**
 * What the portfolio shows of each topic. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {{title: string, facts: string[], notes: {title: string, content: string}[]}} Chapter
 */

import { UNDATED, entryOf } from "../record/record_types.mjs";
import { longDate } from "../text/dates.mjs";
import { counted } from "../text/numbers.mjs";
import { exercisesOf, questionsOf, workOf } from "./evidence.mjs";
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
  const finished = isFinished(record, topic.id) ? [`Says: finished${on(record.finished[topic.id].updated)}`] : [];
  const exercises = exercisesOf(record, topic);
  const said = exercises.filter(({ says }) => says).map(({ title }) => `Says: “${title}” is done`);
  const { sections } = workOf(record, topic);
  const read = sections.done > 0 ? [`Read: ${sections.done} of ${counted(sections.all, "section")}`] : [];
  const { asked, answered, right } = questionsOf(record, topic);
  const tried = answered > 0 ? [`Answered: ${answered} of ${counted(asked, "question")}`, `Shown: ${right} of ${counted(asked, "question")} right at the last try`] : [];
  const runs = exercises.flatMap(({ title, shown }) => (shown ? [`Shown: ${shown.passed} of ${counted(shown.total, "test")} passed in “${title}”`] : []));
  return [...own, ...finished, ...said, ...read, ...tried, ...runs];
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
function on(time) {
  return time === UNDATED ? "" : ` on ${longDate(time)}`;
}

/** @param {string} id "attention-heads" -> "Attention heads" */
function words(id) {
  const text = id.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
