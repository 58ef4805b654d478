// @ts-check
/** A topic's page remembers that it was visited, and that the learner finished it. */

import { setText } from "../dom/elements.mjs";
import { isFinished } from "../learning/progress.mjs";
import { setFinished, setVisited } from "../record/actions.mjs";
import { entryOf } from "../record/record_types.mjs";
import { when } from "../text/dates.mjs";

/** @typedef {import("../store/store.mjs").Store} Store */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const page of root.querySelectorAll("[data-topic-id]")) {
    if (bound.has(page)) continue;
    bound.add(page);
    const id = page.getAttribute("data-topic-id") ?? "";
    store.change((record) => setVisited(record, id, new Date()));
  }
  for (const button of root.querySelectorAll("button[data-finish]")) {
    if (!(button instanceof HTMLButtonElement) || bound.has(button)) continue;
    bound.add(button);
    bind(button, store);
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {Store} store
 */
function bind(button, store) {
  const id = button.dataset.finish ?? "";
  const status = button.parentElement?.querySelector("[data-finish-status]");
  button.addEventListener("click", () => {
    store.change((record) => setFinished(record, id, !isFinished(record, id), new Date()));
  });
  const draw = () => {
    const mark = entryOf(store.record.finished, id);
    const finished = mark?.value ?? false;
    button.hidden = false;
    button.disabled = store.status === "newer";
    button.classList.toggle("btn-primary", !finished);
    setText(button, finished ? "Not finished after all" : "Mark as finished");
    setText(status, finished && mark ? `✓ You say that you have finished this, ${when(mark.updated)}` : "");
  };
  store.subscribe(draw);
  draw();
}
