// @ts-check
/** Elements of a page, made and named in one place. What a learner wrote goes in as text, never as HTML. */

/**
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
 * Writes only what is new: a live region then speaks only when there is something to say.
 * @param {Element | null | undefined} place
 * @param {string} text
 */
export function say(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
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

/**
 * @param {string} time ISO
 * @param {Date} [now]
 * @returns {string} "14:02" today, otherwise "21 Nov 2026"
 */
export function when(time, now = new Date()) {
  const date = new Date(time);
  const today = date.toDateString() === now.toDateString();
  return today
    ? date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/**
 * @param {{minutes: number, time?: string}} topic
 * @returns {string} "6 h 20 min", or what the page says where no minutes are known
 */
export function duration({ minutes, time }) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? `${hours} h` : "", rest ? `${rest} min` : ""].filter(Boolean).join(" ") || (time ?? "");
}
