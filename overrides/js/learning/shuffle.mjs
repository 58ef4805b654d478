// @ts-check
/** The order of a question's options: another one for each learner, question and try, and the same one after a reload. Pure. */

/**
 * Every order is equally likely, except that no try shows the order of the try before.
 * @template T
 * @param {readonly T[]} items in the order in which they were written
 * @param {string} device the learner's, as the store knows it
 * @param {string} id of the question
 * @param {number} tries how often it was answered before
 * @returns {T[]}
 */
export function shuffled(items, device, id, tries) {
  /** @type {number[]} */
  let order = [];
  for (let attempt = 0; attempt <= tries; attempt += 1) {
    const next = permutation(items.length, seedOf(`${device}\n${id}\n${attempt}`));
    const same = attempt > 0 && String(next) === String(order);
    order = same ? [...next.slice(1), ...next.slice(0, 1)] : next;
  }
  return order.map((at) => items[at]);
}

/**
 * Fisher and Yates: each place takes one of those that are left.
 * @param {number} length
 * @param {number} seed
 */
function permutation(length, seed) {
  const order = Array.from({ length }, (_, at) => at);
  for (let place = length - 1, drawn = 0; place > 0; place -= 1, drawn += 1) {
    const other = Math.floor((scatter(seed + drawn) / 2 ** 32) * (place + 1));
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}

/** @param {string} text */
function seedOf(text) {
  let sum = 0x811c9dc5; // FNV-1a
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return scatter(sum);
}

/**
 * A number from 0 to 2³² - 1 in which every bit depends on every bit of the given one (Murmur3's last step).
 * @param {number} number
 */
function scatter(number) {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
