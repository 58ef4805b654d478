// @ts-check
/** Opens the record and starts every view. A view that fails leaves the others working. */

import * as backup from "./backup.mjs";
import * as copy from "./copy.mjs";
import * as dashboard from "./dashboard.mjs";
import { followAliases } from "./edits.mjs";
import * as headGrid from "./head_grid.mjs";
import * as headView from "./head_view.mjs";
import * as heatmap from "./heatmap.mjs";
import * as menu from "./menu.mjs";
import * as notes from "./notes.mjs";
import * as notices from "./notices.mjs";
import * as prompts from "./prompts.mjs";
import * as rubric from "./rubric.mjs";
import { Store } from "./store.mjs";
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
store.change((record) => followAliases(record, manifest.topics));
notices.start(root);
for (const view of [
  warnings, notes, rubric, visits, backup, dashboard, topicMap,
  menu, units, prompts, copy, heatmap, headView, headGrid,
]) {
  try {
    view.start({ root, store, manifest });
  } catch (error) {
    reportError(error);
  }
}
