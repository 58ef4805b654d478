// @ts-check
/** Creates and fills elements. What a learner wrote is inserted as text, never as HTML. */

/**
 * Creates an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean>} attributes true: present, false: absent
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const SHADES = ["", "a4", "a8", "a13", "a17"];

/**
 * The palette's class for a level; none for level 0.
 * @param {number} level
 */
export function shadeOf(level) {
  return SHADES[Math.min(level, SHADES.length - 1)];
}

/**
 * The level as a digit in its colour.
 * @param {Element} square
 * @param {number} level
 */
export function paintLevel(square, level) {
  square.classList.remove(...SHADES.slice(1));
  if (level > 0) square.classList.add(shadeOf(level));
  square.textContent = String(level);
}

/**
 * Sets a text only if it changes: a live region is then read aloud only when there is something new.
 * @param {Element | null | undefined} place
 * @param {string} text
 */
export function setText(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

/**
 * Replaces an element's children, unless they are equal: nobody who reads or tabs through them is disturbed.
 * @param {Element | null} place
 * @param {(Node | string)[]} nodes
 */
export function fill(place, nodes) {
  if (!place) return;
  const next = /** @type {Element} */ (place.cloneNode(false));
  next.append(...nodes);
  if (place.isEqualNode(next)) return;
  const focused = place.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  place.replaceChildren(...next.childNodes);
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[href="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
}

/**
 * An address within the site, from the page that is open.
 * @param {string} path relative to the site's root
 */
export function address(path) {
  const root = document.querySelector('meta[name="site-root"]')?.getAttribute("content") ?? "./";
  return new URL(root + path, document.baseURI).href;
}

/** @type {Record<string, string>} */
const TYPES = { json: "application/json", html: "text/html" };

/**
 * Saves a text as a file.
 * @param {string} what the file holds
 * @param {string} text
 * @param {string} [ending] of the file's name
 */
export function download(what, text, ending = "json") {
  const name = `transformer-course-${what}-${new Date().toISOString().slice(0, 10)}.${ending}`;
  const url = URL.createObjectURL(new Blob([text], { type: TYPES[ending] ?? "text/plain" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
