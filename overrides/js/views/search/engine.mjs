// @ts-check
/**
 * Asks Pagefind, which wants every word of a query on a page: here each idea is asked alone, and the answers are added up.
 *
 * Nothing is fetched before `openSearch`.
 */

import { address } from "../../dom/elements.mjs";
import { holds, ideasOf, wordsOf } from "../../text/query.mjs";

/**
 * @typedef {import("../../text/query.mjs").Idea} Idea
 * @typedef {{url: string, title: string, page: string, mode: string, minutes: string, text: string}} Found
 * @typedef {{kind: string, found: Found[]}} Group
 * @typedef {{groups: Group[], also: string[], words: string[]}} Answer `also`: what was looked for besides; `words`: all
 * @typedef {{id: string, score: number, data: () => Promise<{raw_content?: string, content: string, meta: Record<string, string>}>}} Hit
 * @typedef {{options: (options: object) => Promise<void>, init: () => Promise<void>, search: (words: string, options: object) => Promise<{results: Hit[]}>}} Pagefind
 */

/** How many of each kind are shown. The kind with the best result comes first, but code last. @type {[kind: string, most: number][]} */
const KINDS = [["lesson", 6], ["try", 3], ["site", 2], ["code", 5]];
const CODE = "code";
const NAME = /^(?=.{5,}$)\w*(?:[a-z0-9][._][a-zA-Z]|[a-z][A-Z])[\w.]*(?:\(\))?$/; // causal_mask, nn.Linear, BytePairs
const FAR_BELOW = 0.08; // of the best score: what is below is left out
const SYNONYM = 0.8; // what a match of a synonym counts, where the word itself counts 1

/** @returns {Promise<(query: string) => Promise<Answer>>} */
export async function openSearch() {
  const [pagefind, synonyms] = await Promise.all([
    /** @type {Promise<Pagefind>} */ (import(address("assets/search/pagefind.js"))),
    fetch(address("assets/synonyms.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`synonyms.json: ${answer.status}`)))),
  ]);
  await pagefind.options({ ranking: { pageLength: 0.5 } });
  await pagefind.init();
  return (query) => ask(pagefind, ideasOf(query, synonyms), NAME.test(query.trim()));
}

/**
 * @param {Pagefind} pagefind
 * @param {Idea[]} ideas
 * @param {boolean} isName of something in the code: then the code comes first, else last
 * @returns {Promise<Answer>}
 */
async function ask(pagefind, ideas, isName) {
  const also = [...new Set(ideas.flatMap((idea) => idea.also))];
  const words = [...new Set([...ideas.map((idea) => idea.words), ...also].flatMap(wordsOf))];
  const answers = await Promise.all(KINDS.map(async ([kind, most]) => ({ kind, hits: (await ranked(pagefind, ideas, kind)).slice(0, most) })));
  const best = Math.max(0, ...answers.flatMap(({ kind, hits }) => (kind === CODE ? [] : hits.map(({ score }) => score))));
  const groups = await Promise.all(
    answers.map(async ({ kind, hits }) => {
      const found = await Promise.all(hits.filter(({ score }) => score > best * FAR_BELOW).map(({ hit }) => read(hit)));
      // For a word that nothing holds Pagefind answers with the nearest that it has.
      const held = found.filter((one) => holds(`${one.title} ${one.page} ${one.text}`, words));
      return { kind, found: held, order: kind !== CODE ? (hits[0]?.score ?? 0) : isName ? Infinity : -1 };
    }),
  );
  groups.sort((a, b) => b.order - a.order);
  return { groups: groups.filter((group) => group.found.length > 0), also, words };
}

/**
 * What holds some of the ideas, best first: the sum of what each idea scores, less for each idea that is missing.
 * @param {Pagefind} pagefind
 * @param {Idea[]} ideas
 * @param {string} kind
 */
async function ranked(pagefind, ideas, kind) {
  /** @type {Map<string, {hit: Hit, score: number, ideas: number}>} */
  const sums = new Map();
  for (const idea of ideas) {
    const asked = [idea.words, ...idea.also].map((words) => pagefind.search(words, { filters: { kind } }));
    /** @type {Map<string, {hit: Hit, score: number}>} */
    const best = new Map();
    (await Promise.all(asked)).forEach(({ results }, at) => {
      for (const hit of results) {
        const score = hit.score * (at === 0 ? 1 : SYNONYM);
        if (score > (best.get(hit.id)?.score ?? 0)) best.set(hit.id, { hit, score });
      }
    });
    for (const [id, { hit, score }] of best) {
      const sum = sums.get(id) ?? { hit, score: 0, ideas: 0 };
      sums.set(id, { hit, score: sum.score + score, ideas: sum.ideas + 1 });
    }
  }
  const weighed = [...sums.values()].map(({ hit, score, ideas: held }) => ({ hit, score: score * (held / ideas.length) ** 2 }));
  return weighed.sort((a, b) => b.score - a.score);
}

/**
 * @param {Hit} hit
 * @returns {Promise<Found>}
 */
async function read(hit) {
  const { raw_content, content, meta } = await hit.data();
  let text = raw_content ?? content;
  for (const line of [meta.title, meta.page]) if (line && text.startsWith(line)) text = text.slice(line.length).replace(/^[.\s]+/, "");
  return { url: meta.url ?? "", title: meta.title, page: meta.page ?? "", mode: meta.mode ?? "", minutes: meta.minutes ?? "", text };
}
