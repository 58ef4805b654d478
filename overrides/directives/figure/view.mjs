// @ts-check
/** Interactive figures: heatmaps, one head as lines, and the grid of all heads. One that fails leaves the others working. */

import * as headGrid from "./head_grid.mjs";
import * as headView from "./head_view.mjs";
import * as heatmap from "./heatmap.mjs";

/** By the `data-figure` that the functions of transformer_core.figures write. @type {Record<string, (figure: HTMLElement) => void>} */
const KINDS = { "heatmap": heatmap.start, "head-view": headView.start, "head-grid": headGrid.start };

/** @param {{root: ParentNode}} page */
export function start({ root }) {
  /** @type {NodeListOf<HTMLElement>} */
  const figures = root.querySelectorAll("[data-figure]:not([data-started])");
  for (const figure of figures) {
    figure.setAttribute("data-started", "");
    try {
      KINDS[figure.dataset.figure ?? ""](figure);
    } catch (error) {
      reportError(error);
    }
  }
}
