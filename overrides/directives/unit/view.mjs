// @ts-check
/** The steps of a unit: pressing one marks its term, its lines and its sentence. The style sheet reads the button. */

/** @param {{root: ParentNode}} page where to look for units */
export function start({ root }) {
  for (const group of root.querySelectorAll(".unit .steps")) {
    group.addEventListener("click", (event) => {
      const pressed = /** @type {Element} */ (event.target).closest("button[data-step]");
      if (!pressed) return;
      for (const button of group.querySelectorAll("button[data-step]")) {
        button.setAttribute("aria-pressed", String(button === pressed));
      }
    });
  }
}
