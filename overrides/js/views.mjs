// @ts-check
/**
 * Every view of the site: the elements that it needs, and its module.
 *
 * A view whose elements are on the page is started, in this order. The first ones come with the app, so that what a
 * reader types or presses at once is not lost; the others are imported where they are needed. The views of directives
 * (quiz, figure ...) are not listed: an element says `data-directive="quiz"`, and the module is
 * `directives/quiz/view.mjs`.
 *
 * @typedef {{root: Document, store: import("./store/store.mjs").Store, manifest: import("./learning/progress.mjs").Manifest}} Page
 *   what every view is started with
 * @typedef {{start: (page: Page) => void}} View
 */

import * as notices from "./dom/notices.mjs";
import * as backup from "./views/backup/view.mjs";
import * as contents from "./views/contents.mjs";
import * as copy from "./views/copy.mjs";
import * as menu from "./views/menu.mjs";
import * as notes from "./views/notes/view.mjs";
import * as prompts from "./views/prompts.mjs";
import * as rubric from "./views/rubric.mjs";
import * as search from "./views/search/view.mjs";
import * as siteAddress from "./views/site_address.mjs";
import * as storageWarnings from "./views/storage_warnings.mjs";
import * as sync from "./views/sync/view.mjs";
import * as topicMap from "./views/topic_map/view.mjs";
import * as visits from "./views/visits.mjs";

/** @type {[selector: string, view: View | (() => Promise<View>)][]} */
export const VIEWS = [
  ["body", notices],
  ["body", storageWarnings],
  ["textarea[data-notes-for]", notes],
  ["body", rubric],
  ["[data-topic-id], button[data-finish]", visits],
  ["button[data-export], [data-backup]", backup],
  ["body", sync],
  ["[data-topic-map]", topicMap],
  [".md-header__button", menu],
  ["[data-topic-id]", contents],
  ["[data-search-open]", search],
  [".prompt-choice", prompts],
  ["button[data-copy]", copy],
  ["[data-site-address]", siteAddress],
  ["[data-dashboard]", () => import("./views/dashboard/view.mjs")],
  ["[data-topic-id]", () => import("./views/reading/view.mjs")],
  ["[data-review]", () => import("./views/review/view.mjs")],
  ["[data-home]", () => import("./views/home.mjs")],
  ["[data-path], [data-path-place]", () => import("./views/paths.mjs")],
  ["[data-portfolio]", () => import("./views/portfolio.mjs")],
  ["[data-lab]", () => import("./views/lab.mjs")],
  ["[data-lost]", () => import("./views/lost.mjs")],
];
