// @ts-check
/** How numbers and times are written. Pure. */

/**
 * A number with its noun.
 * @param {number} number
 * @param {string} one the noun for 1
 * @param {string} [several] for any other number
 * @returns {string} "1 note", "1,200 tries"
 */
export function counted(number, one, several = `${one}s`) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : several}`;
}

/**
 * @param {number} minutes
 * @returns {string} "6 h 20 min"; empty for 0
 */
export function hoursAndMinutes(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? `${hours} h` : "", rest ? `${rest} min` : ""].filter(Boolean).join(" ");
}
