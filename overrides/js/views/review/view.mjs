// @ts-check
/**
 * The review page: `[data-review]` asks what is due, one question after the other, until nothing is.
 *
 * Grades are events in the record; what is due, and when each grade would ask a question again, follow from them.
 */

import { address, download, element, setText } from "../../dom/elements.mjs";
import { ankiText } from "../../learning/anki_export.mjs";
import { interval, nameOfGrade, nextText } from "../../learning/review_text.mjs";
import { openSchedule } from "../../learning/schedule.mjs";
import { shuffled } from "../../learning/shuffle.mjs";
import { addRecall } from "../../record/actions.mjs";
import { entryOf } from "../../record/record_types.mjs";
import { counted } from "../../text/numbers.mjs";
import { ReviewCard } from "./card.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("./card.mjs").Question} Question
 * @typedef {import("../../learning/schedule.mjs").Schedule} Schedule
 * @typedef {Record<string, Question>} Questions
 */

const REST_LOOKS = 15_000;
const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const page of root.querySelectorAll("[data-review]")) {
    if (bound.has(page)) continue;
    bound.add(page);
    open(page, store);
  }
}

/**
 * @param {Element} page
 * @param {Store} store
 */
async function open(page, store) {
  const status = page.querySelector("[data-review-status]");
  const place = page.querySelector("[data-review-place]");
  setText(status, "Loading the questions…");
  try {
    const [questions, schedule] = await Promise.all([readQuestions(), openSchedule()]);
    setText(status, "");
    place?.replaceChildren();
    new Review(page, store, questions, schedule);
  } catch {
    setText(status, "The questions could not be loaded. Is this device offline? What you have done is stored and safe.");
    const again = element("button", { type: "button", class: "btn" }, "Try again");
    again.addEventListener("click", () => open(page, store));
    place?.replaceChildren(element("p", {}, again));
    if (document.activeElement === document.body) again.focus({ preventScroll: true });
  }
}

/** @returns {Promise<Questions>} */
async function readQuestions() {
  const answer = await fetch(address("assets/questions.json"));
  if (!answer.ok) throw new Error(`questions.json: ${answer.status}`);
  return answer.json();
}

class Review {
  /** @type {ReviewCard | undefined} that is being asked */ #card;
  #done = 0;
  #again = 0;

