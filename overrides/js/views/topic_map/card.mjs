// @ts-check
/** The topic map where there is no room for the graph: one topic, what it needs and what it opens, with links to both. */

import { address, element, fill, paintLevel } from "../../dom/elements.mjs";
import { duration, isFinished, levelOf, nextTopic } from "../../learning/progress.mjs";

/**
 * @typedef {import("../../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 */

/**
 * @param {Element | null} card
 * @param {{topic: Topic | undefined, record: LearnerRecord, manifest: Manifest, choose: (id: string) => void}} map
 */
export function drawMapCard(card, { topic, record, manifest, choose }) {
  const shown = topic ?? manifest.topics[0];
  card?.toggleAttribute("hidden", !shown);
  if (!card || !shown) return;
  const topics = new Map(manifest.topics.map((one) => [one.id, one]));
  /** @param {string} id */
  const step = (id) => {
    const neighbour = topics.get(id);
    const button = element("button", { type: "button", class: "btn map-step" }, squareOf(record, neighbour), neighbour?.short ?? id);
    button.addEventListener("click", () => {
      choose(id);
      /** @type {HTMLElement | null} */ (card.querySelector("[data-map-here]"))?.focus({ preventScroll: true });
    });
    return element("li", {}, button);
  };
  /** @param {string} title @param {string[]} ids @param {string} none */
  const side = (title, ids, none) => element(
    "div", { class: "map-side" }, element("h2", {}, title),
    ids.length > 0 ? element("ul", { class: "plain" }, ...ids.map(step)) : element("p", { class: "meta" }, none),
  );
  fill(card, [
    side("Needs", shown.prerequisites, "Nothing from this course"),
    here(shown, record, manifest),
    side("Opens", shown.opens, "Nothing more"),
  ]);
}

/**
 * @param {Topic} topic
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 */
function here(topic, record, manifest) {
  const isNext = topic === nextTopic(record, manifest);
  const state = [
    topic.planned ? "Planned, not written yet" : duration(topic),
    topic.planned ? "" : `level ${levelOf(record, topic.id)}`,
    isFinished(record, topic.id) && !topic.planned ? "finished" : "",
  ];
  const name = topic.url === null
    ? element("b", { "data-map-here": true, tabindex: "-1" }, topic.title)
    : element("a", { "data-map-here": true, href: address(topic.url) }, topic.title);
  return element(
    "div", { class: "map-here" }, element("h2", {}, isNext ? "Next" : "Chosen"),
    element("p", { class: "map-here-title" }, squareOf(record, topic), name),
    element("p", { class: "meta" }, state.filter(Boolean).join(", ")),
  );
}

/**
 * @param {LearnerRecord} record
 * @param {Topic | undefined} topic
 */
function squareOf(record, topic) {
  const planned = !topic || topic.planned;
  const square = element("span", { class: planned ? "level-square is-planned" : "level-square", "aria-hidden": "true" });
  if (!planned) paintLevel(square, levelOf(record, topic.id));
  return square;
}
