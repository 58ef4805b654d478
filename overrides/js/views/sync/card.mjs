// @ts-check
/** The synced file: chosen, allowed again and stopped on the dashboard; elsewhere a message where it needs the learner. */

import { setText } from "../../dom/elements.mjs";
import { hide, show } from "../../dom/notices.mjs";
import { SyncedFile } from "../../store/synced_file.mjs";

/** @typedef {import("../../store/store.mjs").Store} Store */

const TYPES = [{ description: "Progress in this course", accept: { "application/json": [".json"] } }];

/** The browser's pickers; TypeScript does not know them yet. */
const pickers = /** @type {any} */ (window);

/** @param {{card: Element | null, store: Store}} parts */
export function start({ card, store }) {
  const file = new SyncedFile(store, () => (card ? drawCard(card, file) : drawMessage(file)));
  const press = (/** @type {string} */ name, /** @type {() => Promise<void>} */ action) => {
    card?.querySelector(`[data-sync-${name}]`)?.addEventListener("click", () => action().catch(unlessCancelled));
  };
  press("new", async () => {
    const suggestedName = "transformer-course-progress.json";
    await file.choose(await pickers.showSaveFilePicker({ suggestedName, types: TYPES }));
  });
  press("existing", async () => {
    // Not the picker for saving: that one empties an existing file before it can be read.
    const [handle] = await pickers.showOpenFilePicker({ types: TYPES });
    await handle.requestPermission({ mode: "readwrite" });
    await file.choose(handle);
  });
  press("allow", () => file.allow());
  press("stop", () => file.stop());
  card?.removeAttribute("hidden");
  file.sync();
}

/** @param {unknown} error */
function unlessCancelled(error) {
  if (!(error instanceof DOMException && error.name === "AbortError")) reportError(error);
}

/**
 * @param {Element} card
 * @param {SyncedFile} file
 */
function drawCard(card, file) {
  const { kind, says } = file.state;
  const focused = document.activeElement;
  setText(card.querySelector("[data-sync-status]"), says);
  const shown = { new: kind !== "on" && kind !== "ask", existing: kind !== "on" && kind !== "ask", allow: kind === "ask", stop: kind !== "none" };
  for (const [name, isShown] of Object.entries(shown)) {
    card.querySelector(`[data-sync-${name}]`)?.toggleAttribute("hidden", !isShown);
  }
  if (card.contains(focused) && focused?.hasAttribute("hidden")) {
    const next = card.querySelector("button:not([hidden])");
    if (next instanceof HTMLElement) next.focus();
  }
}

/** @param {SyncedFile} file */
function drawMessage(file) {
  const { kind, says } = file.state;
  if (kind !== "ask" && kind !== "trouble") return hide("sync");
  const allow = { label: "Allow writing again", press: () => void file.allow() };
  const stop = { label: "Stop keeping it up to date", press: () => void file.stop() };
  show("sync", says, kind === "ask" ? [allow, stop] : [stop]);
}
