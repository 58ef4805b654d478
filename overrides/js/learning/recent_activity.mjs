// @ts-check
/**
 * A learner's recent activity, newest first, by day. Pure.
 *
 * What was done of one kind on one topic on one day is one line: "8 questions answered, 6 right".
 *
 * @typedef {import("../record/record_types.mjs").LearnerRecord} LearnerRecord
 * @typedef {import("./progress.mjs").Manifest} Manifest
 * @typedef {{topic: string, at: string, text: string}} Line
 *   topic: its id, or the note's; at: the latest time of what it says
 * @typedef {{day: string, lines: Line[]}} RecentDay
 * @typedef {"finished" | "done" | "note" | "answer" | "run" | "review" | "visit"} Kind
 * @typedef {{kind: Kind, topic: string, at: string, good?: boolean, text?: string}} Event
 */

import { UNDATED } from "../record/record_types.mjs";
import { dayOf } from "./activity.mjs";
import { ownersOf, shownRuns } from "./evidence.mjs";

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @param {number} most lines
 * @returns {RecentDay[]}
 */
export function recentDays(record, manifest, most) {
  /** @type {Map<string, Event[]>} */
  const groups = new Map();
  for (const event of eventsOf(record, manifest)) {
    const key = `${dayOf(new Date(event.at))} ${event.kind} ${event.topic}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  const lines = withoutPlainVisits([...groups.values()]).map(lineOf);
  lines.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  /** @type {RecentDay[]} */
  const days = [];
  for (const line of lines.slice(0, most)) {
    const day = dayOf(new Date(line.at));
    if (days.at(-1)?.day !== day) days.push({ day, lines: [] });
    days.at(-1)?.lines.push(line);
  }
  return days;
}

/**
 * @param {LearnerRecord} record
 * @param {Manifest} manifest
 * @returns {Event[]} of what the manifest has, and notes wherever they belong
 */
function eventsOf(record, manifest) {
  const topics = new Set(manifest.topics.map(({ id }) => id));
  const questions = ownersOf(manifest.topics, "questions");
  const exercises = ownersOf(manifest.topics, "exercises");
  /** @type {Event[]} */
  const events = [];
  for (const [topic, { last }] of Object.entries(record.visits)) {
    if (topics.has(topic)) events.push({ kind: "visit", topic, at: last });
  }
  for (const [topic, { value, updated }] of Object.entries(record.finished)) {
    if (topics.has(topic) && value) events.push({ kind: "finished", topic, at: updated });
  }
  for (const [topic, { content, updated }] of Object.entries(record.notes)) {
    if (content.trim() !== "") events.push({ kind: "note", topic, at: updated });
  }
  for (const [id, { log }] of Object.entries(record.answers)) {
    const topic = questions.get(id);
    if (topic) events.push(...log.map(({ at, right }) => /** @type {Event} */ ({ kind: "answer", topic, at, good: right })));
  }
  for (const [id, { log }] of Object.entries(record.reviews)) {
    const topic = questions.get(id);
    if (topic) events.push(...log.map(({ at }) => /** @type {Event} */ ({ kind: "review", topic, at })));
  }
  for (const [id, { value, updated }] of Object.entries(record.done)) {
    const topic = exercises.get(id);
    if (topic && value) events.push({ kind: "done", topic, at: updated });
  }
  for (const id of Object.keys(record.exercises)) {
    const topic = exercises.get(id);
    const log = shownRuns(record, id);
    const text = (/** @type {{passed: number, total: number}} */ run) => `${run.passed} of ${run.total}`;
    if (topic) events.push(...log.map((run) => /** @type {Event} */ ({ kind: "run", topic, at: run.at, text: text(run) })));
  }
  return events.filter(({ at }) => at !== UNDATED);
}

/**
 * A visit is left out on a day on which more was done there.
 * @param {Event[][]} groups
 */
function withoutPlainVisits(groups) {
  const place = (/** @type {Event} */ { at, topic }) => `${dayOf(new Date(at))} ${topic}`;
  const busy = new Set(groups.filter(([{ kind }]) => kind !== "visit").map(([event]) => place(event)));
  return groups.filter(([event]) => event.kind !== "visit" || !busy.has(place(event)));
}

/**
 * @param {Event[]} events of one kind, topic and day
 * @returns {Line}
 */
function lineOf(events) {
  const latest = events.reduce((a, b) => (b.at > a.at ? b : a));
  return { topic: latest.topic, at: latest.at, text: textOf(events, latest) };
}

/**
 * @param {Event[]} events
 * @param {Event} latest
 */
function textOf(events, latest) {
  const count = events.length;
  switch (latest.kind) {
    case "visit": return "visited";
    case "finished": return "marked as finished";
    case "done": return count === 1 ? "said that an exercise is done" : `said that ${count} exercises are done`;
    case "note": return "note written";
    case "review": return `${count} ${count === 1 ? "review" : "reviews"}`;
    case "run": return count === 1 ? `exercise run, ${latest.text} tests passed` : `${count} exercise runs, ${latest.text} tests passed in the last`;
    default: {
      const right = events.filter(({ good }) => good).length;
      return `${count} ${count === 1 ? "answer" : "answers"}, ${right} right`;
    }
  }
}
