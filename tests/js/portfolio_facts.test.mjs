// @ts-check
/** What a portfolio says: by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addAnswer, addReading, addRun, setDone, setFinished, setLevel, setNote } from "../../overrides/js/record/actions.mjs";
import { exercisesOf } from "../../overrides/js/learning/evidence.mjs";
import { chapters } from "../../overrides/js/learning/portfolio_facts.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 10, 21, 14, minute));
const topic = {
  id: "t", title: "Attention", short: "Attention", part: 1, number: 1, url: "t/", planned: false, study_mode: "learn",
  minutes: 10, prerequisites: [], opens: [], sections: [{ id: "a", title: "A", mode: "learn", minutes: 8 }], rubric: [{ level: 1, name: "Explain", can: "I can say." }],
  questions: [{ id: "t.q" }, { id: "t.r" }], exercises: [{ id: "t.e", title: "Write it", total: 10 }],
};
const manifest = { version: 1, parts: [{ number: 1, title: "One" }], topics: [topic], paths: [] };

test("an empty record has nothing to show", () => {
  assert.deepEqual(chapters(emptyRecord(), manifest), []);
});

test("what is said and what was shown stand side by side", () => {
  let record = setLevel(emptyRecord(), "t", "1", true, at(0));
  record = addAnswer(record, "t.q", { right: false, given: ["a"] }, at(1));
  record = addAnswer(record, "t.q", { right: true, given: ["b"] }, at(2));
  record = addRun(record, "t.e", { passed: 9, total: 10 }, at(3));
  record = addRun(record, "t.e", { passed: 4, total: 10 }, at(4));
  record = addReading(setDone(record, "t.e", true, at(4)), "t", "a", { seconds: 120, end: true }, at(4));
  record = setFinished(record, "t", true, at(5));
  assert.deepEqual(chapters(record, manifest), [{
    title: "Attention",
    facts: [
      "Says: level 1 of 1. “I can say.”",
      "Says: finished on 21 November 2026",
      "Says: “Write it” is done",
      "Read: 1 of 1 section",
      "Answered: 1 of 2 questions",
      "Shown: 1 of 2 questions right at the last try",
      "Shown: 9 of 10 tests passed in “Write it”",
    ],
    notes: [],
  }]);
});

test("notes are there whole, a lab's observations under its name, blank ones not at all", () => {
  let record = setNote(emptyRecord(), "t", "<b>mine</b>\n  as typed", at(1));
  record = setNote(record, "lab-attention-heads", "head 11", at(2));
  record = setNote(record, "gone", "   ", at(3));
  assert.deepEqual(chapters(record, manifest).map(({ title, notes }) => [title, notes[0].title, notes[0].content]), [
    ["Attention", "Notes", "<b>mine</b>\n  as typed"],
    ["Lab: Attention heads", "Observations", "head 11"],
  ]);
});

test("the best run is the one that the dashboard counts: of two with the same share the later", () => {
  let record = addRun(emptyRecord(), "t.e", { passed: 0, total: 0 }, at(0));
  record = addRun(record, "t.e", { passed: 3, total: 4 }, at(1));
  record = addRun(record, "t.e", { passed: 6, total: 8 }, at(2));
  record = addRun(record, "t.e", { passed: 1, total: 8 }, at(3));
  const [best] = exercisesOf(record, topic);
  assert.deepEqual([best.shown?.passed, best.shown?.total], [6, 8]);
  assert.ok(chapters(record, manifest)[0].facts.includes("Shown: 6 of 8 tests passed in “Write it”"));
});
