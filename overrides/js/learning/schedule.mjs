// @ts-check
/**
 * When a question is asked again: FSRS, replayed over the events of the record. Pure.
 *
 * A card is a question that was answered. No state of it is stored: the same history gives the same card on every
 * device. A question that was missed comes back after 10 minutes, one that was known after days.
 *
 * FSRS itself is a library of 60 kB, so load this module only where reviews are done or counted:
 *
 *     const { openSchedule } = await import("./schedule.mjs");
 *     const schedule = await openSchedule();
 *     schedule.dueCount(store.record, new Date(), manifest.topics.flatMap(({ questions }) => questions));
 *     schedule.perDay(store.record, new Date(), questions, 14); // for bars: due by today, tomorrow, the day after, ...
 *     schedule.nextDue(store.record, new Date(), questions); // the next day with questions, and how many
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("ts-fsrs").Card} Card
 * @typedef {import("./review_history.mjs").Event} Event
 * @typedef {{id: string, from: number}} Due
 *   from: when the question may be asked, in milliseconds
 * @typedef {{grade: number, days: number, minutes: number, from: number}} Outlook
 *   what a grade would lead to: asked again in so many days, or, where that is 0, minutes
 */

import { entryOf } from "../record/record_types.mjs";
import { askedFrom, daysBetween, historyOf } from "./review_history.mjs";

/** Few and short steps of minutes, so that a known question is not asked again that day; no randomness, so that all devices agree. */
export const SETTINGS = {
  enable_fuzz: false,
  learning_steps: /** @type {const} */ (["10m"]),
  relearning_steps: /** @type {const} */ (["10m"]),
};

/** Loads the FSRS library when it is first needed. */
export async function openSchedule() {
  return new Schedule(await import("ts-fsrs"));
}

export class Schedule {
  /** @type {import("ts-fsrs").FSRS} */ #fsrs;
  /** @type {typeof import("ts-fsrs").createEmptyCard} */ #empty;
  /** @type {Map<string, {answers: unknown, reviews: unknown, from: number}>} entries that were replayed */ #known = new Map();

  /** @param {Pick<typeof import("ts-fsrs"), "fsrs" | "createEmptyCard">} library */
  constructor({ fsrs, createEmptyCard }) {
    this.#fsrs = fsrs({ ...SETTINGS });
    this.#empty = createEmptyCard;
  }

  /**
   * @param {Event[]} history
   * @returns {Card}
   */
  replay(history) {
    const start = this.#empty(new Date(history[0]?.at ?? 0));
    return history.reduce((card, { at, grade }) => this.#next(card, at, grade), start);
  }

  /**
   * The cards among these questions, the one that waits longest first.
   * @param {LearnerRecord} record
   * @param {{id: string}[]} questions
   * @returns {Due[]}
   */
  cards(record, questions) {
    const cards = questions.map(({ id }) => ({ id, from: this.#from(record, id) }));
    return cards.filter(({ from }) => from !== Infinity).sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  }

  /**
   * Replays only what has changed since it was asked before.
   * @param {LearnerRecord} record
   * @param {string} id
   * @returns {number} never, for a question that was not answered
   */
  #from(record, id) {
    const [answers, reviews] = [entryOf(record.answers, id), entryOf(record.reviews, id)];
    if (!answers && !reviews) return Infinity;
    const known = this.#known.get(id);
    if (known && known.answers === answers && known.reviews === reviews) return known.from;
    const history = historyOf(record, id);
    const from = history.length === 0 ? Infinity : askedFrom(this.replay(history));
    this.#known.set(id, { answers, reviews, from });
    return from;
  }

  /**
   * @param {LearnerRecord} record
   * @param {Date} now
   * @param {{id: string}[]} questions
   */
  due(record, now, questions) {
    return this.cards(record, questions).filter(({ from }) => from <= now.getTime());
  }

  /**
   * @param {LearnerRecord} record
   * @param {Date} now
   * @param {{id: string}[]} questions that exist: others are skipped, and stay in the record
   */
  dueCount(record, now, questions) {
    return this.due(record, now, questions).length;
  }

  /**
   * The next day on which something is due that is not due now; today, if it is minutes away.
   * @param {LearnerRecord} record
   * @param {Date} now
   * @param {{id: string}[]} questions
   * @returns {{from: Date, days: number, count: number} | undefined} days: 0 today, 1 tomorrow
   */
  nextDue(record, now, questions) {
    const later = this.cards(record, questions).filter(({ from }) => from > now.getTime());
    if (later.length === 0) return undefined;
    const days = daysBetween(now.getTime(), later[0].from);
    const count = later.filter(({ from }) => daysBetween(now.getTime(), from) === days).length;
    return { from: new Date(later[0].from), days, count };
  }

  /**
   * How many questions become due on each of the coming days; the first number holds all that is due by tonight.
   * @param {LearnerRecord} record
   * @param {Date} now
   * @param {{id: string}[]} questions
   * @param {number} days
   */
  perDay(record, now, questions, days) {
    const counts = Array.from({ length: days }, () => 0);
    for (const { from } of this.cards(record, questions)) {
      const day = Math.max(0, daysBetween(now.getTime(), from));
      if (day < days) counts[day] += 1;
    }
    return counts;
  }

  /**
   * What each grade would lead to, if it were given now.
   * @param {LearnerRecord} record
   * @param {string} id
   * @param {Date} now
   * @returns {Outlook[]} for 1 again, 2 hard, 3 good, 4 easy
   */
  outlooks(record, id, now) {
    const history = historyOf(record, id).filter(({ at }) => at > 0); // an undated one counts no more beside this one
    const card = this.replay(history);
    const at = Math.max(now.getTime(), history.at(-1)?.at ?? 0); // a clock may have been ahead
    return [1, 2, 3, 4].map((grade) => {
      const { due, scheduled_days: days, ...rest } = this.#next(card, at, grade);
      return { grade, days, minutes: Math.round((due.getTime() - at) / 60_000), from: askedFrom({ due, scheduled_days: days, ...rest }) };
    });
  }

  /**
   * @param {Card} card
   * @param {number} at
   * @param {number} grade
   */
  #next(card, at, grade) {
    return this.#fsrs.next(card, new Date(at), /** @type {import("ts-fsrs").Grade} */ (grade)).card;
  }
}
