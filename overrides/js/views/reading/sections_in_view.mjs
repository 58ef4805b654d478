// @ts-check
/** Which sections of a topic's page are in view, for how long, and whether their ends were. */

/**
 * @typedef {{id: string, from: Element, to: Element | undefined}} Stretch
 *   from its heading to the next one that is not below it
 * @typedef {{seconds: number, end: boolean}} Seen
 */

const READING_LINE = 0.4; // of the window's height: what crosses it is being read

export class SectionsInView {
  /** @type {Stretch[]} */ #stretches;
  /** @type {Map<string, Seen>} since `take` */ #seen = new Map();
  /** @type {Set<string>} whose end was in view since the page was opened */ #ended = new Set();

  /**
   * @param {Element} page
   * @param {string[]} ids of the headings
   */
  constructor(page, ids) {
    const headings = [...page.querySelectorAll("h1, h2, h3, h4")];
    this.#stretches = [...new Set(ids)].flatMap((id) => {
      const from = headings.find((heading) => heading.id === id);
      if (!from) return [];
      const to = headings.slice(headings.indexOf(from) + 1).find((heading) => heading.tagName <= from.tagName);
      return [{ id, from, to }];
    });
  }

  /**
   * Gives the last seconds to what is in view now.
   * @param {number} seconds
   */
  count(seconds) {
    const line = innerHeight * READING_LINE;
    for (const { id, from, to } of this.#stretches) {
      const end = to?.getBoundingClientRect().top ?? document.documentElement.getBoundingClientRect().bottom;
      if (from.getBoundingClientRect().top > line || end <= 0) continue;
      const isEnd = end <= innerHeight && !this.#ended.has(id);
      if (isEnd) this.#ended.add(id);
      const seen = this.#seen.get(id) ?? { seconds: 0, end: false };
      const isRead = end > line;
      if (!isEnd && (!isRead || seconds === 0)) continue;
      this.#seen.set(id, { seconds: seen.seconds + (isRead ? seconds : 0), end: seen.end || isEnd });
    }
  }

  /** @returns {[id: string, seen: Seen][]} what was counted since it was asked last */
  take() {
    const taken = [...this.#seen];
    this.#seen.clear();
    return taken;
  }
}
