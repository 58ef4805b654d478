// @ts-check
/** Saves the record as a file of the published format. */

import { address, download } from "../dom/elements.mjs";
import { toFile } from "../record/files.mjs";

/** @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord */

/** @param {LearnerRecord} record */
export function fileText(record) {
  return toFile(record, address("assets/record.schema.json"));
}

/**
 * @param {LearnerRecord} record
 * @param {string} [what] the file holds
 */
export function save(record, what = "progress") {
  download(what, fileText(record));
}

/**
 * All that is stored. What a newer version stored is saved as it is: this one would leave out what it cannot read.
 * @param {import("./store.mjs").Store} store
 */
export function saveAll(store) {
  if (store.status === "newer") download("progress", store.text);
  else save(store.record);
}
