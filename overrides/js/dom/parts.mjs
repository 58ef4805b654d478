// @ts-check
/** Pieces of a page that weigh much: `[data-later]` names the small page that holds its content. */

const BEFORE_SEEN = "1200px"; // so that it is there when the reader is
const waiting = new WeakSet();

/**
 * Fetches every piece below `root` when it is needed: what is folded when it is opened, the rest before it is seen.
 * @param {ParentNode} root
 * @param {(part: HTMLElement) => void} added told when a piece has its content
 */
export function watchParts(root, added) {
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) load(/** @type {HTMLElement} */ (target));
  }, { rootMargin: BEFORE_SEEN });
  /** @param {HTMLElement} part */
  async function load(part) {
    if (waiting.has(part)) return;
    waiting.add(part);
    try {
      part.append(...(await fetched(part.dataset.later ?? "")));
      seen.unobserve(part);
      part.removeAttribute("data-later");
      part.querySelector(".part-link")?.remove();
      added(part);
    } catch {
      waiting.delete(part); // it is tried again when it is opened or seen again; until then its link is there
    }
  }
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-later]"))) {
    if (!(part instanceof HTMLDetailsElement)) seen.observe(part);
    else part.addEventListener("toggle", () => part.open && part.dataset.later && load(part));
  }
}

/**
 * The nodes of a piece.
 * @param {string} url
 * @returns {Promise<Node[]>}
 */
async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("[data-part]");
  if (!main) throw new Error(`${url}: this is no piece of a page`);
  return [...main.childNodes].map((node) => document.importNode(node, true));
}
