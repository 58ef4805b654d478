// @ts-check
/** All heads: a thumbnail opens its map. One tab stop, arrows between heads and layers, Esc back to the first. */

import { fill } from "./heatmap.mjs";
import { readData } from "./rows.mjs";

/**
 * @typedef {object} Heads
 * @property {{layer: number, head: number, what: string}[]} highlight
 * @property {number} one what a weight of 1 is written as
 * @property {number[][][][]} weights by layer, head, query, key; whole numbers
 */

/** @param {HTMLElement} figure */
export function start(figure) {
  /** @type {Heads} */
  const { highlight, one, weights } = readData(figure);
  const layers = [...figure.querySelectorAll(".layer")];
  const grid = layers.map((layer) => [...layer.querySelectorAll("button")]);
  const panel = /** @type {HTMLElement} */ (figure.querySelector(".grid-map"));
  const title = /** @type {HTMLElement} */ (panel.querySelector("[data-title]"));
  const finding = /** @type {HTMLElement} */ (panel.querySelector("[data-finding]"));
  const map = /** @type {Element} */ (panel.querySelector('[data-figure="heatmap"]'));
  const home = place(/** @type {Element} */ (figure.querySelector('.thumb[aria-pressed="true"]')));

  /** @param {[number, number]} at */
  const stop = ([layer, head]) => {
    grid.forEach((row, y) => row.forEach((button, x) => (button.tabIndex = y === layer && x === head ? 0 : -1)));
  };

  /** @param {[number, number]} at */
  const open = ([layer, head]) => {
    const button = grid[layer][head];
    const before = button.getBoundingClientRect().top;
    grid.flat().forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    stop([layer, head]);
    title.textContent = `Layer ${layer}, head ${head}`;
    finding.textContent = highlight.find((marked) => marked.layer === layer && marked.head === head)?.what ?? "";
    fill(map, weights[layer][head].map((row) => row.map((weight) => weight / one)));
    // On a phone the map is below its layer; what was tapped stays under the finger.
    if (panel.previousElementSibling !== layers[layer]) layers[layer].after(panel);
    scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
  };

  figure.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".thumb") : null;
    if (button) open(place(button));
  });
  figure.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".thumb")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [layer, head] = place(event.target);
    const row = grid[layer].length - 1;
    /** @type {Record<string, [number, number]>} */
    const steps = {
      ArrowLeft: [layer, Math.max(0, head - 1)],
      ArrowRight: [layer, Math.min(row, head + 1)],
      ArrowUp: [Math.max(0, layer - 1), head],
      ArrowDown: [Math.min(grid.length - 1, layer + 1), head],
      Home: [layer, 0],
      End: [layer, row],
      Escape: home,
    };
    const to = steps[event.key];
    if (!to) return;
    event.preventDefault();
    if (event.key === "Escape") open(home);
    stop(to);
    grid[to[0]][to[1]].focus();
  });
}

/** Layer and head of a thumbnail. @param {Element} button @returns {[number, number]} */
function place(button) {
  const [layer, head] = (button.getAttribute("data-head") ?? "").split(" ").map(Number);
  return [layer, head];
}
