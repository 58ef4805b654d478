// @ts-check
/** Puts the site's own address, as this browser has it, where a text to copy needs it. */

import { address, setText } from "../dom/elements.mjs";

/** @param {{root: ParentNode}} page */
export function start({ root }) {
  for (const place of root.querySelectorAll("[data-site-address]")) setText(place, address(""));
}
