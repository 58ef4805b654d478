// @ts-check
/**
 * How far a learner is on a path. Pure.
 *
 * A step that is a topic is done when the topic is finished; any other when its box is ticked. Planned steps do not
 * count, so that every path can be completed.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{id: string, minutes: number, topic: string | null, planned: boolean}} Step
 */

import { entryOf } from "../record/record_types.mjs";
import { isFinished } from "./progress.mjs";

/**
 * @param {LearnerRecord} record
 * @param {Step} step
 */
export function isDone(record, step) {
  return step.topic === null ? (entryOf(record.steps, step.id)?.value ?? false) : isFinished(record, step.topic);
}

/**
 * @param {LearnerRecord} record
 * @param {Step[]} steps
 * @returns {{done: number, steps: number, minutes: number, allMinutes: number, next: Step | undefined}}
 *   `minutes`: of the steps that are done
 */
export function walked(record, steps) {
  const written = steps.filter(({ planned }) => !planned);
  const done = written.filter((step) => isDone(record, step));
  const sum = (/** @type {Step[]} */ some) => some.reduce((minutes, step) => minutes + step.minutes, 0);
  const next = written.find((step) => !done.includes(step));
  return { done: done.length, steps: written.length, minutes: sum(done), allMinutes: sum(written), next };
}