  /**
   * @param {Element} page
   * @param {Store} store
   * @param {Questions} questions
   * @param {Schedule} schedule
   */
  constructor(page, store, questions, schedule) {
    this.page = page;
    this.store = store;
    this.questions = questions;
    this.schedule = schedule;
    this.ids = Object.keys(questions).map((id) => ({ id }));
    this.status = page.querySelector("[data-review-status]");
    this.place = /** @type {Element} */ (page.querySelector("[data-review-place]"));
    this.#offerAnki();
    store.subscribe(() => this.#refresh());
    setInterval(() => this.#card || this.#refresh(), REST_LOOKS);
    const isFree = document.activeElement === document.body || page.contains(document.activeElement);
    this.#goOn(isFree);
  }

  get #due() {
    return this.schedule.due(this.store.record, new Date(), this.ids);
  }

  /** @param {boolean} [focus] whether the reader waits for what comes */
  #goOn(focus = true) {
    const [next] = this.#due;
    this.#card = next && this.store.status !== "newer" ? this.#ask(next.id) : undefined;
    if (this.#card) this.place.replaceChildren(this.#card.element);
    this.#refresh();
    const shown = /** @type {HTMLElement | null} */ (this.place.firstElementChild);
    if (!focus || !shown) return;
    shown.focus({ preventScroll: true });
    const { top } = shown.getBoundingClientRect();
    if (this.#done > 0 && (top < 0 || top > innerHeight / 2)) shown.scrollIntoView();
  }

  /** What another tab did, or the clock, shows in the numbers; the question that is being asked stays. */
  #refresh() {
    if (this.#card) setText(this.#card.progress, `${this.#done + 1} of ${Math.max(this.#done + this.#due.length, this.#done + 1)} due`);
    else this.#rest();
    const cards = this.schedule.cards(this.store.record, this.ids).length;
    this.page.querySelector("[data-review-start]")?.classList.toggle("is-shown", cards === 0 && this.store.status !== "newer");
    this.#sayAnki(cards);
  }

  /** @param {string} id */
  #ask(id) {
    const { answers, reviews } = this.store.record;
    const tries = (entryOf(answers, id)?.log.length ?? 0) + (entryOf(reviews, id)?.log.length ?? 0);
    const question = this.questions[id];
    return new ReviewCard({
      question,
      options: shuffled(question.options, this.store.device, id, tries),
      outlooks: () => this.schedule.outlooks(this.store.record, id, new Date()),
      chosen: ({ grade, ...outlook }) => {
        this.store.change((record) => addRecall(record, id, grade, new Date()));
        this.#done += 1;
        this.#again += Number(grade === 1);
        setText(this.status, `${nameOfGrade(grade)}: again in ${interval(outlook)}.`);
        this.#goOn();
      },
    });
  }

  /** Nothing is asked: why, and what comes next. */
  #rest() {
    const now = new Date();
    const due = this.#due.length;
    const next = this.schedule.nextDue(this.store.record, now, this.ids);
    const readOnly = this.store.status === "newer";
    if (!readOnly && due === 0 && !next) return this.place.replaceChildren();
    const title = due === 0 ? "Nothing is due" : `${counted(due, "question")} due${this.#done > 0 ? " again" : ""}`;
    const done = this.#done === 0 ? "" : `${counted(this.#done, "question")} reviewed${this.#again > 0 ? `, ${this.#again} of them to see again soon` : ""}.`;
    const why = readOnly ? "A newer version of this site stored your progress, and this one only reads it. Reload the page to review." : "";
    const lines = [done, due === 0 ? nextText(next, now) : "", why].filter(Boolean);
    if (this.place.firstElementChild?.getAttribute("data-rest") === [title, ...lines].join("\n")) return;
    const focused = this.place.contains(document.activeElement);
    const rest = element("section", { class: "card review-rest", tabindex: "-1", "aria-labelledby": "review-rest", "data-rest": [title, ...lines].join("\n") },
      element("h2", { class: "card-title", id: "review-rest" }, title), ...lines.map((line) => element("p", {}, line)));
    if (due > 0 && !readOnly) {
      const button = element("button", { type: "button", class: "btn btn-primary" }, "Go on");
      button.addEventListener("click", () => this.#goOn());
      rest.append(element("p", {}, button));
    }
    this.place.replaceChildren(rest);
    if (focused) rest.focus({ preventScroll: true });
  }

  #offerAnki() {
    const section = this.page.querySelector("[data-anki]");
    section?.removeAttribute("hidden");
    const deck = section?.getAttribute("data-anki") ?? "";
    for (const button of section?.querySelectorAll("button[data-anki-export]") ?? []) {
      button.addEventListener("click", () => {
        const mine = this.schedule.cards(this.store.record, this.ids).map(({ id }) => id);
        const ids = button.getAttribute("data-anki-export") === "mine" ? mine : Object.keys(this.questions);
        const asked = /** @type {[string, Question][]} */ (ids.map((id) => [id, this.questions[id]]));
        download("anki", ankiText(asked, { deck, base: address("") }), "txt");
        setText(section?.querySelector("[data-anki-status]"), `${counted(ids.length, "note")} saved as a text file.`);
      });
    }
  }

  /** @param {number} cards */
  #sayAnki(cards) {
    const [mine, all] = ["mine", "all"].map((which) => this.page.querySelector(`[data-anki-export="${which}"]`));
    mine?.toggleAttribute("hidden", cards === 0 || cards === this.ids.length);
    setText(mine, `Export the ${counted(cards, "question")} that you have answered`);
    setText(all, `Export all ${counted(this.ids.length, "question")}`);
  }
}
