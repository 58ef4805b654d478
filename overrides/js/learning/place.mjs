// @ts-check
/**
 * Where a learner was, and where to go on. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Topic} Topic
 * @typedef {import("./progress.mjs").Section} Section
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {{topic: Topic, section: Section | undefined, at: string}} Place
 */

import { UNDATED, entryOf } from "../record/record_types.mjs";
import { isRead } from "./evidence.mjs";
import { isFinished, nextTopic } from "./progress.mjs";

/**
 * The topic that was open last, and the section to go on with there.
 * @param {LearnerRecord} record
 * @param {Topic[]} topics
 * @returns {Place | undefined} undefined for a newcomer
 */
export function lastPlace(record, topics) {
  const written = topics.filter(({ planned }) => !planned);
  const places = written.map((topic) => ({ topic, at: lastSeen(record, topic) })).filter(({ at }) => at > UNDATED);
  const [last] = places.sort((a, b) => (a.at < b.at ? 1 : -1));
  return last && { ...last, section: sectionToRead(record, last.topic) };
}

/**
 * Where to go on in a topic: in the section that was in view last, unless it is read; then in the first unread one
 * after it, or else in the first unread one.
 * @param {LearnerRecord} record
 * @param {Topic} topic
 * @returns {Section | undefined} undefined where all is read, or the topic has no sections
 */
export function sectionToRead(record, topic) {
  const readings = entryOf(record.read, topic.id) ?? {};
  const seen = topic.sections.map(({ id }) => entryOf(readings, id)?.last ?? "");
  const latest = seen.reduce((best, at, index) => (at > (seen[best] ?? "") ? index : best), -1);
  const unread = topic.sections.filter((section) => !isRead(record, topic.id, section));
  return unread.find((section) => topic.sections.indexOf(section) >= latest) ?? unread[0];
}

/**
 * Where to go on: where the learner was last, or, where that is finished or read to its end, at the next topic.
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @returns {{topic: Topic, section: Section | undefined} | undefined} undefined where nothing written is left
 */
export function goOn(record, manifest) {
  const last = lastPlace(record, manifest.topics);
  if (last?.section && !isFinished(record, last.topic.id)) return last;
  const next = nextTopic(record, manifest);
  return next && { topic: next, section: entryOf(record.visits, next.id) && sectionToRead(record, next) };
}

/**
 * The address of a section of a topic, or of the topic's top where there is none.
 * @param {Topic} topic
 * @param {Section | undefined} section
 */
export function placeUrl(topic, section) {
  return `${topic.url ?? ""}${section ? `#${section.id}` : ""}`;
}

/**
 * @param {LearnerRecord} record
 * @param {Topic} topic
 */
function lastSeen(record, { id }) {
  const readings = Object.values(entryOf(record.read, id) ?? {}).map(({ last }) => last);
  return [entryOf(record.visits, id)?.last ?? "", ...readings].sort().at(-1) ?? "";
}
