// @ts-check
/** Material opens its menu and its search by labels, which no key reaches: make them buttons for the keyboard too. */

for (const [name, means] of [["__drawer", "Menu"], ["__search", "Search"]]) {
  const label = document.querySelector(`.md-header__button[for="${name}"]`);
  const toggle = document.getElementById(name);
  if (!(label instanceof HTMLElement) || !(toggle instanceof HTMLInputElement)) continue;
  label.tabIndex = 0;
  label.setAttribute("role", "button");
  label.setAttribute("aria-label", means);
  label.setAttribute("aria-expanded", "false");
  toggle.addEventListener("change", () => label.setAttribute("aria-expanded", String(toggle.checked)));
  label.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    label.click();
  });
}
