// @ts-check
/**
 * Writes the record as a file, and reads such a file. Pure.
 *
 * @typedef {import("./record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{record: LearnerRecord, wrong: string[], version: number}} Read
 */

import { parse } from "./parse.mjs";
import { serialise } from "./record_types.mjs";

/** Characters: more than a browser stores, so no progress file is that long. */
export const LONGEST = 50_000_000;

/** Every text of a note is compared with its others: more would keep the page busy for minutes. */
const MOST_COMPARISONS = 5_000 ** 2;

/**
 * The text of an exported file.
 * @param {LearnerRecord} record
 * @param {string} schema the address of the file format's schema
 */
export function toFile(record, schema) {
  const { replaced: _, ...rest } = record; // concerns this browser only
  return `${serialise(/** @type {LearnerRecord} */ ({ $schema: schema, ...rest }), 2)}\n`;
}

/** Why a file in another encoding is refused, to follow the file's name. */
export const NOT_UTF8 = "is no progress file, or it was saved in another encoding than UTF-8 and some of its letters would be lost.";

/**
 * The text of a file.
 * @param {ArrayBuffer} bytes
 * @returns {string | undefined} undefined if it is not UTF-8, as every exported file is
 */
export function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads an exported file.
 * @param {string} text
 * @returns {Read | string} or why it was not read, to follow the file's name
 */
export function fromFile(text) {
  if (text.length > LONGEST) return tooLarge();
  if (comparisons(text) > MOST_COMPARISONS) return "holds more texts of one note than anybody writes.";
  const { record, wrong, problem, version } = parse(text);
  if (problem === "unreadable") return "is no progress file, or its end is missing.";
  if (problem === "newer") return `was saved by a newer version of this site (${version}): reload this page.`;
  const meant = (version > 0 && !wrong.includes("version")) || Object.keys(record.notes).length > 0;
  if (!meant) return "is no progress file of this site.";
  const { replaced: _, ...rest } = record;
  return { record: rest, wrong, version };
}

/** Why a file that is too large is refused, to follow the file's name. */
export function tooLarge() {
  return `is larger than ${LONGEST / 1e6} MB, so it is no progress file.`;
}

/** @param {string} text */
function comparisons(text) {
  try {
    const notes = Object.values(JSON.parse(text).notes);
    return notes.reduce((sum, note) => sum + (Array.isArray(note?.history) ? note.history.length ** 2 : 0), 0);
  } catch {
    return 0; // parse reports what is wrong
  }
}

/**
 * Names what was left out.
 * @param {string[]} wrong
 */
export function leftOut(wrong) {
  if (wrong.length === 0) return "";
  const names = wrong.slice(0, 3).map((path) => (path.length > 60 ? `${path.slice(0, 60)}…` : path));
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return `Left out, because it could not be read: ${names.join(", ")}${more}.`;
}
