// @ts-check
/** The paths page: boxes to tick, progress on each path, its next step; and a topic's place on the path that is followed. */

import { address, element, fill, setText } from "../dom/elements.mjs";
import { followed, isDone, walked } from "../learning/path_progress.mjs";
import { setStep } from "../record/actions.mjs";
import { counted, hoursAndMinutes } from "../text/numbers.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../learning/progress.mjs").LearningPath} LearningPath
 * @typedef {import("../learning/path_progress.mjs").Walked} Walked
 */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  const byId = new Map(manifest.paths.map((path) => [path.id, path]));
  for (const card of root.querySelectorAll("[data-path]")) {
    const path = byId.get(card.getAttribute("data-path") ?? "");
    if (bound.has(card) || !path) continue;
    bound.add(card);
    new PathCard(card, path, store, manifest);
  }
  root.querySelector("[data-paths]")?.classList.add("is-drawn");
  const place = root.querySelector("[data-path-place]");
  if (!place) return;
  const draw = () => fill(place, placeOn(store, manifest));
  store.subscribe(draw);
  draw();
}

/**
 * "Step 4 of 14 on ...": the first step on this page that is not done, or the last one.
 * @param {Store} store
 * @param {Manifest} manifest whose paths have the steps on this page alone
 */
function placeOn(store, manifest) {
  const path = followed(store.record, manifest.paths);
  const step = path?.steps.find((one) => !isDone(store.record, one, manifest.topics)) ?? path?.steps.at(-1);
  if (!path || !step) return [];
  return [`Step ${step.number} of ${path.length} on `, element("a", { href: address(`paths/#${path.id}`) }, path.title)];
}

class PathCard {
  /**
   * @param {Element} card
   * @param {LearningPath} path
   * @param {Store} store
   * @param {Manifest} manifest
   */
  constructor(card, path, store, manifest) {
    this.card = card;
    this.path = path;
    this.store = store;
    this.manifest = manifest;
    this.items = [...card.querySelectorAll("[data-path-step]")];
    this.items.forEach((item, at) => {
      item.querySelector("input")?.addEventListener("change", (event) => {
        const { checked } = /** @type {HTMLInputElement} */ (event.target);
        this.#keep(path.steps[at].id, checked);
      });
    });
    card.querySelector("[data-path-next]")?.addEventListener("click", () => this.#isFollowed || this.#keep(path.id, true));
    card.querySelector("[data-path-follow]")?.addEventListener("click", () => this.#keep(path.id, !this.#isFollowed));
    store.subscribe(() => this.#draw());
    this.#draw();
  }

  get #isFollowed() {
    return followed(this.store.record, this.manifest.paths) === this.path;
  }

  /**
   * @param {string} id
   * @param {boolean} value
   */
  #keep(id, value) {
    this.store.change((record) => setStep(record, id, value, new Date()));
  }

  #draw() {
    const { path, items, store, card } = this;
    const topics = this.manifest.topics;
    const way = walked(store.record, path.steps, topics);
    const isNewer = store.status === "newer";
    items.forEach((item, at) => drawStep(item, isDone(store.record, path.steps[at], topics), path.steps[at] === way.next, isNewer));
    [...(card.querySelector("[data-path-bar]")?.children ?? [])].forEach((piece, at) => {
      if (piece instanceof HTMLElement) piece.style.flexGrow = String(path.steps[at].minutes || 1);
      piece.classList.toggle("is-done", isDone(store.record, path.steps[at], topics));
    });
    setText(card.querySelector("[data-path-progress]"), progressText(way));
    const next = items[path.steps.findIndex((step) => step === way.next)] ?? items[0];
    const link = card.querySelector("[data-path-next]");
    link?.setAttribute("href", next?.querySelector("a")?.getAttribute("href") ?? "#");
    setText(link, way.done === 0 ? "Start" : way.next ? "Go on" : "Walk it again");
    card.classList.toggle("is-followed", this.#isFollowed);
    const follow = card.querySelector("[data-path-follow]");
    setText(follow, this.#isFollowed ? "✓ You follow this path: stop" : "Follow this path");
    follow?.toggleAttribute("disabled", isNewer);
  }
}

/**
 * @param {Element} item
 * @param {boolean} done
 * @param {boolean} next
 * @param {boolean} isNewer
 */
function drawStep(item, done, next, isNewer) {
  item.classList.toggle("is-done", done);
  item.classList.toggle("is-next", next);
  const box = item.querySelector("input");
  if (box) {
    box.checked = done;
    box.disabled = isNewer;
  } else if (!item.classList.contains("is-planned")) {
    setText(item.querySelector("[data-path-mark]"), done ? "✓" : "○");
    setText(item.querySelector("[data-path-state]"), done ? ", done" : ", not done");
  }
}

/** @param {Walked} way */
function progressText({ done, steps, minutes, allMinutes, planned, next }) {
  const time = done > 0 ? `, ${hoursAndMinutes(minutes)} of ${hoursAndMinutes(allMinutes)}` : "";
  const rest = planned > 0 ? ` ${counted(planned, "step is", "steps are")} planned, not written yet.` : "";
  if (next) return `${done} of ${counted(steps, "step")} done${time}.${rest}`;
  return planned > 0 ? `${done} of ${counted(steps, "step")} done: all that is written.${rest}` : `Walked to its end: ${steps} of ${counted(steps, "step")}.`;
}
