// @ts-check
/** The table of contents of a topic: how long each section takes, and which ones are read. */

import { isRead } from "../learning/evidence.mjs";
import { hoursAndMinutes } from "../text/numbers.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/progress.mjs").Manifest} Manifest
 */

const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} page */
export function start({ root, store, manifest }) {
  const id = root.querySelector("[data-topic-id]")?.getAttribute("data-topic-id");
  const topic = manifest.topics.find((one) => one.id === id);
  for (const list of root.querySelectorAll(".md-nav--secondary")) {
    if (!topic || bound.has(list)) continue;
    bound.add(list);
    const marks = topic.sections.flatMap((section) => {
      const link = list.querySelector(`a[href$="#${CSS.escape(section.id)}"]`);
      if (!link) return [];
      const mark = document.createElement("span");
      mark.className = "toc-mark";
      link.append(mark);
      return [{ section, mark }];
    });
    const draw = () => {
      for (const { section, mark } of marks) {
        const read = isRead(store.record, topic.id, section);
        mark.textContent = read ? "✓ read" : hoursAndMinutes(section.minutes);
        mark.classList.toggle("is-read", read);
      }
    };
    store.subscribe(draw);
    draw();
  }
}
