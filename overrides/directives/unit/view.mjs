// @ts-check
/**
 * The steps of a unit: pressing one marks its term, its lines and its sentence. The style sheet reads the button.
 * And its folded lines: hidden while the button that shows them all is not pressed; without a script all are shown.
 */

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
  for (const button of root.querySelectorAll("button[data-unfold]")) {
    const band = /** @type {Element} */ (button.closest(".band-code"));
    const few = button.textContent ?? "";
    band.classList.add("is-folded");
    button.removeAttribute("hidden");
    button.addEventListener("click", () => {
      const folded = band.classList.toggle("is-folded");
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? few : "Show fewer lines";
    });
  }
}
