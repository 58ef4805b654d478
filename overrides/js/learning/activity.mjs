// @ts-check
/**
 * When a learner was active: days, reading time, and days in a row. Pure.
 *
 * A day is the learner's own, from midnight to midnight, as "2026-11-21". A day counts as one with something done
 * if the record holds anything of it; nothing is lost or reset when there are none.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{day: string, seconds: number, done: boolean, ahead: boolean}} Day
 *   done: anything at all; ahead: in the future
 */

import { UNDATED, entryOf } from "../record/record_types.mjs";
import { hoursAndMinutes } from "../text/numbers.mjs";

/**
 * @param {Date} date
 * @returns {string} the day of it where the learner is
 */
export function dayOf(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * A day before or after another, at noon, so that daylight saving does not move it.
 * @param {Date} date
 * @param {number} days
 */
export function later(date, days) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 12);
}

/**
 * Seconds of reading of a topic, on all days and devices.
 * @param {LearnerRecord} record
 * @param {string} id
 */
export function secondsOf(record, id) {
  return Object.values(entryOf(record.time, id) ?? {}).reduce((sum, seconds) => sum + seconds, 0);
}

/**
 * Seconds of reading of each day, on all topics and devices.
 * @param {LearnerRecord} record
 * @returns {Map<string, number>}
 */
export function secondsPerDay(record) {
  const days = new Map();
  for (const perDay of Object.values(record.time)) {
    for (const [key, seconds] of Object.entries(perDay)) {
      const day = key.slice(0, 10);
      days.set(day, (days.get(day) ?? 0) + seconds);
    }
  }
  return days;
}

/**
 * Days on which anything was done.
 * @param {LearnerRecord} record
 * @returns {Set<string>}
 */
export function activeDays(record) {
  const times = [
    ...Object.values(record.visits).flatMap(({ first, last }) => [first, last]),
    ...Object.values(record.notes).flatMap(({ updated, history }) => [updated, ...history.map((one) => one.updated)]),
    ...Object.values(record.rubric).flatMap((levels) => Object.values(levels).map(({ updated }) => updated)),
    ...[record.finished, record.steps, record.done].flatMap((marks) => Object.values(marks).map(({ updated }) => updated)),
    ...Object.values(record.read).flatMap((sections) => Object.values(sections).map(({ last }) => last)),
    ...[record.answers, record.exercises, record.reviews].flatMap(loggedTimes),
  ];
  const days = new Set(times.filter((time) => time !== UNDATED).map((time) => dayOf(new Date(time))));
  for (const [day, seconds] of secondsPerDay(record)) if (seconds > 0) days.add(day);
  return days;
}

/** @param {Record<string, {log: {at: string}[]}>} entries */
function loggedTimes(entries) {
  return Object.values(entries).flatMap(({ log }) => log.map(({ at }) => at));
}

/**
 * Days in a row with something done, up to today, or up to yesterday while today is still open.
 * @param {Set<string>} days
 * @param {Date} now
 */
export function streak(days, now) {
  const start = days.has(dayOf(now)) ? 0 : -1;
  let count = 0;
  while (days.has(dayOf(later(now, start - count)))) count += 1;
  return count;
}

/**
 * The last weeks, oldest first, each from Monday to Sunday; the last one is this week.
 * @param {LearnerRecord} record
 * @param {Date} now
 * @param {number} count
 * @returns {Day[][]}
 */
export function weeks(record, now, count) {
  const seconds = secondsPerDay(record);
  const active = activeDays(record);
  const today = dayOf(now);
  const monday = -((now.getDay() + 6) % 7);
  return Array.from({ length: count }, (_, week) => Array.from({ length: 7 }, (_, weekday) => {
    const day = dayOf(later(now, monday + 7 * (week - count + 1) + weekday));
    return { day, seconds: seconds.get(day) ?? 0, done: active.has(day), ahead: day > today };
  }));
}

/**
 * How much of a day's square is filled.
 * @param {Day} day
 * @returns {number} 0 nothing done, 1 up to 15 minutes, 2 up to 30, 3 up to 60, 4 more
 */
export function stepOf({ seconds, done }) {
  if (!done) return 0;
  const at = [15, 30, 60].findIndex((minutes) => seconds < minutes * 60);
  return at < 0 ? 4 : at + 1;
}

/**
 * @param {number} seconds
 * @returns {string} "6 h 20 min"; less than a minute as such
 */
export function inWords(seconds) {
  if (seconds < 60) return "less than 1 min";
  return hoursAndMinutes(Math.round(seconds / 60));
}
