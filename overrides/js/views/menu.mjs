// @ts-check
/** Material opens its menu by a label, which no key reaches: put a button in its place. */

/** @param {{root: Document}} page */
export function start({ root }) {
  const label = root.querySelector('.md-header__button[for="__drawer"]');
  const toggle = root.getElementById("__drawer");
  if (!label || !(toggle instanceof HTMLInputElement)) return;
  const button = root.createElement("button");
  button.type = "button";
  button.className = `${label.className} opens-menu`;
  button.setAttribute("aria-label", "Menu");
  button.append(...label.childNodes);
  button.addEventListener("click", () => toggle.click());
  const tell = () => button.setAttribute("aria-expanded", String(toggle.checked));
  toggle.addEventListener("change", tell);
  tell();
  label.replaceWith(button);
}
