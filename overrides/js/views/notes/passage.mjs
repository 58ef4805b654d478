// @ts-check
/** Passages of the page: what is selected, in which section it is, and where a quoted one is now. */

const HEADINGS = "h1[id], h2[id], h3[id]";
const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, td, th, pre, figcaption, blockquote, summary, div";
// No words of the lesson: they change while the page is used.
const NOT_READ = "script, style, button, textarea, .headerlink, .notes, .notices";

/** @returns {Element} the part of the page that is the lesson */
export function lesson() {
  return document.querySelector(".md-content__inner") ?? document.querySelector("main") ?? document.body;
}

/**
 * The words of a part of the page: a line for each block, and the lines of code as they are.
 * @param {Range} range
 */
export function wordsIn(range) {
  let [words, before] = ["", /** @type {Element | null} */ (null)];
  for (const node of textNodes(range.commonAncestorContainer)) {
    if (!range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const until = node === range.endContainer ? range.endOffset : node.data.length;
    const part = node.data.slice(from, until);
    const block = node.parentElement?.closest(BLOCKS) ?? null;
    if (block !== before && words !== "") words += "\n";
    words += block?.closest("pre") ? part : part.replace(/\s+/g, " ");
    before = block;
  }
  return words.split("\n").map((line) => line.trimEnd()).filter(Boolean).join("\n");
}

/**
 * The heading above a place of the page.
 * @param {Element} within
 * @param {Range} range
 * @returns {{section: string, name: string}}
 */
export function sectionOf(within, range) {
  const above = [...within.querySelectorAll(HEADINGS)].filter((heading) => range.comparePoint(heading, 0) <= 0);
  const heading = above[above.length - 1] ?? within.querySelector(HEADINGS);
  const name = [...(heading?.childNodes ?? [])].filter((node) => !(node instanceof Element && node.matches(".headerlink")));
  return { section: heading?.id ?? "", name: name.map((node) => node.textContent).join("").replace(/\s+/g, " ").trim() };
}

/**
 * Where a passage is. Spaces and line breaks do not matter: a page may be wrapped or marked up in another way than it was.
 * @param {Element} within
 * @param {string} passage
 * @returns {Range | undefined} undefined if the page does not say this any more
 */
export function find(within, passage) {
  const wanted = squeezed(passage);
  const nodes = textNodes(within);
  const texts = nodes.map((node) => squeezed(node.data));
  const start = texts.join("").indexOf(wanted);
  if (wanted === "" || start < 0) return undefined;
  const place = (/** @type {number} */ index) => {
    let at = 0;
    while (index >= texts[at].length) index -= texts[at++].length;
    return /** @type {const} */ ([nodes[at], unsqueezed(nodes[at].data, index)]);
  };
  const range = document.createRange();
  range.setStart(...place(start));
  const [last, offset] = place(start + wanted.length - 1);
  range.setEnd(last, offset + 1);
  return range;
}

/**
 * Brings a place of the page into view, marks it where the browser can, and goes on from there.
 * @param {Range} range
 */
export function show(range) {
  const element = range.startContainer instanceof Element ? range.startContainer : range.startContainer.parentElement;
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  const block = element?.closest(BLOCKS) ?? element;
  if (!(block instanceof HTMLElement)) return;
  if (!block.hasAttribute("tabindex")) block.tabIndex = -1;
  block.focus({ preventScroll: true });
  block.scrollIntoView({ block: "center" });
  if ("highlights" in CSS) CSS.highlights.set("quoted", new Highlight(range));
}

/** @param {Node} within */
function textNodes(within) {
  if (within instanceof Text) return [within];
  const accept = (/** @type {Node} */ node) => {
    if (!(node instanceof Element)) return NodeFilter.FILTER_ACCEPT;
    return node.matches(NOT_READ) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, accept);
  /** @type {Text[]} */
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  return nodes;
}

/** @param {string} text */
function squeezed(text) {
  return text.replace(/\s+/g, "");
}

/**
 * @param {string} text
 * @param {number} index in the squeezed text
 * @returns {number} in the text itself
 */
function unsqueezed(text, index) {
  let at = 0;
  for (; at < text.length; at += 1) {
    if (/\s/.test(text[at])) continue;
    if (index === 0) break;
    index -= 1;
  }
  return at;
}
