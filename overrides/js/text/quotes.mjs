// @ts-check
/**
 * Passages of a page, quoted in a note. Pure. In the note a quote is Markdown that reads well anywhere:
 *
 *     > Without the scale the largest score wins.
 *     > [Why divide by √d_k?](#why-scale:~:text=Without%20the%20scale%20the%20largest%20score%20wins.)
 *
 * @typedef {{passage: string, section: string, name: string}} Quote
 *   section: the id of the heading above the passage; name: that heading's words
 * @typedef {Quote | {text: string}} Piece
 */

const LONGEST = 2_000; // characters: more is no quotation
const WORDS = 4; // at each end of a long passage, in its link
const LINK = /^> ?\[(?<name>.+)\]\(#(?<section>[^\s:)]*)(?::~:[^\s)]*)?\)\s*$/;

/** @param {string} passage */
export function isQuotable(passage) {
  return passage.trim() !== "" && passage.length <= LONGEST;
}

/**
 * A note with a quote at its end, and an empty line to write on.
 * @param {string} note
 * @param {Quote} quote
 */
export function withQuote(note, { passage, section, name }) {
  const lines = passage.trim().split("\n").map((line) => `> ${line}`);
  const link = `> [${name.replace(/[[\]\\]/g, "\\$&")}](#${section}:~:${textDirective(passage)})`;
  const before = note.trim() === "" ? "" : `${note.trimEnd()}\n\n`;
  return `${before}${[...lines, link].join("\n")}\n\n`;
}

/**
 * A note, cut into its quotes and the texts between them.
 * @param {string} note
 * @returns {Piece[]}
 */
export function piecesOf(note) {
  /** @type {Piece[]} */
  const pieces = [];
  for (const lines of blocks(note.split("\n"))) {
    const link = lines.length > 1 && LINK.exec(lines[lines.length - 1])?.groups;
    if (link) {
      const passage = lines.slice(0, -1).map((line) => line.replace(/^> ?/, "")).join("\n");
      pieces.push({ passage, section: link.section, name: link.name.replace(/\\([[\]\\])/g, "$1") });
    } else if (lines.some((line) => line.trim() !== "")) pieces.push({ text: lines.join("\n").trim() });
  }
  return pieces;
}

/**
 * Neighbouring lines that are all quoted, or all not.
 * @param {string[]} lines
 */
function blocks(lines) {
  /** @type {string[][]} */
  const found = [];
  for (const line of lines) {
    const last = found[found.length - 1];
    if (last && last[0].startsWith(">") === line.startsWith(">")) last.push(line);
    else found.push([line]);
  }
  return found;
}

/**
 * What a link says after `:~:`, so that browsers find the passage: its words, or the first and the last of many.
 * @param {string} passage
 */
export function textDirective(passage) {
  const words = passage.trim().split(/\s+/);
  const ends = words.length > 2 * WORDS ? [words.slice(0, WORDS), words.slice(-WORDS)] : [words];
  return `text=${ends.map((some) => encoded(some.join(" "))).join()}`;
}

/** @param {string} text without what means something in a directive (dash, comma) or in Markdown (brackets) */
function encoded(text) {
  return encodeURIComponent(text).replace(/[-()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
