// @ts-check
/** The heatmap: the selected row is outlined, and its values are beside it. */

import { chooseRow, ranked, readData } from "./rows.mjs";

/**
 * @typedef {object} Heatmap what transformer_core.figures.heatmap writes
 * @property {string[]} names
 * @property {number} chosen the row selected at first
 * @property {number[][]} weights by query and key
 * @property {{last: number, exponent: number}} scale from a weight to the number of its colour
 * @property {number} printed from this weight on, a cell shows its number
 */

/**
 * Another head's weights for the same tokens.
 * @param {Element} figure a started heatmap
 * @param {number[][]} weights
 */
export function fill(figure, weights) {
  figure.dispatchEvent(new CustomEvent("weights", { detail: weights }));
}

/** @param {HTMLElement} figure */
export function start(figure) {
  /** @type {Heatmap} */
  const { names, chosen, weights, scale, printed } = readData(figure);
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
    cells.forEach((line, y) => line.forEach((cell, x) => paint(cell, shownWeights.now[y][x], scale, printed)));
    redraw();
  });
}

/** @param {HTMLElement} cell @param {number} weight @param {Heatmap["scale"]} scale @param {number} printed */
function paint(cell, weight, { last, exponent }, printed) {
  cell.className = `a${Math.round(last * weight ** exponent)}`;
  cell.replaceChildren();
  if (weight < printed) return;
  const number = document.createElement("span");
  const two = weight.toFixed(2);
  number.textContent = two === "1.00" ? "1.0" : two.slice(1);
  cell.append(number);
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
