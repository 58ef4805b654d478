// @ts-check
/** Notes: every `textarea[data-notes-for]` of the page, and the first of them once more in a panel beside the text. */

import { show } from "../../dom/notices.mjs";
import { NoteField } from "./field.mjs";
import { NotesPanel } from "./panel.mjs";

/** @typedef {import("../../store/store.mjs").Store} Store */

const bound = new WeakSet();

/** @param {{root: Document, store: Store}} parts */
export function start({ root, store }) {
  const fields = [...root.querySelectorAll("textarea[data-notes-for]")].filter((field) => field instanceof HTMLTextAreaElement && !bound.has(field));
  for (const field of /** @type {HTMLTextAreaElement[]} */ (fields)) {
    bound.add(field);
    new NoteField(field, store, field.dataset.notesFor ?? "");
  }
  const [first] = /** @type {HTMLTextAreaElement[]} */ (fields);
  if (first) new NotesPanel(root, first.dataset.notesFor ?? "", store);
  tellWhatIsGone(root);
}

/** A link, perhaps out of a note, may lead to a section that the page no longer has. @param {Document} root */
function tellWhatIsGone(root) {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id !== "" && !root.getElementById(id)) {
    show("gone", "The section that this link leads to is no longer on this page. This is the page from its beginning.");
  }
}
