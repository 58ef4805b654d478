// @ts-check
/**
 * How long a page was read: while it is visible, and for two minutes after each input. Pure.
 *
 * All times are milliseconds of a clock that never goes back.
 */

/** How long a page counts as read after an input. */
export const PATIENCE = 120_000;

/** Counts the seconds of one page. */
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
   * Takes the whole seconds counted so far, or 0 if they are fewer than `least`; the rest stays.
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
