// @ts-check
/** Saves the record as a file of the published format. */

import { address, download } from "../dom/elements.mjs";
import { toFile } from "../record/files.mjs";

/** @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord */

/** The text of the file. @param {LearnerRecord} record */
export function fileText(record) {
  return toFile(record, address("assets/record.schema.json"));
}

/**
 * Downloads a record.
 * @param {LearnerRecord} record
 * @param {string} [what] the file holds
 */
export function save(record, what = "progress") {
  download(what, fileText(record));
}

/**
 * Downloads everything that is stored. What a newer version stored is saved unchanged: this version would leave out what it cannot read.
 * @param {import("./store.mjs").Store} store
 */
export function saveAll(store) {
  if (store.status === "newer") download("progress", store.text);
  else save(store.record);
}
