// @ts-check
/** Counts how long a topic's page and each of its sections are read, and adds it to the record at intervals. */

import { dayOf } from "../../learning/activity.mjs";
import { Reading } from "../../learning/reading_time.mjs";
import { addReading, addTime } from "../../record/actions.mjs";
import { SectionsInView } from "./sections_in_view.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 */

const INTERVAL = 30_000; // ms
const LOOK = 2_000; // ms: how often the page is asked what is in view
const GLANCE = 5; // seconds: a page that was only passed through was not read
const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll", "touchstart", "touchmove", "wheel"];
const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  for (const page of root.querySelectorAll("[data-topic-id]")) {
    if (bound.has(page)) continue;
    bound.add(page);
    const id = page.getAttribute("data-topic-id") ?? "";
    const sections = manifest.topics.find((topic) => topic.id === id)?.sections ?? [];
    const steps = manifest.paths.flatMap((path) => path.steps.flatMap(({ evidence }) => (evidence?.topic === id ? [evidence.section] : [])));
    count(id, store, new SectionsInView(page, [...sections.map((section) => section.id), ...steps]));
  }
}

/**
 * @param {string} id
 * @param {Store} store
 * @param {SectionsInView} sections
 */
function count(id, store, sections) {
  const reading = new Reading(performance.now(), !document.hidden);
  const looking = new Reading(performance.now(), !document.hidden);
  let least = GLANCE;
  /** @param {"change" | "changeNow"} how */
  const keep = (how) => {
    const seconds = store.status === "newer" ? 0 : reading.take(performance.now(), least);
    if (seconds === 0) return;
    least = 1;
    const now = new Date();
    const day = `${dayOf(now)} ${store.device}`;
    const seen = sections.take();
    store[how]((record) => seen.reduce((kept, [section, more]) => addReading(kept, id, section, more, now), addTime(record, id, day, seconds)));
  };
  const look = () => sections.count(looking.take(performance.now()));
  const show = (/** @type {boolean} */ visible) => {
    if (!visible) look();
    for (const clock of [reading, looking]) clock.show(performance.now(), visible);
    if (!visible) keep("changeNow");
  };
  for (const sign of SIGNS) {
    addEventListener(sign, () => [reading, looking].forEach((clock) => clock.sign(performance.now())), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => show(!document.hidden));
  addEventListener("pagehide", () => show(false));
  addEventListener("pageshow", () => show(!document.hidden));
  setInterval(() => !document.hidden && look(), LOOK);
  setInterval(() => keep("change"), INTERVAL);
}
