// @ts-check
/** Counts how long a topic's page is read, and adds it to the record at intervals. */

import { dayOf } from "../learning/activity.mjs";
import { Reading } from "../learning/reading_time.mjs";
import { addTime } from "../record/actions.mjs";

/** @typedef {import("../store/store.mjs").Store} Store */

const INTERVAL = 30_000; // ms
const GLANCE = 5; // seconds: a page that was only passed through was not read
const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll", "touchstart", "touchmove", "wheel"];
const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const page of root.querySelectorAll("[data-topic-id]")) {
    if (bound.has(page)) continue;
    bound.add(page);
    count(page.getAttribute("data-topic-id") ?? "", store);
  }
}

/**
 * @param {string} id
 * @param {Store} store
 */
function count(id, store) {
  const reading = new Reading(performance.now(), !document.hidden);
  let least = GLANCE;
  /** @param {"change" | "changeNow"} how */
  const keep = (how) => {
    const seconds = store.status === "newer" ? 0 : reading.take(performance.now(), least);
    if (seconds === 0) return;
    least = 1;
    const day = `${dayOf(new Date())} ${store.device}`;
    store[how]((record) => addTime(record, id, day, seconds));
  };
  const show = (/** @type {boolean} */ visible) => {
    reading.show(performance.now(), visible);
    if (!visible) keep("changeNow");
  };
  for (const sign of SIGNS) {
    addEventListener(sign, () => reading.sign(performance.now()), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => show(!document.hidden));
  addEventListener("pagehide", () => show(false));
  addEventListener("pageshow", () => show(!document.hidden));
  setInterval(() => keep("change"), INTERVAL);
}
