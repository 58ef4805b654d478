// @ts-check
/** Shows what importing a file would change; the learner merges it, replaces everything with it, or cancels. */

import { confirmDialog } from "../../dom/dialog.mjs";
import { element, setText } from "../../dom/elements.mjs";
import { followAliases, renamedIn } from "../../record/aliases.mjs";
import { changes, countedEntries, differences, inventory } from "../../record/diff.mjs";
import { leftOut } from "../../record/files.mjs";
import { merge } from "../../record/merge.mjs";
import { UNDATED } from "../../record/record_types.mjs";
import { save } from "../../store/record_file.mjs";
import { when } from "../../text/dates.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{card: Element, store: Store, manifest: Manifest, name: string, found: import("../../record/files.mjs").Read}} Parts
 */

const MOST = 10; // notes that differ, shown one by one

/** @param {Parts} parts */
export function preview(parts) {
  const { card, store, name, found } = parts;
  const place = card.querySelector("[data-import-preview]");
  const status = card.querySelector("[data-backup-status]");
  if (store.status === "newer") {
    return setText(status, `${name} waits: your stored progress is of a newer version, so reload this page. Nothing was changed.`);
  }
  const record = renamed(parts);
  const told = changes(store.record, record);
  const title = element("h3", { id: "import-title", dir: "auto" }, `What ${name} would change here`);
  const panel = element("section", { class: "import-preview", tabindex: "-1", "aria-labelledby": "import-title" }, title);
  if (told.length === 0) panel.append(element("p", {}, "Merging would change nothing: everything in it is here already."));
  else panel.append(element("ul", {}, ...told.map((one) => element("li", {}, inWords(one)))));
  panel.append(...differing(parts));
  if (found.wrong.length > 0) panel.append(element("p", { dir: "auto" }, leftOut(found.wrong)));

  const close = (/** @type {string} */ says) => {
    place?.replaceChildren();
    setText(status, says);
    const input = card.querySelector("input[data-import]");
    if (input instanceof HTMLElement) input.focus();
  };
  const buttons = element("p", { class: "buttons" });
  const add = (/** @type {string} */ label, /** @type {string} */ style, /** @type {() => void} */ press) => {
    const button = element("button", { type: "button", class: `btn ${style}` }, label);
    button.addEventListener("click", press);
    buttons.append(button);
  };
  if (told.length > 0) add("Merge", "btn-primary", async () => close(await bringIn(parts)));
  add("Replace everything", "", async () => {
    const says = await replaceAll(parts);
    if (says !== undefined) close(says);
  });
  add("Cancel", "", () => close("Nothing was changed."));
  panel.append(buttons);
  setText(status, "");
  place?.replaceChildren(panel);
  panel.focus();
}

/** @param {Parts} parts */
function renamed({ found, manifest }) {
  return followAliases(found.record, renamedIn(manifest));
}

/** @param {ReturnType<typeof changes>[number]} change */
function inWords({ section, added, changed }) {
  const all = countedEntries(section, added + changed);
  if (changed === 0) return `${all}, new`;
  return added === 0 ? `${all}, changed` : `${all}: ${added} new, ${changed} changed`;
}

/** @param {Parts} parts */
function differing({ store, manifest, found }) {
  const differ = differences(store.record, found.record);
  if (differ.length === 0) return [];
  const titles = new Map(manifest.topics.map(({ id, title }) => [id, title]));
  const items = differ.slice(0, MOST).map(({ id, here, there }) =>
    element(
      "li",
      {},
      element("b", { dir: "auto" }, titles.get(id) ?? id),
      element("dl", {}, ...side("Here", here), ...side("In the file", there)),
    ),
  );
  const more = differ.length > MOST ? [element("p", {}, `And ${countedEntries("notes", differ.length - MOST)} more.`)] : [];
  return [
    element("h4", {}, "Notes that differ"),
    element("p", {}, "After merging, the later text is the note. The other one is kept below it, unless the note contains it."),
    element("ul", { class: "plain import-notes" }, ...items),
    ...more,
  ];
}

/**
 * @param {string} where
 * @param {import("../../record/diff.mjs").Excerpt} excerpt
 */
function side(where, { text, updated }) {
  const name = updated === UNDATED ? where : `${where}, ${when(updated)}`;
  const empty = text.trim() === "";
  return [element("dt", {}, name), element("dd", { dir: "auto", class: empty ? "meta" : "excerpt" }, empty ? "empty" : text)];
}

/**
 * @param {Parts} parts
 * @returns {Promise<string>} what to tell the learner
 */
async function bringIn(parts) {
  const { store, name } = parts;
  const record = renamed(parts);
  const told = changes(store.record, record);
  await store.change((held) => merge(held, record));
  const left = leftOut(parts.found.wrong);
  if (told.length === 0) return `${name}: everything in it was here already. ${left}`.trim();
  const brought = told.map(({ section, added, changed }) => countedEntries(section, added + changed)).join(", ");
  return `${name}: ${brought} added or brought up to date. Where a note differed, both texts are kept. ${left}`.trim();
}

/**
 * @param {Parts} parts
 * @returns {Promise<string | undefined>} what to tell the learner; undefined if they cancelled
 */
async function replaceAll(parts) {
  const { store, name } = parts;
  const record = renamed(parts);
  const sure = await confirmDialog({
    title: "Replace everything?",
    text: [
      `Stored here now: ${inventory(store.record)}.`,
      `In ${name}: ${inventory(record)}.`,
      "Only what the file holds will be here then. First, what is here now is saved as a file, and a copy of it stays on this page until you delete it.",
    ],
    yes: "Save a copy and replace",
  });
  if (!sure) return undefined;
  save(store.record, "before-replacing");
  if (await store.replace(record)) {
    return `Everything was replaced by ${name}. What was here before is in the file that was just saved, and below.`;
  }
  return "Nothing was replaced: this browser could not keep a copy of what is here beside it. Merging needs no copy.";
}
