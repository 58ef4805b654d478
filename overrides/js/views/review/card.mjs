// @ts-check
/**
 * One question as the review page asks it: the question, then its answer and four grades.
 *
 * Keys (space, Enter, 1 to 4) work while the focus is on the card, where each step puts it; a field or a button that
 * has the focus keeps its own keys.
 */

import { address, element } from "../../dom/elements.mjs";
import { grade as graded } from "../../learning/grading.mjs";
import { formText, interval, nameOfGrade } from "../../learning/review_text.mjs";

/**
 * @typedef {import("../../learning/anki_export.mjs").Question & {key: string | number | null, topicTitle: string}} Question
 *   as `assets/questions.json` has it
 * @typedef {import("../../learning/schedule.mjs").Outlook} Outlook
 * @typedef {{
 *   question: Question, options: Question["options"],
 *   outlooks: () => Outlook[], chosen: (outlook: Outlook) => void
 * }} Asked
 *   options: in the order of this try; chosen: what follows a grade
 */

/** One question, from the question to the grade. */
export class ReviewCard {
  /** @type {Outlook[]} while the answer is shown */ #outlooks = [];

  /** @param {Asked} asked */
  constructor(asked) {
    this.asked = asked;
    this.progress = element("b", { id: "review-progress" });
    this.show = element("button", { type: "submit", class: "btn btn-primary", "aria-keyshortcuts": "Space" },
      "Show answer", key("Space"));
    this.form = element("form", { autocomplete: "off" }, ...question(asked), element("p", { class: "question-actions" }, this.show));
    this.answer = element("div", { class: "review-answer", role: "group", "aria-label": "Answer", tabindex: "-1", hidden: true });
    this.element = element("section", {
      class: "card question review-card", role: "group", tabindex: "-1", "aria-labelledby": "review-progress review-ask",
    }, element("p", { class: "eyebrow" }, this.progress, " ", element("span", {}, asked.question.topicTitle)), this.form, this.answer);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#reveal();
    });
    this.element.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(target)) return;
    const outlook = this.#outlooks.find(({ grade }) => event.key === String(grade));
    const opens = [" ", "Enter"].includes(event.key) && !target.closest("button, a, summary, input");
    if (!outlook && !(opens && !this.answer.hasChildNodes())) return;
    event.preventDefault();
    if (outlook) this.asked.chosen(outlook);
    else this.#reveal();
  }

  #reveal() {
    if (this.answer.hasChildNodes()) return;
    const { question, outlooks } = this.asked;
    const fields = /** @type {HTMLInputElement[]} */ ([...this.form.querySelectorAll("input")]);
    const given = fields.filter(({ checked }) => checked).map(({ value }) => value);
    for (const field of fields) {
      field.disabled = true;
      const right = question.options.some((option) => option.key === field.value && option.right);
      const said = right ? `✓ Right${field.checked ? ", and yours" : ""}` : field.checked ? "✕ Your choice" : "";
      const label = field.closest("label");
      label?.querySelector("[data-mark]")?.replaceChildren(said);
      if (said) label?.classList.add(right ? "is-right" : "is-wrong");
    }
    this.#outlooks = outlooks();
    this.answer.replaceChildren(...answer(question, given), this.#grades());
    this.show.parentElement?.remove();
    this.answer.hidden = false;
    this.answer.focus({ preventScroll: true });
    this.answer.scrollIntoView({ block: "nearest" });
  }

  #grades() {
    const buttons = this.#outlooks.map((outlook) => {
      const name = nameOfGrade(outlook.grade);
      const button = element("button", { type: "button", class: "btn review-grade", "aria-keyshortcuts": String(outlook.grade) },
        element("span", {}, key(String(outlook.grade)), name), element("small", {}, interval(outlook)));
      button.addEventListener("click", () => this.asked.chosen(outlook));
      return button;
    });
    return element("div", { class: "review-grading", role: "group", "aria-labelledby": "review-how" },
      element("p", { class: "meta", id: "review-how" }, "How well did you know it? Below each grade is when it comes back."),
      element("div", { class: "review-grades" }, ...buttons));
  }
}

