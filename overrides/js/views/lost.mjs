// @ts-check
/** The 404 page: the topics that the address may have meant, and the last one that the reader was at. */

import { address, element } from "../dom/elements.mjs";
import { lastVisited, meantBy } from "../learning/lost_page.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/lost_page.mjs").Topic} Topic
 */

/** @param {{root: Document, store: Store}} parts */
export async function start({ root, store }) {
  const place = root.querySelector("[data-lost]");
  const answer = await fetch(address("assets/course.json"));
  if (!answer.ok) return; // the page's own links stay
  const { topics } = await answer.json();
  const meant = meantBy(location.pathname, topics);
  const last = lastVisited(store.record, topics);
  const link = (/** @type {Topic} */ topic) => element("a", { href: address(topic.url ?? "") }, topic.title);
  if (meant.length > 0) place?.append(element("p", {}, "Did you mean one of these?"), element("ul", {}, ...meant.map((topic) => element("li", {}, link(topic)))));
  if (last && !meant.includes(last)) place?.append(element("p", {}, "You were last at ", link(last), "."));
}
