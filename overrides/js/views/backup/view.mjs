// @ts-check
/** `button[data-export]` saves the record as a file, on any page; the dashboard's card is loaded only there. */

import { saveAll } from "../../store/record_file.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  for (const button of root.querySelectorAll("button[data-export]")) {
    if (bound.has(button)) continue;
    bound.add(button);
    button.removeAttribute("hidden");
    button.addEventListener("click", () => saveAll(store));
  }
  const card = root.querySelector("[data-backup]");
  if (!card || bound.has(card)) return;
  bound.add(card);
  import("./card.mjs").then((module) => module.start({ card, store, manifest })).catch(reportError);
}
