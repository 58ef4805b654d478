// @ts-check
/** The dashboard: how far the learner is among the manifest's topics, and what comes next. */

import { address, element, fill, paintLevel, setText } from "../../dom/elements.mjs";
import { percent, workOf, workOfAll, workText } from "../../learning/evidence.mjs";
import { goOn, placeUrl } from "../../learning/place.mjs";
import { count, duration, isFinished, levelOf } from "../../learning/progress.mjs";
import { counted, hoursAndMinutes } from "../../text/numbers.mjs";
import { drawCards } from "./cards.mjs";
import { DueCard } from "./due_card.mjs";
import { NotesCard } from "./notes_card.mjs";
import { drawTime } from "./time_card.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 * @typedef {ReturnType<typeof goOn>} Next
 */

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  const dashboard = root.querySelector("[data-dashboard]");
  if (!dashboard) return;
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
    const next = goOn(drawn, manifest);
    setText(dashboard.querySelector("[data-summary]"), summary(drawn, manifest));
    fill(dashboard.querySelector("[data-next]"), banner(drawn, manifest, next));
    drawProgress(dashboard, drawn, manifest);
    drawSquares(dashboard, drawn, manifest, next?.topic);
    drawCards(dashboard, store, manifest);
    drawTime(dashboard, store, manifest);
    notes.draw();
    due.draw();
    hideEmpty(dashboard);
    dashboard.classList.add("is-drawn");
    performance.measure("dashboard", { start });
  };
  store.subscribe(draw);
  draw();
}

const EMPTY = ":is([data-levels], [data-due], [data-recent]):empty, [data-notes-search][hidden], [data-weeks-figure][hidden]";

/**
 * Cards that have nothing to tell yet are left out.
 * @param {Element} dashboard
 */
function hideEmpty(dashboard) {
  const cards = [...dashboard.querySelectorAll("[data-cards] > .card")];
  for (const card of cards) card.toggleAttribute("hidden", card.querySelector(EMPTY) !== null);
  dashboard.querySelector("[data-nothing]")?.toggleAttribute("hidden", cards.some((card) => !card.hasAttribute("hidden")));
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 */
function summary(record, manifest) {
  const { finished, written, planned } = count(record, manifest.topics);
  const more = planned > 0 ? ` ${planned} more ${planned === 1 ? "is" : "are"} planned.` : "";
  return `You say that you have finished ${finished} of ${counted(written, "topic")}.${more} Everything here is stored in this browser only.`;
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Next} next
 */
function banner(record, manifest, next) {
  const map = element("a", { class: "btn", href: address("reference/topic-map/") }, "Pick another on the map");
  if (!next) {
    const { written, planned } = count(record, manifest.topics);
    const more = planned > 0 ? "The map shows what is planned." : "Which topic is worth a second visit?";
    const title = written > 0 ? "You have finished every topic that is written" : "No topic is written yet";
    return [element("div", {}, eyebrow("Next topic"), element("h2", {}, title), element("p", {}, more)), buttons(map)];
  }
  const { topic, section } = next;
  const label = section ? `Go on, ${hoursAndMinutes(section.minutes)}` : `Start, ${duration(topic)}`;
  const go = element("a", { class: "btn btn-primary", href: address(placeUrl(topic, section)) }, label);
  const where = section ? `Section ${topic.sections.indexOf(section) + 1} of ${topic.sections.length} in ${topic.title}.` : reason(record, manifest, topic);
  const said = [eyebrow(section ? "Go on" : "Next topic"), element("h2", {}, section?.title ?? topic.title), element("p", {}, where)];
  return [element("div", {}, ...said), buttons(go, map)];
}

/** @param {string} text */
function eyebrow(text) {
  return element("p", { class: "banner-eyebrow" }, text);
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
 * How much is done of what is written, in all and in each part.
 * @param {Element} dashboard
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 */
function drawProgress(dashboard, record, manifest) {
  const all = workOfAll(record, manifest.topics);
  drawBar(dashboard.querySelector("[data-overall] progress"), percent(all));
  setText(dashboard.querySelector("[data-overall-text]"), [`${percent(all)}% of what is written`, workText(all)].filter(Boolean).join(": "));
  for (const part of manifest.parts) {
    const place = dashboard.querySelector(`[data-part="${part.number}"]`);
    const topics = manifest.topics.filter((topic) => topic.part === part.number);
    const { written, planned } = count(record, topics);
    const done = percent(workOfAll(record, topics));
    const bar = place?.querySelector("progress");
    bar?.toggleAttribute("hidden", written === 0);
    drawBar(bar ?? null, done);
    const says = written > 0 ? `${done}% of ${counted(written, "topic")}` : "";
    setText(place?.querySelector("[data-part-count]"), [says, planned > 0 ? `${planned} planned` : ""].filter(Boolean).join(", "));
  }
}

/**
 * @param {Element} dashboard
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {Topic | undefined} next
 */
function drawSquares(dashboard, record, manifest, next) {
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
    const work = workOf(record, topic);
    setText(link.querySelector("[data-topic-percent]"), work.done > 0 ? `${percent(work)}%` : "");
    const state = [`level ${level}`, work.done > 0 ? `${percent(work)}% done` : "", finished ? "finished" : "", topic === next ? "next" : ""];
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
