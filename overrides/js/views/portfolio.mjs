// @ts-check
/** The portfolio page: the learner's levels, results and notes by topic, to print. The name is not stored. */

import { element, setText } from "../dom/elements.mjs";
import { chapters } from "../learning/portfolio_facts.mjs";
import { longDate } from "../text/dates.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../learning/portfolio_facts.mjs").Chapter} Chapter
 */

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  const portfolio = root.querySelector("[data-portfolio]");
  if (!portfolio) return;
  portfolio.querySelector("[data-portfolio-controls]")?.removeAttribute("hidden");
  portfolio.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  const name = portfolio.querySelector("[data-portfolio-name]");
  const draw = () => {
    const given = name instanceof HTMLInputElement ? name.value.trim() : "";
    const date = longDate(new Date());
    setText(portfolio.querySelector("[data-portfolio-line]"), [given, date].filter(Boolean).join(", "));
    const found = chapters(store.record, manifest);
    const empty = element("p", {}, "Nothing is here yet. What you note, tick, answer and run on the topic pages comes together here.");
    portfolio.querySelector("[data-portfolio-topics]")?.replaceChildren(...(found.length > 0 ? found.map(drawn) : [empty]));
  };
  name?.addEventListener("input", draw);
  store.subscribe(draw);
  draw();
  portfolio.classList.add("is-drawn");
}

/** @param {Chapter} chapter */
function drawn({ title, facts, notes }) {
  const list = element("ul", {}, ...facts.map((fact) => element("li", {}, fact)));
  const texts = notes.flatMap((note) => [
    element("h3", {}, note.title),
    element("pre", { class: "portfolio-note", dir: "auto" }, note.content),
  ]);
  return element("section", {}, element("h2", {}, title), ...(facts.length > 0 ? [list] : []), ...texts);
}
