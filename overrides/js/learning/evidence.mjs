// @ts-check
/**
 * What a learner has shown of a topic, beside what they say of it. Pure.
 *
 * The two are never added: a level is what the learner ticked, evidence is what questions and tests found.
 * - questions: how many of the topic's were right at the last try, and how many were tried at all
 * - exercises: how many tests passed at the best run
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {{asked: number, tried: number, right: number}} Questions
 * @typedef {{id: string, title: string, passed: number, total: number}} Exercise
 * @typedef {{topic: Topic, level: number, questions: Questions, exercises: Exercise[]}} Standing
 */

import { entryOf, isObject } from "../record/record_types.mjs";
import { levelOf } from "./progress.mjs";

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Questions}
 */
export function questionsOf(record, topic) {
  const asked = listOf(topic, "questions");
  const last = asked.flatMap(({ id }) => entryOf(record.answers, id)?.log.at(-1) ?? []);
  return { asked: asked.length, tried: last.length, right: last.filter((answer) => answer.right).length };
}

/**
 * The best run of each exercise that was run: the one with the largest share of its tests passed. Of two with the same
 * share the later one counts, since an exercise's tests may have changed in between.
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Exercise[]}
 */
export function exercisesOf(record, topic) {
  return listOf(topic, "exercises").flatMap(({ id, title }) => {
    const log = entryOf(record.exercises, id)?.log ?? [];
    if (log.length === 0) return [];
    const { passed, total } = log.reduce((best, run) => (share(run) >= share(best) ? run : best));
    return [{ id, title: title ?? id, passed, total }];
  });
}

/**
 * Every topic of which the learner says or has shown something: those whose level is furthest above what was
 * shown come first; equal ones are in course order.
 * @param {LearnerRecord} record
 * @param {Topic[]} topics
 * @returns {Standing[]}
 */
export function standings(record, topics) {
  const all = topics.filter(({ planned }) => !planned).map((topic) => ({
    topic,
    level: levelOf(record, topic.id),
    questions: questionsOf(record, topic),
    exercises: exercisesOf(record, topic),
  }));
  const any = all.filter(({ level, questions, exercises }) => level > 0 || questions.tried > 0 || exercises.length > 0);
  return any.sort((a, b) => ahead(b) - ahead(a));
}

/**
 * How far the level is above what was shown, for sorting only: the two have no common scale.
 * @param {Standing} standing
 */
export function ahead({ topic, level, questions, exercises }) {
  const shown = [
    ...(questions.tried > 0 ? [questions.right / questions.asked] : []),
    ...exercises.map(share),
  ];
  return level / Math.max(4, topic.rubric.length) - (shown.length > 0 ? Math.min(...shown) : 0);
}

/** @param {{passed: number, total: number}} run */
function share({ passed, total }) {
  return total > 0 ? passed / total : 0;
}

/**
 * @param {Topic} topic
 * @param {"questions" | "exercises"} field
 * @returns {{id: string, title?: string}[]}
 */
function listOf(topic, field) {
  const list = /** @type {Record<string, unknown>} */ (topic)[field];
  return Array.isArray(list) ? list.filter((one) => isObject(one) && typeof one.id === "string") : [];
}

/**
 * Which topic a question or an exercise belongs to.
 * @param {Topic[]} topics
 * @param {"questions" | "exercises"} field
 * @returns {Map<string, string>} topics by what is asked in them
 */
export function ownersOf(topics, field) {
  return new Map(topics.flatMap((topic) => listOf(topic, field).map(({ id }) => /** @type {[string, string]} */ ([id, topic.id]))));
}
