// @ts-check
/** What was shown is beside what was said, and is counted from the manifest's questions and exercises alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addAnswer, addRun, setLevel } from "../../overrides/js/record/actions.mjs";
import { ahead, exercisesOf, ownersOf, questionsOf, standings } from "../../overrides/js/learning/evidence.mjs";
import { levelOf } from "../../overrides/js/learning/progress.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";
import { record as anyRecord } from "./arbitraries.mjs";

const NOW = new Date("2026-11-21T14:02:00Z");

/** @param {string} id @param {object} [more] */
const topic = (id, more = {}) => ({
  id, title: id, short: id, part: 1, number: 1, url: `${id}/`, planned: false,
  study_mode: "learn", minutes: 45, prerequisites: [], opens: [], rubric: [], ...more,
});
const quiz = { questions: ["a", "b", "c", "d"].map((name) => ({ id: `t.${name}`, kind: "single" })) };
const exercise = { exercises: [{ id: "t.mask", title: "The mask", total: 7 }] };

/** @param {import("../../overrides/js/record/record_types.mjs").LearnerRecord} record @param {string} id @param {...boolean} tries */
const answered = (record, id, ...tries) =>
  tries.reduce((before, right) => addAnswer(before, id, { right, given: [] }, NOW), record);

test("the last try counts, of all that the topic asks", () => {
  const record = answered(answered(emptyRecord(), "t.a", false, true), "t.b", true, false);
  assert.deepEqual(questionsOf(record, topic("t", quiz)), { asked: 4, tried: 2, right: 1 });
  assert.deepEqual(questionsOf(record, topic("t")), { asked: 0, tried: 0, right: 0 });
  assert.deepEqual(questionsOf(answered(record, "t.gone", true), topic("t", quiz)), { asked: 4, tried: 2, right: 1 });
});

test("the best run counts; of two as good, the later", () => {
  const runs = [[3, 7], [6, 7], [5, 7], [6, 7]];
  const record = runs.reduce((before, [passed, total]) => addRun(before, "t.mask", { passed, total }, NOW), emptyRecord());
  assert.deepEqual(exercisesOf(record, topic("t", exercise)), [{ id: "t.mask", title: "The mask", passed: 6, total: 7 }]);
  assert.deepEqual(exercisesOf(emptyRecord(), topic("t", exercise)), []);
});

test("answers never change a level, nor a level what was shown", () => {
  fc.assert(fc.property(anyRecord, fc.integer({ min: 1, max: 4 }), (record, level) => {
    const shown = topic("attention", { questions: [{ id: "attention" }, { id: "heads" }], exercises: [{ id: "x.y" }] });
    const [before] = [questionsOf(record, shown)];
    assert.ok(before.right <= before.tried && before.tried <= before.asked);
    const said = setLevel(record, "attention", String(level), true, NOW);
    assert.deepEqual(questionsOf(said, shown), before);
    assert.deepEqual(exercisesOf(said, shown), exercisesOf(record, shown));
    assert.equal(levelOf(answered(record, "attention", true), "attention"), levelOf(record, "attention"));
  }), { numRuns: 300 });
});

test("the level that is furthest above what was shown comes first", () => {
  const topics = [topic("untouched"), topic("agrees", quiz), topic("t", quiz), topic("plan", { planned: true })];
  let record = answered(answered(emptyRecord(), "t.a", true), "t.b", true);
  record = setLevel(setLevel(record, "agrees", "1", true, NOW), "plan", "1", true, NOW);
  for (const level of ["1", "2", "3", "4"]) record = setLevel(record, "t", level, true, NOW);
  const rows = standings(record, topics);
  assert.deepEqual(rows.map((row) => row.topic.id), ["t", "agrees"]);
  assert.ok(ahead(rows[0]) > ahead(rows[1]) - 1e-9);
});

test("planned topics show nothing, and ids that are no strings are passed over", () => {
  const odd = topic("t", { questions: [null, { id: 3 }, { id: "t.a" }], exercises: "none" });
  assert.equal(questionsOf(emptyRecord(), odd).asked, 1);
  assert.deepEqual([...ownersOf([odd], "questions")], [["t.a", "t"]]);
});
