// @ts-check
/**
 * How far a learner is on a path, and which path they follow. Pure.
 *
 * A step is done when its evidence is there, or when the learner ticks it; a tick that is taken off counts more than
 * evidence. The evidence of a step is, of what its place on the page holds: its exercises done, or else its questions
 * answered, or else the place read. A step that is a whole topic is done when all work of the topic is, or when the
 * learner has marked the topic as finished. Planned steps count in the path's length; nobody can do them yet.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {import("./progress.mjs").Step} Step
 * @typedef {{done: number, steps: number, minutes: number, allMinutes: number, planned: number, next: Step | undefined}} Walked
 *   minutes: of the steps that are done
 */

import { entryOf } from "../record/record_types.mjs";
import { isRead, saysDone, shownRuns, workOf } from "./evidence.mjs";
import { isFinished } from "./progress.mjs";

/**
 * @param {LearnerRecord} record
 * @param {Step} step
 * @param {Topic[]} topics
 */
export function isDone(record, step, topics) {
  if (step.url === null) return false;
  if (step.topic === null) return entryOf(record.steps, step.id)?.value ?? hasEvidence(record, step);
  const topic = topics.find(({ id }) => id === step.topic);
  if (isFinished(record, step.topic)) return true;
  if (!topic) return false;
  const { done, all } = workOf(record, topic);
  return done === all;
}

/**
 * @param {LearnerRecord} record
 * @param {Step} step
 */
function hasEvidence(record, { evidence, minutes }) {
  if (evidence === null) return false;
  const { topic, section, questions, exercises } = evidence;
  const passed = (/** @type {string} */ id) => shownRuns(record, id).some((run) => run.passed === run.total);
  if (exercises.length > 0) return exercises.every((id) => saysDone(record, id) || passed(id));
  if (questions.length > 0) return questions.every((id) => (entryOf(record.answers, id)?.log.length ?? 0) > 0);
  return isRead(record, topic, { id: section, minutes });
}

/**
 * @param {LearnerRecord} record
 * @param {Step[]} steps
 * @param {Topic[]} topics
 * @returns {Walked}
 */
export function walked(record, steps, topics) {
  const done = steps.filter((step) => isDone(record, step, topics));
  const sum = (/** @type {Step[]} */ some) => some.reduce((minutes, step) => minutes + step.minutes, 0);
  const next = steps.find((step) => step.url !== null && !done.includes(step));
  const planned = steps.filter(({ url }) => url === null).length;
  return { done: done.length, steps: steps.length, minutes: sum(done), allMinutes: sum(steps), planned, next };
}

/**
 * The path that the learner follows: the one chosen last, or else the one on which a step was ticked last.
 * @template {{id: string}} AnyPath
 * @param {LearnerRecord} record
 * @param {AnyPath[]} paths
 * @returns {AnyPath | undefined}
 */
export function followed(record, paths) {
  const marks = Object.entries(record.steps).filter(([, { value }]) => value).sort(([, a], [, b]) => (a.updated < b.updated ? 1 : -1));
  const chosen = marks.find(([id]) => !id.includes("."))?.[0];
  const left = (/** @type {string} */ id) => entryOf(record.steps, id)?.value === false;
  const ticked = marks.map(([id]) => id.split(".")[0]).find((id) => !left(id));
  return paths.find(({ id }) => id === (chosen ?? ticked));
}
