// @ts-check
/**
 * How long a page was read: while it could be seen, and for two minutes after each sign of the learner. Pure.
 *
 * All times are milliseconds of a clock that never goes back.
 */

export const PATIENCE = 120_000;

export class Reading {
  #counted = 0;
  #last;
  #sign = -Infinity;
  #visible;

  /**
   * @param {number} now
   * @param {boolean} visible
   */
  constructor(now, visible) {
    this.#last = now;
    this.#visible = visible;
  }

  /**
   * The learner moved, typed, scrolled or touched.
   * @param {number} now
   */
  sign(now) {
    this.#advance(now);
    this.#sign = now;
  }

  /**
   * @param {number} now
   * @param {boolean} visible
   */
  show(now, visible) {
    this.#advance(now);
    this.#visible = visible;
  }

  /**
   * Whole seconds since they were last taken, or none yet where they are fewer than `least`; the rest stays.
   * @param {number} now
   * @param {number} [least]
   */
  take(now, least = 1) {
    this.#advance(now);
    const seconds = Math.floor(this.#counted / 1000);
    if (seconds < least) return 0;
    this.#counted -= seconds * 1000;
    return seconds;
  }

  /** @param {number} now */
  #advance(now) {
    const until = Math.min(now, this.#sign + PATIENCE);
    if (this.#visible) this.#counted += Math.max(0, until - Math.max(this.#last, this.#sign));
    this.#last = Math.max(this.#last, now);
  }
}
