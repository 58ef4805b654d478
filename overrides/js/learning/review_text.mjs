// @ts-check
/** How grades and waiting times are written. Pure. */

import { timeOfDay } from "../text/dates.mjs";
import { counted } from "../text/numbers.mjs";

const NAMES = ["", "Again", "Hard", "Good", "Easy"];
/** The grades of a review, as the record stores them. */
export const GRADES = [1, 2, 3, 4];

/** @param {number} grade */
export function nameOfGrade(grade) {
  return NAMES[grade];
}

/**
 * What an answer that is a number should look like.
 * @param {{unit: string | null, tolerance: number | null}} question
 * @returns {string} empty where there is nothing to say
 */
export function formText({ unit, tolerance }) {
  const asked = [unit ? `in ${unit}` : "", tolerance === null ? "" : `to within ${tolerance}`].filter(Boolean);
  return asked.length === 0 ? "" : `Answer ${asked.join(", ")}.`;
}

/**
 * How long until a question is asked again.
 * @param {{days: number, minutes: number}} outlook
 * @returns {string} "10 min", "3 days", "1.5 months", "2 years"
 */
export function interval({ days, minutes }) {
  if (days === 0) return `${minutes} min`;
  if (days < 31) return counted(days, "day");
  return days < 365 ? counted(tenth(days / 30.44), "month") : counted(tenth(days / 365.25), "year");
}

/** @param {number} number */
function tenth(number) {
  return Math.round(number * 10) / 10;
}

/**
 * @param {{from: Date, days: number, count: number} | undefined} next as `Schedule.nextDue` has it
 * @param {Date} now
 */
export function nextText(next, now) {
  return next ? `Next: ${dayText(next, now)}, ${counted(next.count, "question")}.` : "";
}

/**
 * @param {{from: Date, days: number}} next
 * @param {Date} now
 */
function dayText({ from, days }, now) {
  if (days === 0) {
    const shown = new Date(Math.ceil(from.getTime() / 60_000) * 60_000); // never earlier than the question is due
    return `today from ${timeOfDay(shown)}`;
  }
  if (days === 1) return "tomorrow";
  const weekday = from.toLocaleDateString("en-GB", { weekday: "long" });
  if (days < 7) return `on ${weekday}`;
  const year = from.getFullYear() === now.getFullYear() ? "" : ` ${from.getFullYear()}`;
  return `on ${from.getDate()} ${from.toLocaleDateString("en-GB", { month: "long" })}${year}`;
}
