// @ts-check
/** Opens the record and starts every view that the page needs. A view that fails leaves the others working. */

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

for (const [selector, view] of VIEWS) {
  if (!root.querySelector(selector)) continue;
  if (typeof view === "function") startLater(view());
  else startNow(view);
}
const kinds = [...root.querySelectorAll("[data-directive]")].map((element) => element.getAttribute("data-directive"));
for (const kind of new Set(kinds)) startLater(import(`../directives/${kind}/view.mjs`));
root.documentElement.dataset.started = ""; // without it, theme/partials/not_started.html says what to do

/** @returns {Manifest} */
function readManifest() {
  const script = document.getElementById("course-manifest");
  return script ? JSON.parse(script.textContent ?? "") : { version: 1, parts: [], topics: [], paths: [] };
}

/** @param {View} view */
function startNow(view) {
  try {
    view.start({ root, store, manifest });
  } catch (error) {
    reportError(error);
  }
}

/** @param {Promise<View>} loading */
function startLater(loading) {
  loading.then((view) => view.start({ root, store, manifest })).catch(reportError);
}
