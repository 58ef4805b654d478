// @ts-check
/**
 * Questions as a text file that Anki imports: one note each, of Anki's own type Basic. Pure.
 *
 * The file names its columns itself: the question's id, which Anki keeps, so that importing the file again brings the
 * notes up to date and adds none; front; back; tags. Every field is in quotes, and a quote inside is doubled, as
 * Anki's manual requires. Line breaks of code become <br>, so that no editor can join or lose them. Anki centres its
 * cards, so the HTML sets the alignment to the left.
 *
 * @typedef {{
 *   topic: string, section: string, url: string, kind: string, ask: string, code: string | null, codeShown: boolean,
 *   options: {key: string, html: string, right: boolean, why: string}[], answer: string, why: string,
 *   tolerance: number | null, unit: string | null, mistakes: {given: string | number, why: string}[], [field: string]: unknown
 * }} Question
 *   as `assets/questions.json` has it
 */

import { formText } from "./review_text.mjs";

/**
 * @param {[string, Question][]} questions
 * @param {{deck: string, base: string}} course base: the address of the site's root
 * @returns {string}
 */
export function ankiText(questions, { deck, base }) {
  const headers = ["#separator:tab", "#html:true", "#notetype:Basic", `#deck:${oneLine(deck)}`, "#guid column:1", "#tags column:4"];
  const notes = questions.map(([id, question]) => {
    const sides = [front(question), back(question, base)].map((html) => `<div style="text-align: left">${oneLine(absolute(html, base))}</div>`);
    return [id, ...sides, `${question.topic} ${question.kind}`].map(quoted).join("\t");
  });
  return [...headers, ...notes, ""].join("\n");
}

/** @param {Question} question */
function front({ kind, ask, code, codeShown, options, ...rest }) {
  const how = kind === "multiple" ? "<p><i>Choose every one that is right.</i></p>" : "";
  const form = formText(rest) && `<p><i>${escaped(formText(rest))}</i></p>`;
  const list = options.map(({ html }) => `<li>${html}</li>`).join("");
  return `<p>${ask}</p>${codeShown ? code : ""}${how}${form}${list && `<ol type="A">${list}</ol>`}`;
}

/**
 * @param {Question} question
 * @param {string} base
 */
function back({ section, url, code, codeShown, options, answer, why, mistakes }, base) {
  const whys = options.map(({ html, right, why: said }) => `<li>${right ? "✓" : "✕"} ${html}<br><i>${said}</i></li>`).join("");
  const wrong = mistakes.map(({ given, why: said }) => `<li>✕ ${escaped(String(given))}<br><i>${said}</i></li>`).join("");
  const shown = options.length > 0 ? `<ul>${whys}</ul>` : `<div><b>${answer}</b></div>`;
  const taught = `<p>Taught in <a href="${new URL(url, base).href}">${escaped(section.trim())}</a></p>`;
  return `${shown}${why && `<p>${why}</p>`}${wrong && `<ul>${wrong}</ul>`}${code && !codeShown ? code : ""}${taught}`;
}

/**
 * Links of the site, as they are from elsewhere.
 * @param {string} html the build's own, so its attributes are always quoted
 * @param {string} base
 */
function absolute(html, base) {
  return html.replace(/(?<=\shref=")[^"]*/g, (address) => new URL(address, base).href);
}

/** @param {string} html */
function oneLine(html) {
  return html
    .split(/(<pre[\s\S]*?<\/pre>)/)
    .map((part) => (part.startsWith("<pre") ? part.replace(/\r?\n(?=(<\/\w+>)*<\/pre>$)/, "") : part.replace(/\s+/g, " ")))
    .map((part) => part.replace(/\r?\n/g, "<br>").replace(/\t/g, "&#9;"))
    .join("");
}

/** @param {string} field */
function quoted(field) {
  return `"${field.replaceAll('"', '""')}"`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
