// @ts-check
/** Opens the record and starts every view that the page needs. A view that fails leaves the others working. */

import { watchParts } from "./dom/parts.mjs";
import { followAliases, renamedIn } from "./record/aliases.mjs";
import { Store } from "./store/store.mjs";
import { VIEWS } from "./views.mjs";

/**
 * @typedef {import("./learning/progress.mjs").Manifest} Manifest
 * @typedef {import("./views.mjs").View} View
 */

const root = document;
const store = new Store();
const manifest = readManifest();
store.change((record) => followAliases(record, renamedIn(manifest)));

startIn(root);
watchParts(root, startIn);

/**
 * Starts the views of the page, or of a piece of it that came later.
 * @param {Document | HTMLElement} part
 */
function startIn(part) {
  const page = /** @type {Document} */ (part); // views look for elements below it
  for (const [selector, view] of VIEWS) {
    if (!part.querySelector(selector)) continue;
    if (typeof view === "function") startLater(view(), page);
    else startNow(view, page);
  }
  const kinds = new Set([...part.querySelectorAll("[data-directive]")].map((one) => one.getAttribute("data-directive")));
  if (part instanceof HTMLElement) kinds.add(part.closest("[data-directive]")?.getAttribute("data-directive") ?? null);
  for (const kind of kinds) if (kind) startLater(import(`../directives/${kind}/view.mjs`), page);
}
root.documentElement.dataset.started = ""; // without it, theme/partials/not_started.html says what to do

/** @returns {Manifest} */
function readManifest() {
  const script = document.getElementById("course-manifest");
  return script ? JSON.parse(script.textContent ?? "") : { version: 1, parts: [], topics: [], paths: [] };
}

/**
 * @param {View} view
 * @param {Document} part
 */
function startNow(view, part) {
  try {
    view.start({ root: part, store, manifest });
  } catch (error) {
    reportError(error);
  }
}

/**
 * @param {Promise<View>} loading
 * @param {Document} part
 */
function startLater(loading, part) {
  loading.then((view) => view.start({ root: part, store, manifest })).catch(reportError);
}
