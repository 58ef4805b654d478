// @ts-check
/**
 * What a reader of the 404 page may have looked for. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Topic & {aliases: string[]}} Topic
 */

import { entryOf } from "../record/record_types.mjs";

const MOST = 3;

/**
 * The topics whose title, id, address or earlier ids have words of an address, the most words first.
 * @param {string} path
 * @param {Topic[]} topics
 */
export function meantBy(path, topics) {
  const words = wordsOf(path);
  return topics
    .filter(({ url }) => url)
    .map((topic) => {
      const own = new Set(wordsOf([topic.title, topic.id, topic.url, ...topic.aliases].join(" ")));
      return { topic, shared: words.filter((word) => own.has(word)).length };
    })
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, MOST)
    .map(({ topic }) => topic);
}

/** @param {string} text without endings of files and numbers of parts, which say nothing of the topic */
function wordsOf(text) {
  return [...new Set(text.toLowerCase().split(/[^a-z]+/).filter((word) => word.length > 2 && !["part", "html", "index"].includes(word)))];
}

/**
 * The written topic that was visited last.
 * @param {LearnerRecord} record
 * @param {Topic[]} topics
 * @returns {Topic | undefined}
 */
export function lastVisited(record, topics) {
  const visited = topics.filter(({ id, url }) => url && entryOf(record.visits, id));
  return visited.sort((a, b) => (record.visits[a.id].last < record.visits[b.id].last ? 1 : -1))[0];
}
