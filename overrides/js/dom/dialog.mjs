// @ts-check
/** A dialog that asks for confirmation. Escape means no, and the focus returns to where it was. */

import { element } from "./elements.mjs";

/**
 * Asks, and waits for the answer.
 * @param {{title: string, text: string[], yes: string}} question with the label of the button that agrees
 * @returns {Promise<boolean>}
 */
export function confirmDialog({ title, text, yes }) {
  const agree = element("button", { type: "button", class: "btn btn-primary" }, yes);
  const cancel = element("button", { type: "button", class: "btn", autofocus: true }, "Cancel");
  const dialog = element(
    "dialog",
    { class: "ask md-typeset", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" },
    element("h2", { class: "card-title", id: "ask-title" }, title),
    element("div", { id: "ask-text" }, ...text.map((one) => element("p", { dir: "auto" }, one))),
    element("p", { class: "buttons" }, agree, cancel),
  );
  document.body.append(dialog);
  agree.addEventListener("click", () => dialog.close("yes"));
  cancel.addEventListener("click", () => dialog.close());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
