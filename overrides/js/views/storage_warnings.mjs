// @ts-check
/** Tells the learner when the record cannot be stored, and offers it as a file. */

import { download } from "../dom/elements.mjs";
import { hide, show } from "../dom/notices.mjs";
import { save, saveAll } from "../store/record_file.mjs";

/** @typedef {import("../store/store.mjs").Store} Store */

const MESSAGES = {
  refused:
    "This browser does not let the site store anything, so notes and progress last only until you leave this page.",
  full: "This browser's storage for the site is full, so what you change now lasts only until you leave this page.",
  newer:
    "Your progress was stored by a newer version of this site. You can read it here, and nothing of it will be " +
    "changed; reload the page to get the newer version.",
  cleared:
    "What this site had stored in this browser was just deleted, in another tab or in the browser's settings. This page " +
    "still holds your notes and progress.",
};

/** @param {{store: Store}} parts */
export function start({ store }) {
  const tell = () => {
    if (store.status === "saved") hide("storage");
    else show("storage", MESSAGES[store.status], [...cures(store), rescue(store)]);
    if (store.unreadable.length > 0) tellOfSetAside(store);
  };
  store.subscribe(tell);
  tell();
  addEventListener("beforeunload", (event) => {
    if (store.holdsUnsavedWork && store.status !== "saved") event.preventDefault();
  });
}

/** @param {Store} store */
function rescue(store) {
  return { label: "Save my notes as a file", press: () => save(store.record) };
}

/** @param {Store} store */
function cures(store) {
  if (store.status === "newer") return [{ label: "Save all of it as it is stored", press: () => saveAll(store) }];
  if (store.status !== "cleared") return [];
  return [{ label: "Store them again", press: () => void store.storeAgain() }];
}

/** @param {Store} store */
function tellOfSetAside(store) {
  const kept = store.setAside.some(({ text }) => store.unreadable.includes(text));
  show(
    "set-aside",
    "Part of your stored progress could not be read. " +
      (kept ? "It was set aside as it was, nothing was deleted, " : "It was left as it was, nothing was deleted, ") +
      "and everything that could be read goes on working.",
    store.unreadable.map((text) => ({
      label: "Save the unreadable text as a file",
      press: () => download("set-aside", text, "txt"),
    })),
  );
}
