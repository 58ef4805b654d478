// @ts-check
/**
 * Self-assessment: the checkboxes of a rubric, and every place that shows a level or a prerequisite.
 *
 * The level is the number of levels ticked in a row, from the first: each level builds on those below it.
 */

import { element, paintLevel, setText } from "../dom/elements.mjs";
import { isMet, levelOf, levelsAboveGap } from "../learning/progress.mjs";
import { setLevel } from "../record/actions.mjs";
import { entryOf } from "../record/record_types.mjs";

/** @typedef {import("../store/store.mjs").Store} Store */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const rubric of root.querySelectorAll("[data-rubric-for]")) {
    if (bound.has(rubric)) continue;
    bound.add(rubric);
    bind(rubric, store);
  }
  const draw = () => drawLevels(root, store);
  store.subscribe(draw);
  draw();
}

/**
 * @param {Element} rubric
 * @param {Store} store
 */
function bind(rubric, store) {
  const id = rubric.getAttribute("data-rubric-for") ?? "";
  const boxes = /** @type {HTMLInputElement[]} */ ([...rubric.querySelectorAll("input[type=checkbox][data-level]")]);
  for (const box of boxes) {
    box.autocomplete = "off";
    box.addEventListener("change", () => {
      store.change((record) => setLevel(record, id, box.dataset.level ?? "", box.checked, new Date()));
    });
  }
  const draw = () => {
    const levels = entryOf(store.record.rubric, id) ?? {};
    for (const box of boxes) {
      box.checked = entryOf(levels, box.dataset.level ?? "")?.value ?? false;
      box.disabled = store.status === "newer";
    }
  };
  store.subscribe(draw);
  draw();
}

/**
 * @param {ParentNode} root
 * @param {Store} store
 */
function drawLevels(root, store) {
  for (const square of root.querySelectorAll("[data-level-square]")) {
    paintLevel(square, levelOf(store.record, square.getAttribute("data-level-square") ?? ""));
  }
  for (const place of root.querySelectorAll("[data-level-words]")) {
    setText(place, `, level ${levelOf(store.record, place.getAttribute("data-level-words") ?? "")}`);
  }
  for (const place of root.querySelectorAll("[data-level-of]")) {
    drawSquares(place, levelOf(store.record, place.getAttribute("data-level-of") ?? ""));
  }
  for (const scale of root.querySelectorAll("[data-level-scale]")) {
    drawScale(scale, levelOf(store.record, scale.getAttribute("data-level-scale") ?? ""));
  }
  for (const place of root.querySelectorAll("[data-level-says]")) {
    setText(place, levelText(store, place.getAttribute("data-level-says") ?? ""));
  }
  for (const need of root.querySelectorAll("[data-needs]")) {
    drawNeed(need, isMet(store.record, need.getAttribute("data-needs") ?? ""));
  }
}

/**
 * Four squares, filled up to the level, and the level in words.
 * @param {Element} place
 * @param {number} level
 */
function drawSquares(place, level) {
  if (place.getAttribute("data-drawn") === String(level)) return;
  place.setAttribute("data-drawn", String(level));
  const squares = [1, 2, 3, 4].map((number) => {
    const square = element("span", { class: "level-square", "aria-hidden": "true" });
    paintLevel(square, number <= level ? number : 0);
    square.textContent = String(number);
    return square;
  });
  const words = level > 0 ? `Level ${level} of 4` : "Not marked yet";
  place.replaceChildren(...squares, element("span", { class: "level-words" }, words));
}

/**
 * The ring on a scale from 0 to 4.
 * @param {Element} scale with one child per step
 * @param {number} level
 */
function drawScale(scale, level) {
  [...scale.children].forEach((step, number) => step.classList.toggle("is-you", number === level));
}

/**
 * @param {Store} store
 * @param {string} id
 */
function levelText(store, id) {
  const level = levelOf(store.record, id);
  const says = level > 0 ? `You say ${level}.` : "Nothing ticked yet.";
  const [above] = levelsAboveGap(store.record, id);
  if (above === undefined) return says;
  return `${says} Level ${above} counts once level ${level + 1} is ticked.`;
}

/**
 * @param {Element} need
 * @param {boolean} met
 */
function drawNeed(need, met) {
  let mark = need.querySelector(".need-mark");
  if (!mark) {
    mark = element("span", { class: "need-mark" });
    need.append(" ", mark);
  }
  mark.classList.toggle("is-met", met);
  setText(mark, met ? "✓ done" : "○ not yet");
}
