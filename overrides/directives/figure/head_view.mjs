// @ts-check
/** One head as lines: those of the selected query are in colour, on top, with their weights. */

import { chooseRow, ranked, readData } from "./rows.mjs";

/**
 * @typedef {object} HeadView what transformer_core.figures.head_view writes
 * @property {string[]} names
 * @property {number} chosen the query selected at first
 * @property {number[][]} weights by query and key
 * @property {number} drawn from this weight on, a line is drawn
 */

/** @param {HTMLElement} figure */
export function start(figure) {
  /** @type {HeadView} */
  const { names, chosen, weights, drawn: thinnest } = readData(figure);
  /** @type {HTMLButtonElement[]} */
  const buttons = [...figure.querySelectorAll("button")];
  const keys = [...figure.querySelectorAll(".key")];
  const drawing = /** @type {SVGElement} */ (figure.querySelector(".lines"));
  const groups = buttons.map((_, row) => /** @type {Element} */ (drawing.querySelector(`[data-lines="${row}"]`)));
  const status = /** @type {HTMLElement} */ (figure.querySelector(".fig-status"));

  chooseRow({
    root: figure,
    buttons,
    home: chosen,
    columns: names.length,
    show(row, column) {
      const values = weights[row];
      const key = column ?? ranked(values)[0];
      buttons.forEach((button, index) => button.classList.toggle("on", index === row));
      groups.forEach((group, index) => group.classList.toggle("on", index === row));
      drawing.append(groups[row]);
      keys.forEach((element, index) => {
        const drawn = values[index] >= thinnest;
        element.classList.toggle("on", drawn);
        element.classList.toggle("at", index === column);
        element.children[1].textContent = drawn || index === column ? values[index].toFixed(2) : "·";
      });
      status.textContent = `${names[row]} → ${names[key]}, ${values[key].toFixed(2)}`;
    },
  });
}
