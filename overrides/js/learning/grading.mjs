// @ts-check
/**
 * Whether an answer is right, and what the record says of a question. Pure.
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {{
 *   kind: string, options: {key: string, right: boolean}[], key: string | number | null,
 *   tolerance: number | null, unit: string | null, mistakes: {given: string | number}[]
 * }} Question
 *   as `assets/questions.json` has it: single, multiple, numeric or predict
 * @typedef {{right: boolean, missed: number, mistake: number}} Grade
 *   missed: how many right options were not chosen; mistake: which of the known ones was made, or -1
 */

import { entryOf } from "../record/record_types.mjs";

/**
 * Why an answer cannot be graded yet; empty if it can.
 * @param {Question} question
 * @param {string[]} given
 */
export function fault(question, given) {
  if (question.kind === "single" && given.length === 0) return "Choose an option first.";
  if (question.kind === "multiple" && given.length === 0) return "Choose at least one option first.";
  if (question.options.length > 0) return "";
  if ((given[0] ?? "").trim() === "") return "Write an answer first.";
  if (question.kind === "numeric" && readings(given[0], question.unit).length === 0) return "Write a number, such as 12 or 0.5.";
  return "";
}

/**
 * @param {Question} question
 * @param {string[]} given keys of the chosen options, or the text that was typed
 * @returns {Grade}
 */
export function grade(question, given) {
  if (question.options.length > 0) {
    const wrong = question.options.filter(({ key, right }) => !right && given.includes(key)).length;
    const missed = question.options.filter(({ key, right }) => right && !given.includes(key)).length;
    return { right: wrong === 0 && missed === 0, missed, mistake: -1 };
  }
  const same = question.kind === "numeric" ? near(question, given[0]) : alike(given[0]);
  const right = same(question.key ?? "");
  return { right, missed: 0, mistake: right ? -1 : question.mistakes.findIndex((mistake) => same(mistake.given)) };
}

/**
 * @param {Question} question
 * @param {string} typed
 * @returns {(number: string | number) => boolean}
 */
function near({ tolerance, unit }, typed) {
  const read = readings(typed, unit);
  return (number) => {
    const rounding = 1e-9 * Math.max(1, Math.abs(Number(number)));
    return read.some((one) => Math.abs(one - Number(number)) <= (tolerance ?? 0) + rounding);
  };
}

/**
 * The numbers that a text may mean: people write 0,5 and 1,536 and 1/3 and 50 %, and add the unit.
 * @param {string} typed
 * @param {string | null} [unit]
 * @returns {number[]}
 */
export function readings(typed, unit) {
  let text = halfWidth(typed).replace(/[−–]/g, "-").trim();
  if (unit && text.toLowerCase().endsWith(unit.toLowerCase())) text = text.slice(0, -unit.length);
  const percent = unit !== "%" && /%\s*$/.test(text);
  text = text.replace(/%\s*$/, "").replace(/\s/g, "");
  const parts = text.split("/").map(numbersIn);
  if (parts.length > 2) return [];
  const [over, under = [1]] = parts;
  const quotients = over.flatMap((one) => under.map((other) => one / other));
  return quotients.filter(Number.isFinite).map((number) => (percent ? number / 100 : number));
}

/** @param {string} text */
function numbersIn(text) {
  const thousands = /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) ? [text.replaceAll(",", "")] : [];
  const decimal = /^[-+]?\d*,\d+(e[-+]?\d+)?$/i.test(text) ? [text.replace(",", ".")] : [];
  const plain = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? [text] : [];
  return [...thousands, ...decimal, ...plain].map(Number);
}

/**
 * @param {string} typed
 * @returns {(text: string | number) => boolean}
 */
function alike(typed) {
  return (text) => plain(typed) === plain(String(text));
}

/**
 * A text without the wide forms that keyboards for Chinese, Japanese and Korean give: １２．５ is 12.5.
 * @param {string} text
 */
function halfWidth(text) {
  return text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
}

/**
 * A printed text without differences in blank lines, in spaces beside brackets and commas, and in quotes.
 * @param {string} text
 */
function plain(text) {
  return halfWidth(text)
    .replace(/[−–]/g, "-")
    .replace(/["“”„‘’]/g, "'")
    .replace(/\s+/g, " ")
    .replace(/ ?([()[\]{},:=]) ?/g, "$1")
    .trim();
}

/**
 * @param {LearnerRecord} record
 * @param {string} id a question's
 */
export function lastTry(record, id) {
  return entryOf(record.answers, id)?.log.at(-1);
}

/**
 * @param {LearnerRecord} record
 * @param {string} id a question's
 */
export function triesOf(record, id) {
  return entryOf(record.answers, id)?.log.length ?? 0;
}

/**
 * How many questions were right at the last try, and how many were tried at all.
 * @param {LearnerRecord} record
 * @param {string[]} ids
 */
export function scoreOf(record, ids) {
  const last = ids.map((id) => lastTry(record, id)).filter((answer) => answer !== undefined);
  return { right: last.filter(({ right }) => right).length, tried: last.length, total: ids.length };
}
