// @ts-check
/** A clock was years ahead: what it stamped stays, and does not rule the present. By hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as library from "ts-fsrs";
import {
  addAnswer, addReading, addRecall, addRun, setDone, setFinished, setLevel, setNote, setVisited,
} from "../../overrides/js/record/actions.mjs";
import { recentDays } from "../../overrides/js/learning/recent_activity.mjs";
import { Schedule } from "../../overrides/js/learning/schedule.mjs";
import { withoutFuture } from "../../overrides/js/record/future.mjs";
import { merge } from "../../overrides/js/record/merge.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";
import { UNDATED, emptyRecord, serialise } from "../../overrides/js/record/record_types.mjs";

/** @typedef {import("../../overrides/js/record/record_types.mjs").LearnerRecord} LearnerRecord */

const WRONG = new Date("2031-05-01T09:00:00Z");
const NOW = new Date("2026-11-21T14:00:00Z");
const LATER = new Date("2026-11-22T14:00:00Z");
const schedule = new Schedule(library);

/** @param {LearnerRecord} record as this page, or another device, reads it from its text */
const read = (record) => parse(serialise(record), NOW).record;

test("what was done with the right clock wins over what the wrong clock stamped, on every device", () => {
  let ahead = setFinished(setLevel(emptyRecord(), "t", "1", true, WRONG), "t", true, WRONG);
  ahead = setNote(setDone(ahead, "t.e", true, WRONG), "t", "with the wrong clock", WRONG);
  let right = setFinished(setLevel(emptyRecord(), "t", "1", false, NOW), "t", false, NOW);
  right = setNote(setDone(right, "t.e", false, NOW), "t", "with the right one", NOW);
  const merged = merge(read(ahead), right);
  assert.deepEqual([merged.rubric.t["1"].value, merged.finished.t.value, merged.done["t.e"].value], [false, false, false]);
  assert.equal(merged.notes.t.content, "with the right one");
  assert.deepEqual(merged.notes.t.history.map(({ content }) => content), ["with the wrong clock"]);
  assert.equal(serialise(merge(right, read(ahead))), serialise(merged));
});

test("what is written next is stamped now, and a note keeps the text that was current", () => {
  const both = merge(setNote(emptyRecord(), "t", "first", NOW), setNote(emptyRecord(), "t", "second", WRONG));
  const { notes } = read(both);
  assert.deepEqual([notes.t.content, notes.t.updated], ["second", "2026-11-21T14:00:00.001Z"]);
  assert.equal(setNote(read(both), "t", "third", LATER).notes.t.updated, LATER.toISOString());
  const visited = read(setVisited(setVisited(emptyRecord(), "t", NOW), "t", WRONG));
  assert.deepEqual(visited.visits.t, { first: NOW.toISOString(), last: NOW.toISOString() });
});

test("a question answered in the future is due today, and then goes by the right clock", () => {
  const ahead = read(addRecall(addAnswer(emptyRecord(), "q", { right: true, given: ["a"] }, WRONG), "q", 4, WRONG));
  assert.equal(schedule.dueCount(ahead, NOW, [{ id: "q" }]), 1);
  const reviewed = addRecall(ahead, "q", 3, NOW);
  const [{ from }] = schedule.cards(reviewed, [{ id: "q" }]);
  const fresh = schedule.cards(addRecall(emptyRecord(), "q", 3, NOW), [{ id: "q" }]);
  assert.equal(from, fresh[0].from);
});

test("no event is lost, and the last try is one whose time is known", () => {
  let record = addAnswer(emptyRecord(), "q", { right: false, given: ["a"] }, WRONG);
  record = addAnswer(record, "q", { right: false, given: ["a"] }, WRONG);
  record = addRun(record, "e", { passed: 1, total: 2 }, WRONG);
  const settled = addAnswer(read(record), "q", { right: true, given: ["b"] }, NOW);
  assert.deepEqual(settled.answers.q.log.map(({ at, right }) => [at, right]), [[UNDATED, false], [UNDATED, false], [NOW.toISOString(), true]]);
  assert.equal(serialise(read(settled)), serialise(settled), "once is enough");
  assert.equal(serialise(merge(settled, read(settled))), serialise(settled));
});

test("recent activity leaves out what is not dated", () => {
  const record = read(setVisited(addReading(addAnswer(emptyRecord(), "t.q", { right: true, given: [] }, WRONG), "t", "a", { seconds: 9, end: true }, WRONG), "t", WRONG));
  const topic = {
    id: "t", title: "T", short: "T", part: 1, number: 1, url: "t/", planned: false, study_mode: "learn", minutes: 1,
    prerequisites: [], opens: [], rubric: [], sections: [], questions: [{ id: "t.q" }],
  };
  assert.deepEqual(recentDays(record, { version: 1, parts: [], topics: [topic], paths: [] }, 9), []);
  assert.equal(record.read.t.a.last, UNDATED);
});

test("an hour between two devices' clocks changes nothing, nor does a clock that lost its date", () => {
  const record = setFinished(emptyRecord(), "t", true, new Date(NOW.getTime() + 3_600_000));
  assert.deepEqual(withoutFuture(record, NOW), record);
  assert.equal(withoutFuture(record, new Date("2015-01-01T00:00:00Z")), record);
});