/** @param {Asked} asked */
function question({ question: { kind, ask, code, codeShown, ...rest }, options }) {
  const title = element(options.length > 0 ? "legend" : "p", { id: "review-ask" }, html(ask));
  const shown = code && codeShown ? [listing(code)] : [];
  if (options.length === 0) {
    const form = formText(rest);
    title.classList.add("review-ask");
    return [title, ...shown, ...(form ? [element("p", { class: "meta" }, form)] : [])];
  }
  const many = kind === "multiple";
  const how = many ? [element("p", { class: "meta" }, "Choose every one that is right.")] : [];
  const labels = options.map((option) => element("label", { class: "question-option" },
    element("input", { type: many ? "checkbox" : "radio", name: "review", value: option.key }),
    element("span", {}, html(option.html)), element("b", { class: "question-mark", "data-mark": true })));
  return [element("fieldset", {}, title, ...shown, ...how, element("div", { class: "question-options" }, ...labels))];
}

/**
 * @param {Question} question
 * @param {string[]} given
 * @returns {Node[]}
 */
function answer(question, given) {
  const { options, mistakes, code, codeShown, why, section, url } = question;
  /** @type {Node[]} */
  const parts = [];
  if (given.length > 0) {
    const { right, missed } = graded(question, given);
    const more = question.kind === "multiple" && missed > 0 ? ` ${missed} more ${missed === 1 ? "is" : "are"} right.` : "";
    parts.push(element("p", { class: right ? "is-right" : "is-wrong" }, element("b", {}, right ? "✓ Correct." : "✕ Not yet."), more));
  }
  if (options.length === 0) parts.push(element("div", { class: "question-key" }, html(question.answer)));
  const told = options.filter(({ key, right }) => right || given.includes(key));
  parts.push(...told.map((option) => because(option.right, option.html, option.why)));
  if (why) parts.push(element("p", {}, html(why)));
  if (code && !codeShown) parts.push(element("p", {}, "The calculation:"), listing(code));
  const others = [
    ...options.filter((option) => !told.includes(option)).map((option) => because(false, option.html, option.why)),
    ...mistakes.map((mistake) => because(false, element("code", {}, String(mistake.given)), mistake.why)),
  ];
  if (others.length > 0) parts.push(element("details", { class: "row" }, element("summary", {}, "Why not another answer"), ...others));
  parts.push(element("p", { class: "meta" }, "Taught in ", element("a", { href: address(url) }, section.trim())));
  return parts;
}

/**
 * @param {boolean} right
 * @param {string | Node} what
 * @param {string} why
 */
function because(right, what, why) {
  const text = typeof what === "string" ? html(what) : what;
  return element("p", {}, element("b", { class: right ? "is-right" : "is-wrong" }, right ? "✓ " : "✕ "), text, element("span", { class: "review-why" }, html(why)));
}

/** @param {string} code */
function listing(code) {
  const made = element("div", { class: "quiz-code no-copy" }, html(code));
  const wide = (made.textContent ?? "").split("\n").some((line) => line.length > 36);
  if (wide) for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Code, scrolls sideways"]]) made.setAttribute(name, value);
  return made;
}

/**
 * The build's own HTML, in which addresses start at the site's root. Nothing that a learner wrote comes here.
 * @param {string} text
 */
function html(text) {
  const template = element("template", {});
  template.innerHTML = text;
  for (const link of template.content.querySelectorAll("a[href]")) link.setAttribute("href", address(link.getAttribute("href") ?? ""));
  return template.content;
}

/** @param {string} name */
function key(name) {
  return element("kbd", { "aria-hidden": "true" }, name);
}

/** @param {Element} target */
function isTyping(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["radio", "checkbox"].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable);
}
