// @ts-check
/** Opens the record and starts every view. A view that fails leaves the others working. */

import { followAliases, renamedIn } from "./record/aliases.mjs";
import * as backup from "./views/backup/view.mjs";
import * as copy from "./views/copy.mjs";
import * as headGrid from "../directives/figure/head_grid.mjs";
import * as headView from "../directives/figure/head_view.mjs";
import * as heatmap from "../directives/figure/heatmap.mjs";
import * as menu from "./views/menu.mjs";
import * as notes from "./views/notes.mjs";
import * as notices from "./dom/notices.mjs";
import * as prompts from "./views/prompts.mjs";
import * as rubric from "./views/rubric.mjs";
import { Store } from "./store/store.mjs";
import * as sync from "./views/sync/view.mjs";
import * as topicMap from "./views/topic_map/view.mjs";
import * as units from "../directives/unit/view.mjs";
import * as visits from "./views/visits.mjs";
import * as warnings from "./views/storage_warnings.mjs";

/** @typedef {import("./learning/progress.mjs").Manifest} Manifest */

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
  import("./views/dashboard/view.mjs").then((dashboard) => dashboard.start({ root, store, manifest })).catch(reportError);
}
if (root.querySelector("[data-topic-id]")) {
  import("./views/reading_clock.mjs").then((clock) => clock.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-quiz]")) {
  import("../directives/quiz/view.mjs").then((quiz) => quiz.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-review]")) {
  import("./views/review/view.mjs").then((review) => review.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-path]")) {
  import("./views/paths.mjs").then((paths) => paths.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-portfolio]")) {
  import("./views/portfolio.mjs").then((portfolio) => portfolio.start({ root, store, manifest })).catch(reportError);
}
if (root.querySelector("[data-lab]")) {
  import("./views/lab.mjs").then((lab) => lab.start({ root, store })).catch(reportError);
}
if (root.querySelector("[data-exercise]")) {
  import("../directives/exercise/view.mjs").then((exercise) => exercise.start({ root, store })).catch(reportError);
}
