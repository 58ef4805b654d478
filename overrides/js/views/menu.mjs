// @ts-check
/** Material opens its menu and its search by labels, which no key reaches: put a button in the place of each. */

/** @param {{root: Document}} page */
export function start({ root }) {
  for (const [id, name, className] of [["__drawer", "Menu", "opens-menu"], ["__search", "Search", "opens-search"]]) {
    const label = root.querySelector(`.md-header__button[for="${id}"]`);
    const toggle = root.getElementById(id);
    if (!label || !(toggle instanceof HTMLInputElement)) continue;
    const button = root.createElement("button");
    button.type = "button";
    button.className = `${label.className} ${className}`;
    button.setAttribute("aria-label", name);
    button.append(...label.childNodes);
    button.addEventListener("click", () => {
      toggle.click();
      const field = root.querySelector("input.md-search__input");
      if (id === "__search" && field instanceof HTMLElement) field.focus();
    });
    const tell = () => button.setAttribute("aria-expanded", String(toggle.checked));
    toggle.addEventListener("change", tell);
    tell();
    label.replaceWith(button);
  }
}
