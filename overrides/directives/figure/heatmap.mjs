// @ts-check
/** The heatmap: the selected row is outlined, and its values are beside it. */

import { chooseRow, ranked, readData, unstarted } from "./rows.mjs";

const PRINTED = 0.1;

/** @param {{root: ParentNode}} where */
export function start({ root }) {
  unstarted(root, "data-heatmap").forEach(startOne);
}

/**
 * Another head's weights for the same tokens.
 * @param {Element} figure a started heatmap
 * @param {number[][]} weights
 */
export function fill(figure, weights) {
  figure.dispatchEvent(new CustomEvent("weights", { detail: weights }));
}

/** @param {HTMLElement} figure */
function startOne(figure) {
  const { names, chosen, weights } = readData(figure);
  /** @type {NodeListOf<HTMLTableRowElement>} */
  const rows = figure.querySelectorAll(".heat tbody tr");
  const cells = [...rows].map((row) => [...row.querySelectorAll("td")]);
  /** @type {HTMLButtonElement[]} */
  const buttons = [...figure.querySelectorAll("button")];
  const status = /** @type {HTMLElement} */ (figure.querySelector(".fig-status"));
  const shownWeights = { now: weights };

  const { redraw } = chooseRow({
    root: figure,
    buttons,
    home: chosen,
    columns: names.length,
    show(row, column) {
      const values = shownWeights.now[row];
      const key = column ?? ranked(values)[0];
      rows.forEach((element, index) => element.classList.toggle("on", index === row));
      cells.forEach((line, y) => line.forEach((cell, x) => cell.classList.toggle("at", y === row && x === key)));
      readOut(figure, names, values, row);
      status.textContent = `${names[row]} → ${names[key]}, ${values[key].toFixed(2)}`;
    },
  });

  figure.addEventListener("weights", (event) => {
    shownWeights.now = /** @type {CustomEvent<number[][]>} */ (event).detail;
    cells.forEach((line, y) => line.forEach((cell, x) => paint(cell, shownWeights.now[y][x])));
    redraw();
  });
}

/** @param {HTMLElement} cell @param {number} weight */
function paint(cell, weight) {
  cell.className = `a${Math.round(20 * weight ** 0.7)}`;
  cell.replaceChildren();
  if (weight < PRINTED) return;
  const printed = document.createElement("span");
  const two = weight.toFixed(2);
  printed.textContent = two === "1.00" ? "1.0" : two.slice(1);
  cell.append(printed);
}

/** @param {HTMLElement} figure @param {string[]} names @param {number[]} values @param {number} query */
function readOut(figure, names, values, query) {
  const bars = [...figure.querySelectorAll(".read-row:not(.read-rest)")];
  const top = ranked(values).slice(0, bars.length);
  const total = values.reduce((sum, weight) => sum + weight, 0);
  const others = top.reduce((sum, key) => sum - values[key], total);
  write(figure, "[data-query]", names[query]);
  write(figure, "[data-sum]", total.toFixed(2));
  bars.forEach((bar, index) => setBar(bar, values[top[index]], names[top[index]]));
  const rest = figure.querySelector(".read-rest");
  if (rest) setBar(rest, Math.max(0, others));
}

/** @param {Element} bar @param {number} weight @param {string} [name] */
function setBar(bar, weight, name) {
  if (name !== undefined) write(bar, ".read-name", name);
  write(bar, ".read-weight", weight.toFixed(2));
  bar.querySelector("rect")?.setAttribute("width", `${(100 * weight).toFixed(2)}%`);
}

/** @param {Element} inside @param {string} selector @param {string} text */
function write(inside, selector, text) {
  const element = inside.querySelector(selector);
  if (element) element.textContent = text;
}
