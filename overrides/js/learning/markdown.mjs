// @ts-check
/** Pieces of a Markdown document whose texts come from anywhere: none of them gets out of its piece. Pure. */

/**
 * @param {number} level
 * @param {string} text
 */
export function heading(level, text) {
  return `${"#".repeat(level)} ${inline(text)}`;
}

/**
 * A text on one line, with all Markdown and HTML escaped.
 * @param {string} text
 */
export function inline(text) {
  return oneLine(text).replace(/[\\`*_[\]<>&~|$#{}]/g, "\\$&").replace(/(https?|ftp|www)([:.])/gi, "$1\\$2");
}

/**
 * A name as code.
 * @param {string} text
 */
export function code(text) {
  const inside = oneLine(text);
  const marks = "`".repeat(longestRun(inside) + 1);
  const space = /^`|`$|^$/.test(inside) ? " " : "";
  return `${marks}${space}${inside}${space}${marks}`;
}

/**
 * A text as it is, every character of it.
 * @param {string} text
 */
export function fence(text) {
  const marks = "`".repeat(Math.max(longestRun(text), 2) + 1);
  return `${marks}markdown\n${text}${/\n$/.test(text) ? "" : "\n"}${marks}`;
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim();
}

/** @param {string} text */
function longestRun(text) {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
