// @ts-check
/**
 * The four words for what a learner has done. Every page and every export uses them in this sense. Pure.
 *
 * - read: a section whose end was in view, and which was in view for at least a quarter of its minutes. Time counts
 *   while the page is visible and the learner has moved, typed or scrolled within the last two minutes.
 * - answered: a question that was tried, right or wrong.
 * - shown: what something else than the learner has checked: a question that was right at the last try, and the tests
 *   that passed in a result file of pytest, at the best run.
 * - says: what the learner says: a level, a finished topic, an exercise that is done, a step that is ticked. It can be
 *   taken back, and never counts as shown.
 *
 * The work of a topic is its sections to read, its questions to answer and its exercises to do. An exercise is done when
 * all of its tests were shown to pass, or when the learner says so. Says and shown are never added up otherwise.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("../record/record_types.mjs").Run} Run
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {{asked: number, answered: number, right: number}} Questions
 * @typedef {{id: string, title: string, shown: {passed: number, total: number} | null, says: boolean, done: boolean}} Exercise
 *   shown: its best run; says: that it is done
 * @typedef {{topic: Topic, level: number, questions: Questions, exercises: Exercise[]}} Standing
 * @typedef {{done: number, all: number}} Part
 * @typedef {Part & {sections: Part, questions: Part, exercises: Part}} Work
 */

import { entryOf, isObject } from "../record/record_types.mjs";
import { counted } from "../text/numbers.mjs";
import { isFinished, levelOf } from "./progress.mjs";

/** The share of a section's minutes that it must have been in view to count as read. */
const SHARE = 1 / 4;

/**
 * @param {LearnerRecord} record
 * @param {string} topic its id
 * @param {{id: string, minutes: number}} section of its page
 */
export function isRead(record, topic, { id, minutes }) {
  const reading = entryOf(entryOf(record.read, topic) ?? {}, id);
  return reading !== undefined && reading.end && reading.seconds >= minutes * 60 * SHARE;
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Questions}
 */
export function questionsOf(record, topic) {
  const asked = listOf(topic, "questions");
  const last = asked.flatMap(({ id }) => entryOf(record.answers, id)?.log.at(-1) ?? []);
  return { asked: asked.length, answered: last.length, right: last.filter((answer) => answer.right).length };
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Exercise[]} all of them
 */
export function exercisesOf(record, topic) {
  return listOf(topic, "exercises").map(({ id, title }) => {
    const shown = bestRun(record, id);
    const says = saysDone(record, id);
    return { id, title: title ?? id, shown, says, done: says || (shown !== null && shown.passed === shown.total) };
  });
}

/**
 * The run with the largest share of its tests passed. Of two with the same share the later one counts, since an
 * exercise's tests may have changed in between.
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 * @returns {Run | null}
 */
function bestRun(record, id) {
  const log = shownRuns(record, id);
  return log.length === 0 ? null : log.reduce((best, run) => (share(run) >= share(best) ? run : best));
}

/**
 * The runs of an exercise's tests whose results were opened here, oldest first.
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 */
export function shownRuns(record, id) {
  return (entryOf(record.exercises, id)?.log ?? []).filter((run) => !isOnlySaid(run));
}

/**
 * Whether the learner says that an exercise is done.
 * @param {LearnerRecord} record
 * @param {string} id an exercise's
 */
export function saysDone(record, id) {
  return entryOf(record.done, id)?.value ?? entryOf(record.exercises, id)?.log.some(isOnlySaid) ?? false;
}

/**
 * Until version 2 of the record, "all tests pass" was logged as a run although nothing had run. Such a run names no
 * source; one of which some tests failed came from a file even then, for nothing else could log it.
 * @param {Run} run
 */
function isOnlySaid({ source, passed, total }) {
  return source === undefined && passed === total;
}

/**
 * How much of a topic is done. A topic that lists no work of its own is one piece of work, done when it is finished.
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Work}
 */
export function workOf(record, topic) {
  const { asked, answered } = questionsOf(record, topic);
  const exercised = exercisesOf(record, topic);
  const sections = { done: topic.sections.filter((section) => isRead(record, topic.id, section)).length, all: topic.sections.length };
  const questions = { done: answered, all: asked };
  const exercises = { done: exercised.filter(({ done }) => done).length, all: exercised.length };
  const all = sections.all + questions.all + exercises.all;
  if (all === 0) return { sections, questions, exercises, done: Number(isFinished(record, topic.id)), all: 1 };
  return { sections, questions, exercises, done: sections.done + questions.done + exercises.done, all };
}

/**
 * How much is done of all written topics among these.
 * @param {LearnerRecord} record
 * @param {Topic[]} topics
 * @returns {Work}
 */
export function workOfAll(record, topics) {
  const works = topics.filter(({ planned }) => !planned).map((topic) => workOf(record, topic));
  const sum = (/** @type {(work: Work) => Part} */ part) => ({
    done: works.reduce((total, work) => total + part(work).done, 0),
    all: works.reduce((total, work) => total + part(work).all, 0),
  });
  return {
    ...sum((work) => work),
    sections: sum(({ sections }) => sections), questions: sum(({ questions }) => questions), exercises: sum(({ exercises }) => exercises),
  };
}

/**
 * 100 only when all is done, 0 only when nothing is.
 * @param {Part} part
 */
export function percent({ done, all }) {
  if (done === 0 || all === 0) return 0;
  return Math.max(1, Math.floor((done / all) * 100));
}

/**
 * @param {Work} work
 * @returns {string} "3 of 13 sections read, 12 of 12 questions answered, 1 of 3 exercises done"; what there is none of is left out
 */
export function workText({ sections, questions, exercises }) {
  const told = [
    { ...sections, noun: "section", done: "read", number: sections.done },
    { ...questions, noun: "question", done: "answered", number: questions.done },
    { ...exercises, noun: "exercise", done: "done", number: exercises.done },
  ];
  return told.filter(({ all }) => all > 0).map(({ number, all, noun, done }) => `${number.toLocaleString("en-GB")} of ${counted(all, noun)} ${done}`).join(", ");
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
    exercises: exercisesOf(record, topic).filter(({ shown, says }) => shown !== null || says),
  }));
  const any = all.filter(({ level, questions, exercises }) => level > 0 || questions.answered > 0 || exercises.length > 0);
  return any.sort((a, b) => ahead(b) - ahead(a));
}

/**
 * How far the level is above what was shown, for sorting only: the two have no common scale.
 * @param {Standing} standing
 */
export function ahead({ topic, level, questions, exercises }) {
  const shown = [
    ...(questions.answered > 0 ? [questions.right / questions.asked] : []),
    ...exercises.flatMap((exercise) => (exercise.shown ? [share(exercise.shown)] : [])),
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
