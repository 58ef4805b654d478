// @ts-check
/** The dashboard's card with time: twelve weeks as a picture and as a list, and how long each topic was read. */

import { element, fill, setText, shadeOf } from "../../dom/elements.mjs";
import { activeDays, inWords, secondsOf, secondsPerDay, stepOf, streak, weeks } from "../../learning/activity.mjs";
import { dayText } from "../../text/dates.mjs";
import { counted } from "../../text/numbers.mjs";
import { empty, expandableList, topicLink } from "./rows.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 * @typedef {import("../../learning/activity.mjs").Day} Day
 */

const WEEKS = 12;
const FIRST = 6; // topics

/**
 * @param {Element} dashboard
 * @param {Store} store
 * @param {Manifest} manifest
 * @param {Date} [now]
 */
export function drawTime(dashboard, store, manifest, now = new Date()) {
  const card = dashboard.querySelector("[data-time]");
  if (!card) return;
  const grid = weeks(store.record, now, WEEKS);
  const days = grid.flat();
  const done = days.filter((day) => day.done && !day.ahead);
  const total = [...secondsPerDay(store.record).values()].reduce((sum, seconds) => sum + seconds, 0);
  const row = streak(activeDays(store.record), now);
  const begun = total > 0 || done.length > 0;
  const facts = [total > 0 ? `You have read for ${inWords(total)}.` : "", row > 1 ? `${row} days in a row.` : ""];
  setText(card.querySelector("[data-time-summary]"), facts.filter(Boolean).join(" "));
  for (const part of card.querySelectorAll("[data-weeks-figure], [data-days-list]")) part.toggleAttribute("hidden", !begun);
  drawWeeks(card.querySelector("[data-weeks]"), days, done);
  setText(card.querySelector("[data-weeks-from]"), dayText(days[0].day, { day: "numeric", month: "short" }));
  fill(card.querySelector("[data-days]"), dayRows(done));
  drawTopics(card.querySelector("[data-time-topics]"), store, manifest);
}

/**
 * @param {Element | null} place
 * @param {Day[]} days
 * @param {Day[]} done
 */
function drawWeeks(place, days, done) {
  if (!place) return;
  const seconds = done.reduce((sum, day) => sum + day.seconds, 0);
  const read = seconds > 0 ? `, ${inWords(seconds)} of reading` : "";
  place.setAttribute("aria-label", `The last ${WEEKS} weeks: something done on ${counted(done.length, "day")}${read}`);
  fill(place, days.map((day) => {
    const step = stepOf(day);
    const shade = day.ahead ? "is-ahead" : shadeOf(step);
    return element("span", { class: `day-square step-${step} ${shade}`.trim(), title: day.ahead ? "" : dayWords(day) });
  }));
}

/** @param {Day} day */
function dayWords({ day, seconds, done }) {
  return `${dayText(day)}: ${seconds > 0 ? inWords(seconds) : done ? "something done" : "nothing"}`;
}

/** @param {Day[]} done */
function dayRows(done) {
  if (done.length === 0) return [empty("Nothing in these weeks.")];
  return [element("ul", { class: "plain" }, ...[...done].reverse().map((day) => element("li", {}, dayWords(day))))];
}

/**
 * @param {Element | null} place
 * @param {Store} store
 * @param {Manifest} manifest
 */
function drawTopics(place, store, manifest) {
  if (!place) return;
  const rows = manifest.topics
    .map((topic) => ({ topic, seconds: secondsOf(store.record, topic.id) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds);
  if (rows.length === 0) return fill(place, []);
  const make = (/** @type {{topic: Topic, seconds: number}} */ { topic, seconds }) =>
    element("li", {}, topicLink(topic.id, topic), element("span", { class: "meta" }, inWords(seconds)));
  const title = element("h3", { class: "day" }, "Time per topic");
  const redraw = () => drawTopics(place, store, manifest);
  fill(place, [title, ...expandableList(place, { rows, make, most: FIRST, name: "visit-rows", redraw })]);
}
