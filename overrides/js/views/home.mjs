// @ts-check
/**
 * The home page of a learner who comes back: where they were, what is due, the next step of their path, their last note.
 *
 * `<html class="is-returning">` is set before the first paint where there is a record (`theme/partials/returning.html`),
 * so the space is kept free; where nothing can be told after all, the newcomer's page comes back.
 */

import { address, element, setText } from "../dom/elements.mjs";
import { isRead, ownersOf } from "../learning/evidence.mjs";
import { followed, walked } from "../learning/path_progress.mjs";
import { goOn, lastPlace, placeUrl } from "../learning/place.mjs";
import { duration } from "../learning/progress.mjs";
import { nextText } from "../learning/review_text.mjs";
import { UNDATED, entryOf } from "../record/record_types.mjs";
import { shortDate, timeOfDay, when } from "../text/dates.mjs";
import { counted, hoursAndMinutes } from "../text/numbers.mjs";

/**
 * @typedef {import("../store/store.mjs").Store} Store
 * @typedef {import("../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../learning/progress.mjs").Topic} Topic
 */

const EXCERPT = 80; // characters of a note

/** @param {{root: ParentNode, store: Store}} parts */
export async function start({ root, store }) {
  const home = root.querySelector("[data-home]");
  const html = document.documentElement;
  if (!home || !html.classList.contains("is-returning")) return;
  home.querySelector("[data-home-about]")?.addEventListener("click", () => {
    html.classList.remove("is-returning");
    const title = /** @type {HTMLElement | null} */ (root.querySelector(".home-newcomer h1"));
    title?.setAttribute("tabindex", "-1");
    title?.focus();
  });
  try {
    const manifest = await readCourse();
    if (!drawPlace(home, store, manifest)) throw new Error("no place");
    drawPath(home, store, manifest);
    drawNote(home, store, manifest);
    const due = drawDue(home, store, manifest);
    home.classList.add("is-drawn");
    await due;
  } catch {
    if (!home.classList.contains("is-drawn")) html.classList.remove("is-returning");
  }
}

/** @returns {Promise<Manifest>} */
async function readCourse() {
  const answer = await fetch(address("assets/course.json"));
  if (!answer.ok) throw new Error(`course.json: ${answer.status}`);
  return answer.json();
}

/**
 * @param {Element} home
 * @param {Store} store
 * @param {Manifest} manifest
 * @returns {boolean} whether there is anything to go on with
 */
function drawPlace(home, store, manifest) {
  const last = lastPlace(store.record, manifest.topics);
  const next = goOn(store.record, manifest);
  if (!last || !next) return false;
  const { topic, section } = next;
  const same = last.topic === topic;
  setText(home.querySelector("[data-home-when]"), same ? `Where you were, ${whenWords(last.at)}` : `${last.topic.title} is behind you. Next`);
  setText(home.querySelector("[data-home-title]"), section?.title ?? topic.title);
  const place = section ? [`Section ${topic.sections.indexOf(section) + 1} of ${topic.sections.length} in `, topicLink(topic), "."] : [topic.title === last.topic.title ? "You have read all of it." : "You have what it needs."];
  home.querySelector("[data-home-section]")?.replaceChildren(...place);
  home.querySelector("[data-home-bar]")?.replaceChildren(...topic.sections.map((one) => {
    const state = isRead(store.record, topic.id, one) ? "is-read" : one === section ? "is-here" : "";
    return element("i", { class: state });
  }));
  const go = home.querySelector("[data-home-go]");
  go?.setAttribute("href", address(placeUrl(topic, section)));
  setText(go, `${same ? "Go on" : "Start"}, ${section ? hoursAndMinutes(section.minutes) : duration(topic)}`);
  const top = home.querySelector("[data-home-top]");
  top?.setAttribute("href", address(placeUrl(topic, undefined)));
  top?.toggleAttribute("hidden", section === undefined);
  return true;
}

/** @param {Topic} topic */
function topicLink(topic) {
  return element("a", { href: address(topic.url ?? "") }, topic.title);
}

/** @param {string} time */
function whenWords(time) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  const date = new Date(time);
  if (date.toDateString() === new Date().toDateString()) return `today ${timeOfDay(time)}`;
  return date.toDateString() === yesterday.toDateString() ? `yesterday ${timeOfDay(time)}` : shortDate(time);
}

/**
 * @param {Element} home
 * @param {Store} store
 * @param {Manifest} manifest
 */
function drawPath(home, store, manifest) {
  const row = home.querySelector("[data-home-path]");
  const path = followed(store.record, manifest.paths);
  const [said, more] = row?.querySelectorAll("dd") ?? [];
  const link = more?.querySelector("a");
  if (!path || !link) {
    said?.replaceChildren("You follow no path yet.");
    return setText(link, "See the paths");
  }
  const way = walked(store.record, path.steps, manifest.topics);
  const next = way.next ? element("a", { href: address(way.next.url ?? "") }, way.next.title) : "All that is written is done.";
  const where = way.next ? `, step ${way.next.number} of ${path.length}` : `, ${way.done} of ${counted(path.length, "step")}`;
  said.replaceChildren(element("b", {}, path.title), where, element("small", {}, next));
  link.setAttribute("href", address(`paths/#${path.id}`));
  setText(link, "See the path");
}

/**
 * @param {Element} home
 * @param {Store} store
 * @param {Manifest} manifest
 */
function drawNote(home, store, manifest) {
  const row = home.querySelector("[data-home-note]");
  const notes = Object.entries(store.record.notes).filter(([, { content }]) => content.trim() !== "");
  const [last] = notes.sort(([, a], [, b]) => (a.updated < b.updated ? 1 : -1));
  const [said, more] = row?.querySelectorAll("dd") ?? [];
  if (!row || !last || !more) return;
  const [id, { content, updated }] = last;
  const text = content.trim().replace(/\s+/g, " ");
  const short = text.length > EXCERPT ? `${Array.from(text).slice(0, EXCERPT).join("").replace(/\s\S*$/, "")} …` : text;
  const title = manifest.topics.find((topic) => topic.id === id)?.title ?? id;
  said.replaceChildren(`“${short}”`, element("small", {}, updated === UNDATED ? title : `${title}, ${when(updated)}`));
  setText(more.querySelector("a"), notes.length === 1 ? "Your notes" : `All ${notes.length} notes`);
  row.removeAttribute("hidden");
}

/**
 * Its row has the same height before and after it is counted. Those who never answered have no such row.
 * @param {Element} home
 * @param {Store} store
 * @param {Manifest} manifest
 */
async function drawDue(home, store, manifest) {
  const row = home.querySelector("[data-home-due]");
  const owners = ownersOf(manifest.topics.filter(({ planned }) => !planned), "questions");
  const answered = [...owners.keys()].some((id) => entryOf(store.record.answers, id));
  if (!row || !answered) return;
  row.removeAttribute("hidden");
  const [said, more] = row.querySelectorAll("dd");
  said.replaceChildren("Counting…");
  const { openSchedule } = await import("../learning/schedule.mjs");
  const schedule = await openSchedule();
  const questions = [...owners.keys()].map((id) => ({ id }));
  const now = new Date();
  const due = schedule.due(store.record, now, questions);
  const oldest = manifest.topics.find(({ id }) => id === owners.get(due[0]?.id))?.short;
  if (due.length > 0) said.replaceChildren(element("b", {}, counted(due.length, "question")), `, the oldest from ${oldest}`);
  else said.replaceChildren(`Nothing. ${nextText(schedule.nextDue(store.record, now, questions), now)}`.trim());
  more.classList.toggle("is-quiet", due.length === 0);
}
