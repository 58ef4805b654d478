// @ts-check
/** What a learner types into the search, as the words to look for. */

/**
 * One idea of a query: `words` as typed, and what the course may call it instead.
 * @typedef {{words: string, also: string[]}} Idea
 */

/** Say nothing of what is looked for. */
const SILENT = new Set(
  ("a about an and are as at be by can could did do does explain for from had has have how i if in into is it its me mean means my of on or please " +
    "should so tell than that the their them then there these this to use used using want was we were what whats when where which who why will with would you your").split(" "),
);

/**
 * The words of a text: lower case, without punctuation. A name such as d_k stays whole.
 * @param {string} text
 */
export function wordsOf(text) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[’']s\b/g, "").replace(/√/g, " √ ");
  return plain.match(/√|[\p{L}\p{N}][\p{L}\p{N}_]*/gu) ?? [];
}

/**
 * The ideas of a query. Words that say nothing are left out, and so is a single letter, unless there is nothing else.
 * A question that the synonyms know, such as "how to run", is looked for by what they say alone.
 * @param {string} query
 * @param {Record<string, string[]>} synonyms what the course calls a word or words, by words as `wordsOf` gives them
 * @returns {Idea[]}
 */
export function ideasOf(query, synonyms) {
  const words = wordsOf(query);
  const most = Math.max(1, ...Object.keys(synonyms).map((key) => key.split(" ").length));
  /** @type {Idea[]} */
  const ideas = [];
  for (let at = 0; at < words.length; ) {
    let length = Math.min(most, words.length - at);
    while (length > 1 && !Object.hasOwn(synonyms, words.slice(at, at + length).join(" "))) length -= 1;
    const phrase = words.slice(at, at + length).join(" ");
    const also = Object.hasOwn(synonyms, phrase) ? synonyms[phrase] : [];
    const isQuestion = also.length > 0 && phrase.split(" ").some((word) => SILENT.has(word)); // "how to run"
    if (isQuestion) ideas.push({ words: also[0], also: also.slice(1) });
    else if (also.length > 0 || (phrase.length > 1 && !SILENT.has(phrase))) ideas.push({ words: phrase, also });
    at += length;
  }
  return ideas.length > 0 ? ideas : words.map((word) => ({ words: word, also: [] }));
}

/**
 * The stretch of a text that holds most of the words, in pieces: those that match are marked.
 * @param {string} text
 * @param {string[]} looked words as `wordsOf` gives them
 * @param {number} [length] in words
 * @returns {{text: string, isMatch: boolean}[]}
 */
export function excerptOf(text, looked, length = 26) {
  const pieces = text.split(/\s+/).filter(Boolean);
  const hits = pieces.map((piece) => matched(piece, looked));
  let best = 0;
  let most = -1;
  for (let start = 0; start === 0 || start + length <= pieces.length; start += 1) {
    const window = hits.slice(start, start + length);
    const isAfterStop = start === 0 || /[.:?!]$/.test(pieces[start - 1]);
    const found = new Set(window.filter(Boolean)).size + window.filter(Boolean).length / 10 + (isAfterStop ? 0.5 : 0);
    if (found > most) [best, most] = [start, found];
  }
  /** @type {{text: string, isMatch: boolean}[]} */
  const parts = best > 0 && !/[.:?!]$/.test(pieces[best - 1]) ? [{ text: "… ", isMatch: false }] : [];
  const end = Math.min(best + length, pieces.length);
  for (let at = best; at < end; at += 1) {
    const isMatch = Boolean(hits[at]);
    const space = at + 1 < end ? " " : "";
    if (isMatch) parts.push({ text: pieces[at], isMatch }, { text: space, isMatch: false });
    else parts.push({ text: pieces[at] + space, isMatch });
  }
  if (end < pieces.length) parts.push({ text: " …", isMatch: false });
  return joined(parts);
}

/**
 * The word that a piece of text matches: the two begin alike, up to an ending such as -s, -ing or -ed.
 * @param {string} piece
 * @param {string[]} looked
 */
function matched(piece, looked) {
  const words = wordsOf(piece).flatMap((word) => [word, ...word.split("_")]);
  return looked.find((one) => words.some((word) => word.startsWith(stem(one)) || (word.length > 3 && one.startsWith(stem(word)))));
}

/** @param {string} word */
function stem(word) {
  return word.length > 4 ? word.replace(/(?:ations?|ing|ed|es|s|e|al)$/, "") : word;
}

/**
 * Whether any word of a text matches.
 * @param {string} text
 * @param {string[]} looked
 */
export function holds(text, looked) {
  return text.split(/\s+/).some((piece) => matched(piece, looked));
}

/** @param {{text: string, isMatch: boolean}[]} parts */
function joined(parts) {
  /** @type {{text: string, isMatch: boolean}[]} */
  const whole = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last && last.isMatch === part.isMatch) last.text += part.text;
    else if (part.text) whole.push({ ...part });
  }
  return whole;
}
