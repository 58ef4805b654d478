// @ts-check
/**
 * Search in notes: every word of the query must occur; accents and capitals make no difference. Pure.
 *
 * @typedef {{id: string, title: string, content: string}} Searched
 * @typedef {{text: string, isMatch: boolean}} Piece
 * @typedef {{id: string, title: Piece[], pieces: Piece[]}} Found
 */

const BEFORE = 60; // characters of an excerpt before its first match
const EXCERPT = 200;
const ASCII = /^[\x00-\x7f]*$/;
/** @type {Map<string, string>} */
const letters = new Map();

/**
 * A text as it is compared: without accents, in lower case.
 * @param {string} text
 */
export function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase().replaceAll("ς", "σ");
}

/**
 * @param {string} query
 * @returns {string[]} its words, folded, each once
 */
export function wordsOf(query) {
  return [...new Set(fold(query).split(/\s+/).filter(Boolean))];
}

/** Keeps folded texts, so that each further letter of a query costs little. */
export class Search {
  /** @type {Map<string, {content: string, folded: string}>} */ #folded = new Map();

  /**
   * The notes with every word of the query in the title or the text, in the order given.
   * @param {Searched[]} notes
   * @param {string} query
   * @returns {Found[]} none for a query without words
   */
  find(notes, query) {
    const words = wordsOf(query);
    if (words.length === 0) return [];
    return notes.filter((note) => {
      const title = fold(note.title);
      const folded = this.#fold(note);
      return words.every((word) => folded.includes(word) || title.includes(word));
    }).map((note) => ({ id: note.id, title: marks(note.title, words), pieces: excerpt(note.content, this.#fold(note), words) }));
  }

  /** @param {Searched} note */
  #fold({ id, content }) {
    const known = this.#folded.get(id);
    if (known && known.content === content) return known.folded;
    const folded = fold(content);
    this.#folded.set(id, { content, folded });
    return folded;
  }
}

/**
 * The text around the first match, in pieces.
 * @param {string} content
 * @param {string} folded
 * @param {string[]} words folded
 * @returns {Piece[]} with an ellipsis where the text is cut
 */
export function excerpt(content, folded, words) {
  const hits = words.map((word) => folded.indexOf(word)).filter((at) => at >= 0);
  const hit = Math.min(...hits);
  const first = hits.length === 0 ? 0 : unfolded(content, hit, hit + 1)[0];
  const from = outside(content, Math.max(0, first - BEFORE), -1);
  const until = outside(content, Math.min(content.length, from + EXCERPT), 1);
  const shown = content.slice(from, until);
  const [before, behind] = [from > 0, until < content.length].map((cut) => (cut ? [{ text: "…", isMatch: false }] : []));
  return [...before, ...marks(shown, words), ...behind];
}

/**
 * A text, cut into what matches and what does not.
 * @param {string} text
 * @param {string[]} words folded
 */
export function marks(text, words) {
  /** @type {Piece[]} */
  const pieces = [];
  const add = (/** @type {string} */ part, /** @type {boolean} */ isMatch) => part && pieces.push({ text: part, isMatch });
  let at = 0;
  for (const place of occurrences(fold(text), words)) {
    const [start, end] = unfolded(text, ...place);
    add(text.slice(at, start), false);
    add(text.slice(Math.max(at, start), end), true); // two matches may share one letter
    at = end;
  }
  add(text.slice(at), false);
  return pieces;
}

/**
 * Never between the halves of a character, nor before an accent of its own.
 * @param {string} text
 * @param {number} at
 * @param {1 | -1} step
 */
function outside(text, at, step) {
  while (at > 0 && at < text.length && /^[\p{M}\udc00-\udfff]/u.test(text.charAt(at))) at += step;
  return at;
}

/**
 * @param {string} folded
 * @param {string[]} words
 * @returns {[number, number][]} where any of the words stands; overlaps joined
 */
function occurrences(folded, words) {
  /** @type {[number, number][]} */
  const found = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  /** @type {[number, number][]} */
  const joined = [];
  for (const [start, end] of found) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/**
 * A place in a folded text, as one in the text: whole characters, with the accents that follow them.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {[number, number]}
 */
function unfolded(text, start, end) {
  if (ASCII.test(text)) return [start, end];
  let [at, folded, from] = [0, 0, -1];
  for (const letter of text) {
    const length = foldedLength(letter);
    if (folded >= end && length > 0) return [from, at];
    if (from < 0 && folded + length > start) from = at;
    at += letter.length;
    folded += length;
  }
  return [from < 0 ? text.length : from, text.length];
}

/** @param {string} letter */
function foldedLength(letter) {
  if (letter < "\x80") return 1;
  const known = letters.get(letter) ?? fold(letter);
  letters.set(letter, known);
  return known.length;
}
