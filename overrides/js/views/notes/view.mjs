// @ts-check
/** Notes: every `textarea[data-notes-for]` of the page, and the first of them once more in a panel beside the text. */

import { show } from "../../dom/notices.mjs";
import { NoteField } from "./field.mjs";
import { NotesPanel } from "./panel.mjs";

/** @typedef {import("../../store/store.mjs").Store} Store */

const bound = new WeakSet();
/** @type {NotesPanel | undefined} one for the page, however many fields and later pieces it has */
let panel;

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const field of root.querySelectorAll("textarea[data-notes-for]")) {
    if (!(field instanceof HTMLTextAreaElement) || bound.has(field)) continue;
    bound.add(field);
    const id = field.dataset.notesFor ?? "";
    new NoteField(field, store, id);
    if (!panel) tellWhatIsGone();
    panel ??= new NotesPanel(id, store);
  }
}

/** A link, perhaps out of a note, may lead to a section that the page no longer has. */
function tellWhatIsGone() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id !== "" && !document.getElementById(id)) {
    show("gone", "The section that this link leads to is no longer on this page. This is the page from its beginning.");
  }
}
