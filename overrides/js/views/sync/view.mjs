// @ts-check
/** A file kept up to date with the record, where the browser can: loaded only where there is one, or where one is chosen. */

import { remembered } from "../../store/file_handles.mjs";

/** @typedef {import("../../store/store.mjs").Store} Store */

let started = false;

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  if (started || !("showSaveFilePicker" in window)) return;
  started = true;
  const card = root.querySelector("[data-sync]");
  const begin = async (/** @type {unknown} */ synced) => {
    if (synced || card) (await import("./card.mjs")).start({ card, store });
  };
  remembered().then(
    (synced) => begin(synced).catch(reportError),
    () => undefined, // this browser stores nothing, so it has no synced file either
  );
}
