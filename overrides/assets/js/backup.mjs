// @ts-check
/** The record as a file: `button[data-export]` saves one, `input[data-import]` merges one in and says what changed. */

import { download, say } from "./elements.mjs";
import { merge } from "./merge.mjs";
import { parse } from "./record.mjs";
import { serialise } from "./shape.mjs";

/**
 * @typedef {import("./store.mjs").Store} Store
 * @typedef {import("./shape.mjs").LearnerRecord} LearnerRecord
 */

const LARGEST = 50_000_000;
const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const button of root.querySelectorAll("button[data-export]")) {
    if (bound.has(button)) continue;
    bound.add(button);
    button.removeAttribute("hidden");
    button.addEventListener("click", () => download("progress", serialise(store.record, 2)));
  }
  for (const input of root.querySelectorAll("input[type=file][data-import]")) {
    if (!(input instanceof HTMLInputElement) || bound.has(input)) continue;
    bound.add(input);
    const status = input.closest("[data-backup]")?.querySelector("[data-backup-status]");
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      if (file) say(status, await bringIn(file, store));
      input.value = "";
    });
  }
}

/**
 * @param {File} file
 * @param {Store} store
 * @returns {Promise<string>} what to tell the learner
 */
async function bringIn(file, store) {
  const refused = (/** @type {string} */ why) => `${file.name} ${why} Nothing was changed.`;
  if (store.status === "newer") return refused("was not read: your stored progress is of a newer version.");
  if (file.size > LARGEST) return refused(`is larger than ${LARGEST / 1e6} MB, so it is no progress file.`);
  let text;
  try {
    text = await file.text();
  } catch {
    return refused("could not be opened.");
  }
  const { record, wrong, problem, version } = parse(text);
  if (problem === "unreadable") return refused("is no progress file, or its end is missing.");
  if (problem === "newer") return refused(`was saved by a newer version of this site (${version}): reload this page.`);
  const meant = (version > 0 && !wrong.includes("version")) || Object.keys(record.notes).length > 0;
  if (!meant) return refused("is no progress file of this site.");
  const before = store.record;
  await store.change((held) => merge(held, record));
  return `${file.name}: ${describe(before, store.record)}${leftOut(wrong)}`;
}

/**
 * @param {LearnerRecord} before
 * @param {LearnerRecord} after
 */
function describe(before, after) {
  const brought = [
    counted(changes(before.notes, after.notes), "note"),
    counted(changes(before.rubric, after.rubric), "self-assessment"),
    counted(changes(before.finished, after.finished), "finished mark"),
    counted(changes(before.visits, after.visits), "visit"),
  ].filter((part) => part !== "");
  if (brought.length === 0) return "everything in it was here already.";
  return `${brought.join(", ")} added or brought up to date. Where a note differed, both texts are kept.`;
}

/**
 * @param {Record<string, unknown>} before
 * @param {Record<string, unknown>} after
 */
function changes(before, after) {
  const same = (/** @type {string} */ id) =>
    Object.hasOwn(before, id) && JSON.stringify(before[id]) === JSON.stringify(after[id]);
  return Object.keys(after).filter((id) => !same(id)).length;
}

/**
 * @param {number} number
 * @param {string} noun
 */
function counted(number, noun) {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** @param {string[]} wrong */
function leftOut(wrong) {
  if (wrong.length === 0) return "";
  const names = wrong.slice(0, 3).map((path) => (path.length > 60 ? `${path.slice(0, 60)}…` : path));
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return ` Left out, because it could not be read: ${names.join(", ")}${more}.`;
}
