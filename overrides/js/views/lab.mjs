// @ts-check
/** A lab's observations and its figures as one HTML file that needs no other: to hand in, or to keep. */

import { download } from "../dom/elements.mjs";
import { entryOf } from "../record/record_types.mjs";
import { longDate } from "../text/dates.mjs";

/** @typedef {import("../store/store.mjs").Store} Store */

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const lab of root.querySelectorAll("[data-lab]")) {
    const id = lab.getAttribute("data-lab") ?? "";
    const button = lab.querySelector("[data-export-lab]");
    button?.removeAttribute("hidden");
    button?.addEventListener("click", () => {
      const title = document.querySelector("h1")?.textContent?.replace("¶", "").trim() ?? id;
      const text = entryOf(store.record.notes, id)?.content ?? "";
      download(id, asDocument(title, text, [...document.querySelectorAll("figure")]), "html");
    });
  }
}

/**
 * @param {string} title
 * @param {string} text the learner's own
 * @param {HTMLElement[]} figures
 * @returns {string}
 */
export function asDocument(title, text, figures) {
  const made = document.implementation.createHTMLDocument(title);
  made.documentElement.lang = "en";
  const meta = made.createElement("meta");
  meta.setAttribute("charset", "utf-8");
  made.head.prepend(meta);
  made.body.className = "md-typeset";
  made.body.dataset.mdColorScheme = "default";
  const add = (/** @type {string} */ tag, /** @type {string} */ content) => {
    made.body.append(Object.assign(made.createElement(tag), { textContent: content }));
  };
  add("h1", title);
  add("p", longDate(new Date()));
  add("h2", "Observations");
  add("pre", text.trim() === "" ? "None were written." : text);
  add("h2", figures.length === 1 ? "The figure" : `The ${figures.length} figures`);
  for (const figure of figures) {
    const copy = /** @type {HTMLElement} */ (made.importNode(figure, true));
    for (const control of copy.querySelectorAll("button, a, input, script")) control.remove();
    made.body.append(copy);
  }
  // The styles go in as text: the page's policy allows no style element, not even in a document of its own.
  const page = "body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }\npre { white-space: pre-wrap; }";
  const html = made.documentElement.outerHTML.replace("</head>", () => `<style>${rules()}\n${page}</style></head>`);
  return `<!doctype html>\n${html}\n`;
}

/** The site's own styles, for the figures; fonts are left to the reader's system. */
function rules() {
  return [...document.styleSheets]
    .flatMap((sheet) => {
      try {
        return [...sheet.cssRules];
      } catch {
        return [];
      }
    })
    .filter((rule) => !(rule instanceof CSSFontFaceRule))
    .map((rule) => rule.cssText)
    .filter((rule) => !/url\(|@import/.test(rule)) // nothing that asks for another file
    .filter((rule) => /:root|data-md-color-scheme|\.figure|\.heat|\.head|\.map|\.cell|\.a\d|svg|table/.test(rule))
    .join("\n");
}
