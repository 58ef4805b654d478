// @ts-check
/** The dashboard: how far the learner is among the manifest's topics, and what comes next. */

import { address, element, fill, paintLevel, setText } from "../../dom/elements.mjs";
import { count, duration, isFinished, levelOf, nextTopic, percent } from "../../learning/progress.mjs";
import { entryOf } from "../../record/record_types.mjs";
import { drawCards } from "./cards.mjs";
import { DueCard } from "./due_card.mjs";
import { NotesCard } from "./notes_card.mjs";
import { drawTime } from "./time_card.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 */

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  const dashboard = root.querySelector("[data-dashboard]");
  if (!dashboard) return;
  const scripted = "[data-next], [data-cards], [data-backup], [data-show-names], [data-overall], .part-bar";
  for (const part of dashboard.querySelectorAll(scripted)) {
    part.removeAttribute("hidden");
  }
  const names = dashboard.querySelector("[data-show-names]");
  names?.addEventListener("click", () => {
    const shown = dashboard.classList.toggle("shows-names");
    names.setAttribute("aria-pressed", String(shown));
  });

  const notes = new NotesCard(dashboard, store, manifest);
  const due = new DueCard(dashboard, store, manifest);
  /** @type {LearnerRecord | undefined} */
  let drawn;
  const draw = () => {
    if (drawn === store.record) return;
    const start = performance.now();
    drawn = store.record;
    const next = nextTopic(drawn, manifest);
    setText(dashboard.querySelector("[data-summary]"), summary(drawn, manifest));
    fill(dashboard.querySelector("[data-next]"), banner(drawn, manifest, next));
    drawSquares(dashboard, drawn, manifest, next);
    drawCards(dashboard, store, manifest);
    drawTime(dashboard, store, manifest);
    notes.draw();
    due.draw();
    performance.measure("dashboard", { start });
  };
  store.subscribe(draw);
  draw();
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 */
function summary(record, manifest) {
  const { finished, written, planned } = count(record, manifest.topics);
  const topics = written === 1 ? "topic" : "topics";
  const more = planned > 0 ? ` ${planned} more ${planned === 1 ? "is" : "are"} planned.` : "";
  return `${finished} of ${written} ${topics} finished.${more} Everything here is stored in this browser only.`;
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Topic | undefined} next
 */
function banner(record, manifest, next) {
  const map = element("a", { class: "btn", href: address("reference/topic-map/") }, "Pick another on the map");
  const eyebrow = element("p", { class: "banner-eyebrow" }, "Next topic");
  if (!next) {
    const { written, planned } = count(record, manifest.topics);
    const more = planned > 0 ? "The map shows what is planned." : "Which topic is worth a second visit?";
    const title = written > 0 ? "You have finished every topic that is written" : "No topic is written yet";
    return [element("div", {}, eyebrow, element("h2", {}, title), element("p", {}, more)), buttons(map)];
  }
  const begun = entryOf(record.visits, next.id) !== undefined;
  const label = `${begun ? "Go on" : "Start"}, ${duration(next)}`;
  const go = element("a", { class: "btn btn-primary", href: address(next.url ?? "") }, label);
  const why = element("p", {}, reason(record, manifest, next));
  return [element("div", {}, eyebrow, element("h2", {}, next.title), why), buttons(go, map)];
}

/** @param {...Node} links */
function buttons(...links) {
  return element("p", { class: "buttons" }, ...links);
}

/**
 * Why this topic is next.
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Topic} topic
 */
function reason(record, manifest, topic) {
  const byId = new Map(manifest.topics.map((other) => [other.id, other]));
  const has = topic.prerequisites.filter((id) => !byId.get(id)?.planned).map((id) => {
    const level = levelOf(record, id);
    return `${byId.get(id)?.title ?? id}, ${level > 0 ? `level ${level}` : "finished"}`;
  });
  const opens = topic.opens.map((id) => byId.get(id)?.short ?? id);
  const needs = has.length > 0 ? `You have what it needs: ${joinWords(has, "; ")}.` : "It needs no other topic first.";
  return opens.length > 0 ? `${needs} It opens ${joinWords(opens, ", ")}.` : needs;
}

/**
 * @param {string[]} names
 * @param {string} between
 */
function joinWords(names, between) {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(between)} and ${names.at(-1)}`;
}

/**
 * @param {Element} dashboard
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Topic | undefined} next
 */
function drawSquares(dashboard, record, manifest, next) {
  const all = percent(count(record, manifest.topics));
  drawBar(dashboard.querySelector("[data-overall] progress"), all);
  setText(dashboard.querySelector("[data-overall-text]"), `${all}% of what is written`);
  for (const part of manifest.parts) {
    const { finished, written, planned } = count(record, manifest.topics.filter((topic) => topic.part === part.number));
    drawBar(dashboard.querySelector(`[data-part="${part.number}"] progress`), percent({ finished, written }));
    const says = written > 0 ? `${finished} of ${written} finished` : "";
    const more = planned > 0 ? `${planned} planned` : "";
    const place = dashboard.querySelector(`[data-part="${part.number}"] [data-part-count]`);
    setText(place, [says, more].filter(Boolean).join(", "));
  }
  const topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
  for (const link of dashboard.querySelectorAll("[data-topic-square]")) {
    const topic = topics.get(link.getAttribute("data-topic-square") ?? "");
    if (!topic || topic.planned) continue;
    const level = levelOf(record, topic.id);
    const finished = isFinished(record, topic.id);
    const square = link.querySelector(".level-square");
    if (square) paintLevel(square, level);
    if (square && topic === next && level === 0) square.textContent = "→";
    link.classList.toggle("is-finished", finished);
    link.classList.toggle("is-next", topic === next);
    const state = [`level ${level}`, finished ? "finished" : "", topic === next ? "next" : ""];
    setText(link.querySelector("[data-state]"), state.filter(Boolean).join(", "));
  }
}

/**
 * @param {Element | null} bar
 * @param {number} value of 100
 */
function drawBar(bar, value) {
  if (bar instanceof HTMLProgressElement) bar.value = value;
}
