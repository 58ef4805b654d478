// @ts-check
/**
 * The review history of a question, and when a day begins. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{at: number, grade: number}} Event
 *   at: milliseconds; grade: 1 again, 2 hard, 3 good, 4 easy
 */

import { UNDATED, entryOf } from "../record/record_types.mjs";

const [AGAIN, GOOD] = [1, 3];
const HOUR = 3_600_000;
const INDEPENDENT = 12 * HOUR;
const MORNING = 4;

/**
 * The events that count, oldest first: every review with its grade, and every independent answer, as good if right and
 * as again if wrong. An answer within 12 hours of an event that counted is not independent, so trying again at once
 * changes nothing, wherever midnight is. Events whose time is not known (a clock was wrong) count only where there is
 * no other: the time between them and the next would be made up.
 * @param {LearnerRecord} record
 * @param {string} id
 * @returns {Event[]}
 */
export function historyOf(record, id) {
  const reviews = (entryOf(record.reviews, id)?.log ?? []).map(({ at, grade }) => ({ at, grade, review: true }));
  const answers = (entryOf(record.answers, id)?.log ?? []).map(({ at, right }) => ({ at, grade: right ? GOOD : AGAIN, review: false }));
  const all = [...reviews, ...answers];
  const dated = all.filter(({ at }) => at !== UNDATED);
  const events = (dated.length > 0 ? dated : all)
    .map((event) => ({ ...event, at: Date.parse(event.at) }))
    .sort((a, b) => a.at - b.at || Number(b.review) - Number(a.review));
  /** @type {Event[]} */
  const counted = [];
  for (const { at, grade, review } of events) {
    if (review || at - (counted.at(-1)?.at ?? -Infinity) >= INDEPENDENT) counted.push({ at, grade });
  }
  return counted;
}

/**
 * When a card may be asked. Minutes are exact; a wait of days ends at 4 in the morning, the learner's time, so that
 * reviews can be done at any hour; but never within an hour of the last review.
 * @param {{due: Date, scheduled_days: number, last_review?: Date}} card
 */
export function askedFrom({ due, scheduled_days: days, last_review: last }) {
  if (days === 0 || !last) return due.getTime();
  const day = dayOf(last.getTime());
  const morning = new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, MORNING);
  return Math.max(morning.getTime(), last.getTime() + HOUR);
}

/**
 * Noon of the learner's day, which ends at 4 in the morning.
 * @param {number} at
 */
function dayOf(at) {
  const time = new Date(at);
  return new Date(time.getFullYear(), time.getMonth(), time.getDate() - Number(time.getHours() < MORNING), 12);
}

/**
 * @param {number} from
 * @param {number} to
 */
export function daysBetween(from, to) {
  return Math.round((dayOf(to).getTime() - dayOf(from).getTime()) / (24 * HOUR));
}
