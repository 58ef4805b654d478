// @ts-check
/** The dashboard's card "Keep a copy": Markdown to read, files to bring in, and what was replaced. */

import { confirmDialog } from "../../dom/dialog.mjs";
import { address, download, element, setText } from "../../dom/elements.mjs";
import { toMarkdown } from "../../learning/markdown_export.mjs";
import { inventory } from "../../record/diff.mjs";
import { LONGEST, NOT_UTF8, decoded, fromFile, tooLarge } from "../../record/files.mjs";
import { save } from "../../store/record_file.mjs";
import { when } from "../../text/dates.mjs";
import { preview } from "./import_preview.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../store/storage_keys.mjs").Kept} Kept
 * @typedef {{card: Element, store: Store, manifest: Manifest}} Parts
 */

/** @param {Parts} parts */
export function start(parts) {
  const { card, store, manifest } = parts;
  const markdown = card.querySelector("button[data-export-markdown]");
  markdown?.addEventListener("click", async () => {
    const asked = await questions();
    if (!asked) setText(card.querySelector("[data-backup-status]"), "The words of the questions could not be loaded, so the file names the questions by their ids.");
    download("notes", toMarkdown(store.record, manifest, new Date(), asked), "md");
  });
  const input = card.querySelector("input[data-import]");
  if (input instanceof HTMLInputElement) {
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      if (file) await read(file, parts);
      input.value = "";
    });
  }
  drawReplaced(parts);
  store.subscribe(() => drawReplaced(parts));
  for (const hidden of card.querySelectorAll("[data-backup-ready]")) hidden.removeAttribute("hidden");
}

/** @returns {Promise<Record<string, string> | undefined>} what each question asks, by its id; undefined if it cannot be loaded */
async function questions() {
  try {
    const answer = await fetch(address("assets/questions.json"));
    if (!answer.ok) return undefined;
    const read = new DOMParser();
    const words = (/** @type {string} */ html) => read.parseFromString(html, "text/html").body.textContent ?? "";
    return Object.fromEntries(Object.entries(await answer.json()).map(([id, { ask }]) => [id, words(ask)]));
  } catch {
    return undefined;
  }
}

/**
 * @param {File} file
 * @param {Parts} parts
 */
async function read(file, parts) {
  const status = parts.card.querySelector("[data-backup-status]");
  const refused = (/** @type {string} */ why) => setText(status, `${file.name} ${why} Nothing was changed.`);
  parts.card.querySelector("[data-import-preview]")?.replaceChildren();
  setText(status, "");
  if (file.size > LONGEST) return refused(tooLarge());
  const bytes = await file.arrayBuffer().catch(() => undefined);
  if (bytes === undefined) return refused("could not be opened.");
  const text = decoded(bytes);
  if (text === undefined) return refused(NOT_UTF8);
  const found = fromFile(text);
  if (typeof found === "string") return refused(found);
  preview({ ...parts, name: file.name, found });
}

/** @param {Parts} parts */
function drawReplaced(parts) {
  const place = parts.card.querySelector("[data-replaced]");
  const copies = parts.store.replaced;
  const drawn = copies.map(({ key }) => key).join();
  if (!(place instanceof HTMLElement) || place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  if (copies.length === 0) return place.replaceChildren();
  place.replaceChildren(
    element("h3", {}, "Before you replaced everything"),
    element("p", {}, "What was stored then is kept here until you delete it."),
    element("ul", { class: "plain aside-rows" }, ...copies.map((copy) => copyRow(copy, parts))),
  );
}

/**
 * @param {Kept} copy
 * @param {Parts} parts
 */
function copyRow({ key, time, text }, parts) {
  const found = fromFile(text);
  const name = `The copy of ${when(time)}`;
  const action = (/** @type {string} */ label, /** @type {() => void} */ press) => {
    const button = element("button", { type: "button", class: "btn", "aria-label": `${label}: ${name}` }, label);
    button.addEventListener("click", press);
    return button;
  };
  const holds = element("p", {}, typeof found === "string" ? when(time) : `${when(time)}: ${inventory(found.record)}`);
  if (typeof found === "string") {
    return element("li", {}, holds, action("Save it as a file", () => download("copy", text, "txt")));
  }
  const buttons = element(
    "p",
    { class: "buttons" },
    action("Save it as a file", () => save(found.record, "copy")),
    action("Bring it back", () => preview({ ...parts, name, found })),
    action("Delete it", () => remove(key, name, parts)),
  );
  return element("li", {}, holds, buttons);
}

/**
 * @param {string} key
 * @param {string} name
 * @param {Parts} parts
 */
async function remove(key, name, { card, store }) {
  const text = [`${name} is deleted from this browser. What is stored now stays as it is.`];
  if (!(await confirmDialog({ title: "Delete this copy?", text, yes: "Delete it" }))) return;
  store.dropReplaced(key);
  setText(card.querySelector("[data-backup-status]"), `${name} was deleted.`);
  card.querySelector("button")?.focus();
}
