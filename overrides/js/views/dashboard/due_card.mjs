// @ts-check
/** The dashboard's card with reviews, and the dots on the squares of topics whose questions are due. */

import { address, element, fill, setText } from "../../dom/elements.mjs";
import { ownersOf } from "../../learning/evidence.mjs";
import { nextText } from "../../learning/review_text.mjs";
import { counted } from "../../text/numbers.mjs";
import { topicLink } from "./rows.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/schedule.mjs").Schedule} Schedule
 */

const OFTEN = 60_000;
const DAYS = 14;
const FIRST = 3; // topics

/** The card with reviews. */
export class DueCard {
  /** @type {Schedule | undefined} */ #schedule;
  /** @type {Promise<void> | undefined} */ #loading;
  #failed = false;

  /**
   * @param {Element} dashboard
   * @param {Store} store
   * @param {Manifest} manifest
   */
  constructor(dashboard, store, manifest) {
    this.dashboard = dashboard;
    this.store = store;
    this.place = dashboard.querySelector("[data-due]");
    this.topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
    this.owners = ownersOf(manifest.topics.filter(({ planned }) => !planned), "questions");
    this.questions = [...this.owners.keys()].map((id) => ({ id }));
    setInterval(() => this.#schedule && this.draw(), OFTEN);
  }

  /** What is due, as soon as the scheduler is there; it is fetched for those who have answered anything. */
  draw() {
    const { answers, reviews } = this.store.record;
    if (Object.keys(answers).length + Object.keys(reviews).length === 0) return this.#fill(new Map(), []);
    if (this.#failed) return this.#fill(new Map(), this.#card(["The reviews could not be counted."], "Go to the reviews", new Date()));
    if (!this.#schedule) {
      this.#loading ??= this.#load();
      return fill(this.place, this.#card(["Counting…"], "Go to the reviews", new Date()));
    }
    const start = performance.now();
    const now = new Date();
    const due = this.#schedule.due(this.store.record, now, this.questions);
    /** @type {Map<string, number>} */
    const perTopic = new Map();
    for (const { id } of due) {
      const topic = this.owners.get(id) ?? "";
      perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
    }
    const next = this.#schedule.nextDue(this.store.record, now, this.questions);
    this.#fill(perTopic, due.length > 0
      ? this.#card(this.#named(perTopic), `Review ${counted(due.length, "question")}`, now)
      : this.#card([`No reviews due. ${nextText(next, now)}`.trim()], "Go to the reviews", now));
    performance.measure("dashboard reviews", { start });
  }

  async #load() {
    try {
      const { openSchedule } = await import("../../learning/schedule.mjs");
      this.#schedule = await openSchedule();
    } catch {
      this.#failed = true;
    }
    this.draw();
  }

  /**
   * The same pieces of the same height whether it counts, has counted or has nothing: what is below never moves.
   * @param {(Node | string)[]} text
   * @param {string} label
   * @param {Date} now
   */
  #card(text, label, now) {
    const link = element("a", { class: label.startsWith("Review") ? "btn btn-primary" : "btn", href: address("review/") }, label);
    return [element("p", { class: "due-text" }, ...text), element("p", {}, link), ...this.#bars(now)];
  }

  /**
   * "Tokens 3, Attention 1 and 2 more topics"
   * @param {Map<string, number>} perTopic the topic that waits longest first
   * @returns {(Node | string)[]}
   */
  #named(perTopic) {
    const first = [...perTopic].slice(0, FIRST);
    const rest = perTopic.size - first.length;
    const names = first.flatMap(([id, number], at) => [at > 0 ? ", " : "", topicLink(id, this.topics.get(id), "", "short"), ` ${number}`]);
    return rest > 0 ? [...names, ` and ${counted(rest, "more topic")}`] : names;
  }

  /** @param {Date} now */
  #bars(now) {
    const counts = this.#schedule?.perDay(this.store.record, now, this.questions, DAYS) ?? [];
    const most = Math.max(...counts, 1);
    const day = (/** @type {number} */ at) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + at, 12)
      .toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    const bars = counts.map((count, at) => {
      const bar = element("span", { class: at === 0 ? "due-bar s2" : "due-bar" });
      bar.style.height = `${Math.round((count / most) * 100)}%`;
      return element("span", { class: "due-day" }, element("span", {}, count > 0 ? String(count) : ""), bar);
    });
    const said = counts.map((count, at) => (count > 0 ? `${at === 0 ? "today" : day(at)} ${count}` : "")).filter(Boolean);
    const label = `Due in the next ${DAYS} days: ${said.join(", ") || "nothing"}`;
    return [
      element("div", { class: "due-bars", role: "img", "aria-label": label }, ...bars),
      element("p", { class: "meta due-axis", "aria-hidden": "true" }, element("span", {}, "today"), element("span", {}, day(DAYS - 1))),
    ];
  }

  /**
   * @param {Map<string, number>} perTopic
   * @param {Node[]} nodes
   */
  #fill(perTopic, nodes) {
    fill(this.place, nodes);
    for (const square of this.dashboard.querySelectorAll("[data-topic-square]")) {
      const count = perTopic.get(square.getAttribute("data-topic-square") ?? "") ?? 0;
      square.classList.toggle("is-due", count > 0);
      setText(square.querySelector("[data-due-state]"), count > 0 ? `, ${count} to review` : "");
    }
  }
}
