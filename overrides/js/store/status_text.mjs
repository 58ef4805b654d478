// @ts-check
/** Why something was not stored, in words. Pure. */

/** @type {Partial<Record<import("./store.mjs").Status, string>>} */
const REASONS = {
  newer: "a newer version of this site stored your progress, and this one only reads it.",
  refused: "this browser does not let the site store anything.",
  full: "this browser's storage for the site is full.",
};

/**
 * @param {import("./store.mjs").Status} status
 * @returns {string} the end of a sentence; empty where what the learner does is stored
 */
export function whyNotStored(status) {
  return REASONS[status] ?? "";
}
