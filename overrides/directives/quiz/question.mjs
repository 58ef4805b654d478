// @ts-check
/**
 * One question on a page: being answered, or checked.
 *
 * Its button is the same element in both, so focus stays where it is: Check, then Try again, which puts the options in
 * another order. What was given at the last try is shown, and the answer can be unfolded once there was a try.
 */

import { element, setText } from "../../js/dom/elements.mjs";
import { fault, grade, lastTry, triesOf } from "../../js/learning/grading.mjs";
import { shuffled } from "../../js/learning/shuffle.mjs";
import { addAnswer } from "../../js/record/actions.mjs";
import { whyNotStored } from "../../js/store/status_text.mjs";
import { when } from "../../js/text/dates.mjs";

/**
 * @typedef {import("../../js/store/store.mjs").Store} Store
 * @typedef {import("../../js/learning/grading.mjs").Question} Question
 * @typedef {import("../../js/learning/grading.mjs").Grade} Grade
 */

/** One question of a quiz. */
export class QuestionView {
  #checked = false;

  /**
   * @param {HTMLFormElement} form
   * @param {Store} store
   */
  constructor(form, store) {
    this.form = form;
    this.store = store;
    this.id = form.dataset.question ?? "";
    this.fields = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input, textarea")]);
    this.labels = [...form.querySelectorAll("[data-options] > label")];
    this.question = readQuestion(form, this.fields);
    this.button = /** @type {HTMLButtonElement} */ (form.querySelector("[data-check]"));
    this.feedback = /** @type {HTMLElement} */ (form.querySelector("[data-feedback]"));
    this.answer = /** @type {HTMLDetailsElement} */ (form.querySelector("[data-answer]"));

    this.button.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#checked) this.#askAgain();
      else this.#check();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.repeat && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
    });
    store.subscribe(() => this.#drawLast());
    this.#shuffle();
    this.#drawLast();
  }

  get #choices() {
    return this.question.options.length > 0;
  }

  /** @returns {string[]} */
  get #given() {
    if (!this.#choices) return [this.fields[0].value];
    return this.fields.filter(({ checked }) => checked).map(({ value }) => value).sort();
  }

  #shuffle() {
    const order = shuffled(this.labels, this.store.device, this.id, triesOf(this.store.record, this.id));
    this.form.querySelector("[data-options]")?.append(...order);
  }

  #askAgain() {
    this.#checked = false;
    this.#lock(false);
    this.form.classList.remove("is-right", "is-wrong");
    this.feedback.replaceChildren();
    this.answer.open = false;
    if (this.#choices) {
      for (const field of this.fields) field.checked = false;
      this.#shuffle();
    }
    this.#mark(() => "");
    this.#drawLast();
    this.#first.focus();
    if (!this.#choices) this.#first.select();
  }

  get #first() {
    return /** @type {HTMLInputElement} */ (this.form.querySelector("input, textarea"));
  }

  #check() {
    const given = this.#given;
    const wrong = fault(this.question, given);
    if (wrong) {
      this.feedback.replaceChildren(element("p", { class: "question-fault" }, wrong));
      this.#first.focus();
      return;
    }
    const graded = grade(this.question, given);
    this.#checked = true;
    if (this.form.contains(document.activeElement)) this.button.focus({ preventScroll: true });
    this.#lock(true);
    this.form.classList.add(graded.right ? "is-right" : "is-wrong");
    this.#mark(({ checked, dataset }) => (checked ? ("right" in dataset ? "✓ Correct" : "✕ Your answer") : ""));
    this.feedback.replaceChildren(...this.#says(graded), element("p", { class: "meta", "data-unstored": true }));
    if (this.store.status !== "newer") {
      const { right } = graded;
      this.store.change((record) => addAnswer(record, this.id, { right, given }, new Date()));
    }
    this.#drawLast();
  }

  /** @param {boolean} locked */
  #lock(locked) {
    for (const field of this.fields) {
      if (this.#choices) field.disabled = locked;
      else field.readOnly = locked;
    }
    this.button.textContent = locked ? "Try again" : "Check";
  }

  /** @param {(field: HTMLInputElement) => string} markOf */
  #mark(markOf) {
    for (const field of this.fields) {
      const mark = markOf(field);
      const label = field.closest("label");
      setText(label?.querySelector("[data-mark]"), mark);
      label?.classList.toggle("is-right", mark.startsWith("✓"));
      label?.classList.toggle("is-wrong", mark.startsWith("✕"));
    }
  }

  /** @param {Grade} graded */
  #says({ right, missed, mistake }) {
    const many = this.question.kind === "multiple";
    const more = many && missed > 0 ? ` ${missed} more ${missed === 1 ? "is" : "are"} right.` : "";
    const verdict = element("p", { class: "question-verdict" }, element("b", {}, right ? "✓ Correct." : "✕ Not yet."), more);
    const typed = right ? ["right"] : [String(this.question.mistakes[mistake]?.given ?? "")];
    const chosen = /** @type {HTMLInputElement[]} */ ([...this.form.querySelectorAll("[data-options] :checked")]);
    const whys = (this.#choices ? chosen : typed).map((one) => {
      const why = copyOf(this.#why(typeof one === "string" ? one : one.value)?.querySelector("[data-says]"));
      if (!many || typeof one === "string") return element("p", { hidden: why.length === 0 }, ...why);
      const name = copyOf(one.closest("label")?.querySelector("[data-option]"));
      return element("p", {}, element("b", {}, "right" in one.dataset ? "✓ " : "✕ ", ...name), ": ", ...why);
    });
    const section = this.answer.querySelector("[data-section]")?.cloneNode(true);
    const again = section && !right ? [element("p", {}, "Look again at ", section, ".")] : [];
    return [verdict, ...whys, ...again];
  }

  /** @param {string} key */
  #why(key) {
    return [...this.answer.querySelectorAll("[data-why]")].find((why) => why.getAttribute("data-why") === key);
  }

  /** What the record says of the last try: in words beside the button, and beside what was given in the answer. */
  #drawLast() {
    const last = lastTry(this.store.record, this.id);
    this.answer.classList.toggle("is-offered", this.#checked || last !== undefined);
    const said = last ? `Last try, ${when(last.at)}: ${last.right ? "✓ right" : "✕ not right"}` : "";
    setText(this.form.querySelector("[data-last]"), this.#checked ? "" : said);
    const unstored = this.feedback.querySelector("[data-unstored]");
    const why = whyNotStored(this.store.status);
    const lead = this.store.status === "newer" ? "This try was not recorded" : "This try lasts until you leave the page";
    setText(unstored, why && `${lead}: ${why}`);
    unstored?.toggleAttribute("hidden", !why);
    for (const place of this.answer.querySelectorAll("[data-yours]")) {
      const key = place.closest("[data-why]")?.getAttribute("data-why");
      const typed = last && !this.#choices ? `You wrote: ${last.given[0]}` : "";
      setText(place, key && last?.given.includes(key) ? "(your last answer)" : typed);
    }
  }
}

/** @param {Element | null | undefined} place */
function copyOf(place) {
  return [...(place?.cloneNode(true).childNodes ?? [])];
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement[]} fields
 * @returns {Question}
 */
function readQuestion(form, fields) {
  const { kind = "", key = null, tolerance, unit = null } = form.dataset;
  const choices = fields.filter(({ type }) => type === "radio" || type === "checkbox");
  const mistakes = [...form.querySelectorAll("p[data-why]")].map((why) => ({ given: why.getAttribute("data-why") ?? "" }));
  const options = choices.map(({ value, dataset }) => ({ key: value, right: "right" in dataset }));
  return { kind, options, key, tolerance: tolerance === undefined ? null : Number(tolerance), unit, mistakes };
}
