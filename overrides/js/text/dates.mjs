// @ts-check
/** How dates and times of day are written. Pure. */

/** @param {string | Date} time @returns {string} "21 Nov 2026" */
export function shortDate(time) {
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** @param {string | Date} time @returns {string} "21 November 2026" */
export function longDate(time) {
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** @param {string | Date} time @returns {string} "14:02" */
export function timeOfDay(time) {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/**
 * @param {string} time ISO
 * @param {Date} [now]
 * @returns {string} "14:02" today, otherwise "21 Nov 2026"
 */
export function when(time, now = new Date()) {
  return new Date(time).toDateString() === now.toDateString() ? timeOfDay(time) : shortDate(time);
}

/**
 * @param {string} day "2026-11-21"
 * @param {Intl.DateTimeFormatOptions} [style]
 */
export function dayText(day, style = { weekday: "short", day: "numeric", month: "short" }) {
  return new Date(`${day}T12:00:00`).toLocaleDateString("en-GB", style);
}
