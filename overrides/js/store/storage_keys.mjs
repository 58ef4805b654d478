// @ts-check
/**
 * The keys in localStorage, and what is kept there beside the record. Only the store uses this.
 *
 * - texts that could not be read as a record, and records that the learner replaced: kept until the learner deletes them
 * - the device's name: random, so that two devices of one learner count their own days and shuffle in their own order
 *
 * @typedef {{key: string, time: string, text: string}} Kept
 */

export const KEY = "ai-syllabus-progress";
export const UNREADABLE = `${KEY}-set-aside-`;
export const REPLACED = `${KEY}-replaced-`;
export const DEVICE = "ai-syllabus-device";

/**
 * Stores a text under a new key; it never overwrites another text, even one of the same millisecond.
 * @param {string} prefix
 * @param {string} text
 * @param {Date} [now]
 * @returns {string} the key
 */
export function keep(prefix, text, now = new Date()) {
  let time = now.getTime();
  while (window.localStorage.getItem(prefix + new Date(time).toISOString()) !== null) time += 1;
  const key = prefix + new Date(time).toISOString();
  window.localStorage.setItem(key, text);
  return key;
}

/**
 * Stores a text, then runs `act`; if either fails, neither happens.
 * @param {string} prefix
 * @param {string} text
 * @param {() => void} act
 */
export function keepWhile(prefix, text, act) {
  let key = "";
  try {
    key = keep(prefix, text);
    act();
    return true;
  } catch {
    if (key) drop(key);
    return false;
  }
}

/**
 * The texts that were kept.
 * @param {string} prefix
 * @returns {Kept[]} oldest first
 */
export function kept(prefix) {
  try {
    return Object.keys(window.localStorage)
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => ({ key, time: key.slice(prefix.length), text: window.localStorage.getItem(key) ?? "" }));
  } catch {
    return [];
  }
}

/**
 * Deletes a kept text.
 * @param {string} key
 */
export function drop(key) {
  window.localStorage.removeItem(key);
}

/**
 * The device's name.
 * @returns {string} the same on every page of this browser; only on this page if nothing can be stored
 */
export function deviceName() {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join("");
  try {
    if (!isName(window.localStorage.getItem(DEVICE))) window.localStorage.setItem(DEVICE, made);
    const stored = window.localStorage.getItem(DEVICE);
    return isName(stored) ? stored : made;
  } catch {
    return made;
  }
}

/**
 * @param {string | null} value
 * @returns {value is string}
 */
function isName(value) {
  return value !== null && /^[0-9a-z]{8}$/.test(value);
}
