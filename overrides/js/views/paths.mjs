// @ts-check
/** The paths page: boxes to tick, progress on each path, and its next step. */

import { setText } from "../dom/elements.mjs";
import { isDone, walked } from "../learning/path_progress.mjs";
import { setStep } from "../record/actions.mjs";
import { hoursAndMinutes } from "../text/numbers.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/path_progress.mjs").Step} Step
 */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const path of root.querySelectorAll("[data-path]")) {
    if (bound.has(path)) continue;
    bound.add(path);
    bind(path, store);
  }
}

/**
 * @param {Element} path
 * @param {Store} store
 */
function bind(path, store) {
  const items = [...path.querySelectorAll("[data-path-step]")];
  const steps = items.map(readStep);
  items.forEach((item, at) => {
    item.querySelector("input")?.addEventListener("change", (event) => {
      const { checked } = /** @type {HTMLInputElement} */ (event.target);
      store.change((record) => setStep(record, steps[at].id, checked, new Date()));
    });
  });
  const draw = () => {
    const way = walked(store.record, steps);
    items.forEach((item, at) => drawStep(item, isDone(store.record, steps[at]), steps[at] === way.next, store));
    setText(path.querySelector("[data-path-progress]"), progressText(way));
    drawBar(path, steps, store);
    const next = items[steps.findIndex((step) => step === way.next)] ?? items[0];
    const link = path.querySelector("[data-path-next]");
    link?.setAttribute("href", next?.querySelector("a")?.getAttribute("href") ?? "#");
    setText(link, way.done === 0 ? "Start" : way.next ? "Go on" : "Walk it again");
  };
  store.subscribe(draw);
  draw();
}

/**
 * @param {Element} item
 * @returns {Step}
 */
function readStep(item) {
  return {
    id: item.getAttribute("data-path-step") ?? "",
    minutes: Number(item.getAttribute("data-minutes")),
    topic: item.getAttribute("data-path-topic"),
    planned: item.classList.contains("is-planned"),
  };
}

/**
 * @param {Element} item
 * @param {boolean} done
 * @param {boolean} next
 * @param {Store} store
 */
function drawStep(item, done, next, store) {
  item.classList.toggle("is-done", done);
  item.classList.toggle("is-next", next);
  const box = item.querySelector("input");
  if (box) {
    box.checked = done;
    box.disabled = store.status === "newer";
  } else if (!item.classList.contains("is-planned")) {
    setText(item.querySelector("[data-path-mark]"), done ? "✓" : "○");
    setText(item.querySelector("[data-path-state]"), done ? ", finished" : ", not finished");
  }
}

/**
 * One piece per written step, as wide as it is long.
 * @param {Element} path
 * @param {Step[]} steps
 * @param {Store} store
 */
function drawBar(path, steps, store) {
  const bar = path.querySelector("[data-path-bar]");
  bar?.removeAttribute("hidden");
  const written = steps.filter(({ planned }) => !planned);
  [...(bar?.children ?? [])].forEach((piece, at) => {
    if (piece instanceof HTMLElement) piece.style.flexGrow = String(written[at].minutes || 1);
    piece.classList.toggle("is-done", isDone(store.record, written[at]));
  });
}

/** @param {ReturnType<typeof walked>} way */
function progressText({ done, steps, minutes, allMinutes, next }) {
  if (steps > 0 && next === undefined) return `Walked to its end: ${steps} of ${steps} steps.`;
  const time = done > 0 ? `, ${hoursAndMinutes(minutes)} of ${hoursAndMinutes(allMinutes)}` : "";
  return `${done} of ${steps} ${steps === 1 ? "step" : "steps"} done${time}.`;
}
