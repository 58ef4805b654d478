// @ts-check
/**
 * The difference that merging a record would make, in numbers and words. Pure.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {typeof SECTIONS[number]} Section
 * @typedef {{id: string, here: Excerpt, there: Excerpt}} Difference a note of which both records have a text
 * @typedef {{text: string, updated: string}} Excerpt
 */

import { counted } from "../text/numbers.mjs";
import { merge } from "./merge.mjs";
import { SECTIONS, canonical, entryOf } from "./record_types.mjs";

const EXCERPT = 160; // characters
const LEAD = 40; // characters shown before the first difference

/** @type {Record<Section, [one: string, several: string]>} */
const NOUNS = {
  notes: ["note", "notes"],
  rubric: ["self-assessment", "self-assessments"],
  finished: ["finished mark", "finished marks"],
  answers: ["answered question", "answered questions"],
  exercises: ["exercise", "exercises"],
  done: ["exercise said to be done", "exercises said to be done"],
  reviews: ["reviewed question", "reviewed questions"],
  steps: ["step of a path", "steps of paths"],
  visits: ["visit", "visits"],
  time: ["reading time", "reading times"],
  read: ["record of sections read", "records of sections read"],
};

/**
 * Counts what merging would add and change, by section.
 * @param {LearnerRecord} held
 * @param {LearnerRecord} record to be merged with it
 * @returns {{section: Section, added: number, changed: number}[]} what would be different afterwards
 */
export function changes(held, record) {
  const merged = merge(held, record);
  return sections().flatMap((section) => {
    const [before, after] = [entriesOf(held, section), entriesOf(merged, section)];
    const added = Object.keys(after).filter((id) => !Object.hasOwn(before, id)).length;
    const changed = Object.keys(before).filter((id) => canonical(before[id]) !== canonical(after[id])).length;
    return added + changed > 0 ? [{ section, added, changed }] : [];
  });
}

/**
 * Finds the notes whose texts differ.
 * @param {LearnerRecord} held
 * @param {LearnerRecord} record
 * @returns {Difference[]} notes with two texts, by id
 */
export function differences(held, record) {
  return Object.keys(held.notes).sort().flatMap((id) => {
    const [here, there] = [held.notes[id], entryOf(record.notes, id)];
    if (!there || there.content === here.content) return [];
    const from = firstDifference(here.content, there.content);
    return [{
      id,
      here: { text: excerpt(here.content, from), updated: here.updated },
      there: { text: excerpt(there.content, from), updated: there.updated },
    }];
  });
}

/**
 * A number of entries with the section's noun, such as "2 notes".
 * @param {Section} section
 * @param {number} number
 */
export function countedEntries(section, number) {
  return counted(number, ...NOUNS[section]);
}

/**
 * What a record contains.
 * @param {LearnerRecord} record
 * @returns {string} "12 notes, 3 visits", or "nothing"
 */
export function inventory(record) {
  const counts = sections()
    .map((section) => ({ section, number: Object.keys(record[section]).length }))
    .filter(({ number }) => number > 0);
  return counts.map(({ section, number }) => countedEntries(section, number)).join(", ") || "nothing";
}

/** The sections, the most important to a learner first. */
function sections() {
  return /** @type {Section[]} */ (Object.keys(NOUNS));
}

/**
 * @param {LearnerRecord} record
 * @param {Section} section
 * @returns {Record<string, unknown>}
 */
function entriesOf(record, section) {
  return record[section];
}

/**
 * @param {string} a
 * @param {string} b
 */
function firstDifference(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/**
 * The beginning of a text, or the text around the first difference if the beginnings are equal.
 * @param {string} text
 * @param {number} from where it differs
 */
function excerpt(text, from) {
  const start = from < EXCERPT - LEAD ? 0 : wholeFrom(text, from - LEAD);
  const end = wholeFrom(text, start + EXCERPT);
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {number} the same, or one more where it would cut a character in two
 */
function wholeFrom(text, at) {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") && /[\uD800-\uDBFF]/.test(text[at - 1] ?? "") ? at + 1 : at;
}
