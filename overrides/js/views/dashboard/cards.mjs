// @ts-check
/** Three of the dashboard's cards: levels beside what was shown, recent activity, and texts that could not be read. */

import { download, element, fill } from "../../dom/elements.mjs";
import { dayOf } from "../../learning/activity.mjs";
import { standings } from "../../learning/evidence.mjs";
import { recentDays } from "../../learning/recent_activity.mjs";
import { dayText, timeOfDay, when } from "../../text/dates.mjs";
import { counted } from "../../text/numbers.mjs";
import { expandableList, topicLink } from "./rows.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 * @typedef {import("../../learning/evidence.mjs").Standing} Standing
 */

const FIRST = 8; // rows
const RECENT = 12; // lines

/**
 * @param {Element} dashboard
 * @param {Store} store
 * @param {Manifest} manifest
 */
export function drawCards(dashboard, store, manifest) {
  const topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
  drawLevels(dashboard.querySelector("[data-levels]"), store, manifest);
  fill(dashboard.querySelector("[data-recent]"), recent(store, manifest, topics));
  fill(dashboard.querySelector("[data-set-aside]"), setAside(store));
}

/**
 * @param {Element | null} place
 * @param {Store} store
 * @param {Manifest} manifest
 */
function drawLevels(place, store, manifest) {
  if (!place) return;
  const rows = standings(store.record, manifest.topics);
  if (rows.length === 0) return fill(place, []);
  const order = rows.length < 2 ? [] : [element("p", { class: "meta" }, "First where your level stands furthest above what you have shown.")];
  const redraw = () => drawLevels(place, store, manifest);
  fill(place, [...order, ...expandableList(place, { rows, make: levelRow, most: FIRST, name: "level-rows", redraw })]);
}

/** @param {Standing} standing */
function levelRow({ topic, level, questions, exercises }) {
  const steps = [0, 1, 2, 3, 4].map((at) => element("span", { class: at === level ? "is-you" : "" }, String(at)));
  const scale = element("span", { class: "level-scale", "aria-hidden": "true" }, ...steps);
  const name = topic.rubric.find((step) => step.level === level)?.name ?? "";
  const says = [
    level > 0 ? `You say: level ${level}${name ? `, ${name}` : ""}` : "You say: no level ticked yet",
    ...exercises.filter((one) => one.says).map(({ title }) => `You say: done, ${title}`),
  ];
  const shown = [
    ...(questions.answered > 0 ? [evidence(`${questions.right} of ${counted(questions.asked, "question")} right`, questions.right / questions.asked)] : []),
    ...exercises.flatMap(({ title, shown }) => (shown ? [evidence(`${shown.passed} of ${counted(shown.total, "test")} passed, ${title}`, shown.passed / shown.total)] : [])),
  ];
  const nothing = element("p", { class: "meta shown" }, "Shown: nothing yet");
  return element("li", {}, topicLink(topic.id, topic), scale, ...says.map((text) => element("p", { class: "meta says" }, text)), ...(shown.length > 0 ? shown : [nothing]));
}

/**
 * @param {string} text
 * @param {number} share
 */
function evidence(text, share) {
  const bar = element("span", { class: "shown-bar", "aria-hidden": "true" }, element("span", {}));
  /** @type {HTMLElement} */ (bar.firstElementChild).style.width = `${Math.round(share * 100)}%`;
  return element("p", { class: "meta shown" }, bar, element("span", {}, `Shown: ${text}`));
}

/**
 * @param {Store} store
 * @param {Manifest} manifest
 * @param {Map<string, Topic>} topics
 */
function recent(store, manifest, topics) {
  const now = new Date();
  const days = recentDays(store.record, manifest, RECENT);
  return days.flatMap(({ day, lines }) => [
    element("h3", { class: "day" }, day === dayOf(now) ? "Today" : dayText(day, { weekday: "long", day: "numeric", month: "long", ...yearOf(day, now) })),
    element("ul", { class: "plain visit-rows" }, ...lines.map(({ topic, at, text }) => {
      const said = element("span", {}, topicLink(topic, topics.get(topic)), `: ${text}`);
      return element("li", {}, said, element("span", { class: "meta" }, timeOfDay(at)));
    })),
  ]);
}

/**
 * @param {string} day
 * @param {Date} now
 * @returns {{year?: "numeric"}}
 */
function yearOf(day, now) {
  return day.startsWith(String(now.getFullYear())) ? {} : { year: "numeric" };
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
