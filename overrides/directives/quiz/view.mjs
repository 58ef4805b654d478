// @ts-check
/** A quiz: its questions, and how many of them were right at the last try. */

import { setText } from "../../js/dom/elements.mjs";
import { lastTry, scoreOf } from "../../js/learning/grading.mjs";
import { QuestionView } from "./question.mjs";

/** @typedef {import("../../js/store/store.mjs").Store} Store */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const quiz of root.querySelectorAll("[data-quiz]")) {
    if (bound.has(quiz)) continue;
    bound.add(quiz);
    for (const form of quiz.querySelectorAll("form[data-question]")) {
      new QuestionView(/** @type {HTMLFormElement} */ (form), store);
    }
    const draw = () => drawScore(quiz, store);
    store.subscribe(draw);
    draw();
  }
}

/**
 * @param {Element} quiz
 * @param {Store} store
 */
function drawScore(quiz, store) {
  const squares = [...quiz.querySelectorAll("[data-square]")];
  const ids = squares.map((square) => square.getAttribute("data-square") ?? "");
  const { right, tried, total } = scoreOf(store.record, ids);
  const left = tried < total ? `, ${total - tried} not tried yet` : "";
  const text = tried === 0 ? `${total} questions` : `${right} of ${total} right at the last try${left}`;
  setText(quiz.querySelector("[data-score-text]"), text);
  squares.forEach((square, at) => {
    const last = lastTry(store.record, ids[at]);
    setText(square.querySelector("[data-sign]"), last ? (last.right ? "✓" : "✕") : "");
    const said = last ? (last.right ? "right" : "not right yet") : "not tried yet";
    square.setAttribute("aria-label", `Question ${square.querySelector("[data-number]")?.textContent}: ${said}`);
    square.classList.toggle("is-right", last?.right === true);
    square.classList.toggle("is-wrong", last?.right === false);
  });
}
