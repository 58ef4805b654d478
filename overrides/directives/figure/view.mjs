// @ts-check
/** Interactive figures: heatmaps, one head as lines, and the grid of all heads. One that fails leaves the others working. */

import * as headGrid from "./head_grid.mjs";
import * as headView from "./head_view.mjs";
import * as heatmap from "./heatmap.mjs";

/** @param {{root: ParentNode}} page */
export function start(page) {
  for (const kind of [heatmap, headView, headGrid]) {
    try {
      kind.start(page);
    } catch (error) {
      reportError(error);
    }
  }
}
