// @ts-check
/**
 * What lies in localStorage beside the record, each under a key of its own. Only the store calls this.
 *
 * - texts that could not be read as a record, and records that the learner replaced: kept until the learner says so
 * - the device's name: random, so that two devices of one learner count their own days and shuffle their own way
 *
 * @typedef {{key: string, time: string, text: string}} Kept
 */

export const KEY = "ai-syllabus-progress";
export const UNREADABLE = `${KEY}-set-aside-`;
export const REPLACED = `${KEY}-replaced-`;
export const DEVICE = "ai-syllabus-device";

/**
 * Never over another text, even one of the same millisecond.
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
 * Kept only if what is to be done then is done: both, or neither.
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

/** @param {string} key */
export function drop(key) {
  window.localStorage.removeItem(key);
}

/** @returns {string} the same on every page of this browser; where nothing can be stored, of this page */
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
