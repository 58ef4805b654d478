// @ts-check
/** What fills the dashboard's cards: levels, notes, visits, and stored texts that could not be read. */

import { address, download, element, when } from "./elements.mjs";
import { levelOf } from "./progress.mjs";
import { UNDATED } from "./shape.mjs";

/**
 * @typedef {import("./store.mjs").Store} Store
 * @typedef {import("./shape.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {import("./progress.mjs").Topic} Topic
 */

const EXCERPT = 160; // characters
const RECENT = 6; // visits

/**
 * @param {Store} store
 * @param {Manifest} manifest
 * @returns {[string, Node[]][]} where, and what
 */
export function cards(store, manifest) {
  const topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
  return [
    ["[data-levels]", levels(store.record, manifest)],
    ["[data-notes-list]", notes(store.record, topics)],
    ["[data-recent]", recent(store.record, topics)],
    ["[data-set-aside]", setAside(store)],
  ];
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 */
function levels(record, manifest) {
  const begun = manifest.topics.filter((topic) => levelOf(record, topic.id) > 0);
  if (begun.length === 0) {
    return [empty("Nothing ticked yet. Every topic ends with a list of what you can do: what you tick there shows here.")];
  }
  const rows = begun.map((topic) => {
    const level = levelOf(record, topic.id);
    const steps = [0, 1, 2, 3, 4].map((at) => element("span", { class: at === level ? "is-you" : "" }, String(at)));
    const scale = element("span", { class: "level-scale", "aria-hidden": "true" }, ...steps);
    const name = topic.rubric.find((step) => step.level === level)?.name ?? "";
    const words = element("span", { class: "meta" }, `Level ${level}${name ? `, ${name}` : ""}`);
    return element("li", {}, topicLink(topic.id, topic), scale, words);
  });
  return [element("ul", { class: "plain level-rows" }, ...rows)];
}

/**
 * @param {LearnerRecord} record
 * @param {Map<string, Topic>} topics
 */
function notes(record, topics) {
  const written = Object.entries(record.notes)
    .filter(([, note]) => note.content.trim() !== "")
    .sort(([, a], [, b]) => (a.updated < b.updated ? 1 : -1));
  if (written.length === 0) return [empty("No notes yet. Every topic ends with a place for them.")];
  const items = written.map(([id, note]) => {
    const start = note.content.trim().slice(0, EXCERPT);
    const more = note.content.trim().length > EXCERPT ? "…" : "";
    const time = note.updated === UNDATED ? [] : [element("p", { class: "meta" }, when(note.updated))];
    const excerpt = element("p", { class: "excerpt", dir: "auto" }, start + more);
    return element("li", {}, topicLink(id, topics.get(id), "#notes"), excerpt, ...time);
  });
  return [element("ul", { class: "plain note-rows" }, ...items)];
}

/**
 * @param {LearnerRecord} record
 * @param {Map<string, Topic>} topics
 */
function recent(record, topics) {
  const visits = Object.entries(record.visits)
    .filter(([id]) => topics.has(id))
    .sort(([, a], [, b]) => (a.last < b.last ? 1 : -1))
    .slice(0, RECENT);
  if (visits.length === 0) return [empty("Topics you open appear here.")];
  const items = visits.map(([id, { last }]) =>
    element("li", {}, topicLink(id, topics.get(id)), element("span", { class: "meta" }, when(last))),
  );
  return [element("ul", { class: "plain visit-rows" }, ...items)];
}

/** @param {Store} store */
function setAside(store) {
  const texts = store.setAside;
  if (texts.length === 0) return [];
  const rows = texts.map(({ time, text }) => {
    const button = element("button", { type: "button", class: "btn btn-quiet" }, "Save it as a file");
    button.addEventListener("click", () => download("set-aside", text, "txt"));
    return element("li", {}, `${when(time)}, ${text.length.toLocaleString("en-GB")} characters `, button);
  });
  return [
    element("h3", {}, "Set aside"),
    element("p", {}, "Stored texts in which something could not be read. They are kept as they were."),
    element("ul", { class: "plain aside-rows" }, ...rows),
  ];
}

/**
 * @param {string} id
 * @param {Topic | undefined} topic undefined for a topic that this course does not have: its entry is kept all the same
 * @param {string} [anchor]
 */
function topicLink(id, topic, anchor = "") {
  if (!topic) return element("b", { dir: "auto" }, id);
  const path = topic.url === null ? `reference/topic-map/#${id}` : topic.url + anchor;
  return element("a", { href: address(path) }, topic.title);
}

/** @param {string} text */
function empty(text) {
  return element("p", { class: "empty" }, text);
}
