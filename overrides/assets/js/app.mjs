// @ts-check
/** Opens the record and starts every view. A view that fails leaves the others working. */

import { followAliases, renamedIn } from "./aliases.mjs";
import * as backup from "./backup.mjs";
import * as copy from "./copy.mjs";
import * as headGrid from "./head_grid.mjs";
import * as headView from "./head_view.mjs";
import * as heatmap from "./heatmap.mjs";
import * as menu from "./menu.mjs";
import * as notes from "./notes.mjs";
import * as notices from "./notices.mjs";
import * as prompts from "./prompts.mjs";
import * as rubric from "./rubric.mjs";
import { Store } from "./store.mjs";
import * as sync from "./sync.mjs";
import * as topicMap from "./topic_map.mjs";
import * as units from "./units.mjs";
import * as visits from "./visits.mjs";
import * as warnings from "./warnings.mjs";

/** @typedef {import("./progress.mjs").Manifest} Manifest */

const store = new Store();
const root = document;

/** @returns {Manifest} */
function readManifest() {
  const script = document.getElementById("course-manifest");
  return script ? JSON.parse(script.textContent ?? "") : { version: 1, parts: [], topics: [] };
}

const manifest = readManifest();
store.change((record) => followAliases(record, renamedIn(manifest)));
notices.start(root);
for (const view of [
  warnings, notes, rubric, visits, backup, sync, topicMap,
  menu, units, prompts, copy, heatmap, headView, headGrid,
]) {
  try {
    view.start({ root, store, manifest });
  } catch (error) {
    reportError(error);
  }
}
if (root.querySelector("[data-dashboard]")) {
  import("./dashboard.mjs").then((dashboard) => dashboard.start({ root, store, manifest })).catch(reportError);
}
if (root.querySelector("[data-topic-id]")) {
  import("./clock.mjs").then((clock) => clock.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-quiz]")) {
  import("./quiz.mjs").then((quiz) => quiz.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-review]")) {
  import("./review.mjs").then((review) => review.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-path]")) {
  import("./paths.mjs").then((paths) => paths.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-portfolio]")) {
  import("./portfolio.mjs").then((portfolio) => portfolio.start({ root, store, manifest })).catch(reportError);
}
if (root.querySelector("[data-lab]")) {
  import("./lab_export.mjs").then((lab) => lab.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-exercise]")) {
  import("./exercise.mjs").then((exercise) => exercise.start({ root, store })).catch(reportError);
}
