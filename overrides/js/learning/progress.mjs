// @ts-check
/**
 * What the record says about the course. Pure; the manifest alone says which topics there are.
 *
 * The rules:
 * - level: how many levels are ticked in a row, from the first
 * - finished: the learner said so with the button on the page
 * - met, as something another topic needs: finished, or at level 2
 * - next: the first written, unfinished topic of the course whose written prerequisites are met
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{
 *   id: string, title: string, short: string, part: number, number: number, url: string | null, planned: boolean,
 *   study_mode: string, minutes: number, prerequisites: string[], opens: string[],
 *   rubric: {level: number, name: string, can: string}[], sections: Section[]
 * }} Topic
 * @typedef {{id: string, title: string, mode: string, minutes: number}} Section
 * @typedef {{topic: string, section: string, questions: string[], exercises: string[]}} Evidence
 *   of a path's step; section: the id of the place on the topic's page
 * @typedef {{id: string, number: number, title: string, url: string | null, minutes: number, topic: string | null, evidence: Evidence | null}} Step
 *   url: null where it is planned; topic: the topic that the step is, as a whole
 * @typedef {{id: string, title: string, minutes: number, length: number, steps: Step[]}} LearningPath
 *   length: of all its steps; a topic's page has those that lie on it alone
 * @typedef {{version: number, parts: {number: number, title: string}[], topics: Topic[], paths: LearningPath[]}} Manifest
 */

import { entryOf } from "../record/record_types.mjs";
import { hoursAndMinutes } from "../text/numbers.mjs";

/** The level from which a prerequisite counts as met. */
export const MET_LEVEL = 2;

/**
 * @param {LearnerRecord} record
 * @param {string} id
 */
export function levelOf(record, id) {
  const levels = entryOf(record.rubric, id) ?? {};
  let level = 0;
  while (entryOf(levels, String(level + 1))?.value) level += 1;
  return level;
}

/**
 * Ticked levels above the first gap: they count once the gap is closed.
 * @param {LearnerRecord} record
 * @param {string} id
 */
export function levelsAboveGap(record, id) {
  const levels = entryOf(record.rubric, id) ?? {};
  const level = levelOf(record, id);
  return Object.keys(levels)
    .map(Number)
    .filter((number) => number > level && levels[number].value);
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 */
export function isFinished(record, id) {
  return entryOf(record.finished, id)?.value ?? false;
}

/**
 * @param {LearnerRecord} record
 * @param {string} id
 */
export function isMet(record, id) {
  return isFinished(record, id) || levelOf(record, id) >= MET_LEVEL;
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Topic} topic
 */
export function isReady(record, manifest, topic) {
  const written = new Set(manifest.topics.filter(({ planned }) => !planned).map(({ id }) => id));
  return topic.prerequisites.every((id) => !written.has(id) || isMet(record, id));
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @returns {Topic | undefined}
 */
export function nextTopic(record, manifest) {
  return manifest.topics.find(
    (topic) => !topic.planned && !isFinished(record, topic.id) && isReady(record, manifest, topic),
  );
}

/**
 * @param {LearnerRecord} record
 * @param {Topic[]} topics
 * @returns {{finished: number, written: number, planned: number}}
 */
export function count(record, topics) {
  const written = topics.filter(({ planned }) => !planned);
  return {
    finished: written.filter(({ id }) => isFinished(record, id)).length,
    written: written.length,
    planned: topics.length - written.length,
  };
}

/**
 * Every topic that leads to one, and every topic that builds on it.
 * @param {Manifest} manifest
 * @param {string} id
 * @returns {{needs: Set<string>, opens: Set<string>}}
 */
export function chainOf(manifest, id) {
  /** @type {Map<string, string[]>} */
  const needs = new Map(manifest.topics.map((topic) => [topic.id, topic.prerequisites]));
  /** @type {Map<string, string[]>} */
  const opens = new Map(manifest.topics.map((topic) => [topic.id, []]));
  for (const topic of manifest.topics) {
    for (const needed of topic.prerequisites) opens.get(needed)?.push(topic.id);
  }
  return { needs: reachable(needs, id), opens: reachable(opens, id) };
}

/**
 * @param {Map<string, string[]>} edges
 * @param {string} start
 */
function reachable(edges, start) {
  /** @type {Set<string>} */
  const found = new Set();
  const waiting = [...(edges.get(start) ?? [])];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (!found.has(id)) waiting.push(...(edges.get(id) ?? []));
    found.add(id);
  }
  return found;
}

/**
 * How long a topic takes.
 * @param {{minutes: number, time?: string}} topic
 * @returns {string} "6 h 20 min", or what the page says where no minutes are known
 */
export function duration({ minutes, time }) {
  return hoursAndMinutes(minutes) || (time ?? "");
}
