// @ts-check
/** What was shown is beside what was said, and is counted from the manifest's questions and exercises alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addAnswer, addReading, addRun, setDone, setFinished, setLevel } from "../../overrides/js/record/actions.mjs";
import {
  ahead, exercisesOf, isRead, ownersOf, percent, questionsOf, saysDone, shownRuns, standings, workOf, workOfAll, workText,
} from "../../overrides/js/learning/evidence.mjs";
import { levelOf } from "../../overrides/js/learning/progress.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";
import { record as anyRecord } from "./arbitraries.mjs";

const NOW = new Date("2026-11-21T14:02:00Z");

/** @param {string} id @param {object} [more] */
const topic = (id, more = {}) => ({
  id, title: id, short: id, part: 1, number: 1, url: `${id}/`, planned: false,
  study_mode: "learn", minutes: 45, prerequisites: [], opens: [], rubric: [], sections: [], ...more,
});
const quiz = { questions: ["a", "b", "c", "d"].map((name) => ({ id: `t.${name}`, kind: "single" })) };
const exercise = { exercises: [{ id: "t.mask", title: "The mask", total: 7 }] };

/** @param {import("../../overrides/js/record/record_types.mjs").LearnerRecord} record @param {string} id @param {...boolean} tries */
const answered = (record, id, ...tries) =>
  tries.reduce((before, right) => addAnswer(before, id, { right, given: [] }, NOW), record);

test("the last try counts, of all that the topic asks", () => {
  const record = answered(answered(emptyRecord(), "t.a", false, true), "t.b", true, false);
  assert.deepEqual(questionsOf(record, topic("t", quiz)), { asked: 4, answered: 2, right: 1 });
  assert.deepEqual(questionsOf(record, topic("t")), { asked: 0, answered: 0, right: 0 });
  assert.deepEqual(questionsOf(answered(record, "t.gone", true), topic("t", quiz)), { asked: 4, answered: 2, right: 1 });
});

test("the best run counts; of two as good, the later", () => {
  const runs = [[3, 7], [6, 7], [5, 7], [6, 7]];
  const record = runs.reduce((before, [passed, total]) => addRun(before, "t.mask", { passed, total }, NOW), emptyRecord());
  const [mask] = exercisesOf(record, topic("t", exercise));
  assert.deepEqual([mask.id, mask.title, mask.shown?.passed, mask.shown?.total, mask.says, mask.done], ["t.mask", "The mask", 6, 7, false, false]);
  assert.deepEqual(exercisesOf(emptyRecord(), topic("t", exercise)), [{ id: "t.mask", title: "The mask", shown: null, says: false, done: false }]);
});

test("what is said is never shown, makes an exercise done, and can be taken back", () => {
  const said = setDone(emptyRecord(), "t.mask", true, NOW);
  const [mask] = exercisesOf(said, topic("t", exercise));
  assert.deepEqual([mask.shown, mask.says, mask.done], [null, true, true]);
  assert.equal(saysDone(setDone(said, "t.mask", false, NOW), "t.mask"), false);
  const passed = addRun(emptyRecord(), "t.mask", { passed: 7, total: 7 }, NOW);
  assert.deepEqual([exercisesOf(passed, topic("t", exercise))[0].done, saysDone(passed, "t.mask")], [true, false]);
});

test("a run of version 2 that names no source: all passed was perhaps only said, and can be taken back; less came from a file", () => {
  const at = NOW.toISOString();
  const log = [{ at: "2026-11-20T09:00:00.000Z", passed: 3, total: 7 }, { at, passed: 7, total: 7 }];
  const { record } = parse(JSON.stringify({ version: 2, exercises: { "t.mask": { log } } }), NOW);
  const [mask] = exercisesOf(record, topic("t", exercise));
  assert.deepEqual([mask.shown?.passed, mask.says, mask.done], [3, true, true]);
  assert.equal(saysDone(setDone(record, "t.mask", false, NOW), "t.mask"), false);
  assert.equal(shownRuns(addRun(record, "t.mask", { passed: 7, total: 7 }, NOW), "t.mask").length, 2);
});

test("a section is read when its end was in view, and it was for a quarter of its minutes", () => {
  const section = { id: "a", minutes: 20 };
  const read = (/** @type {number} */ seconds, /** @type {boolean} */ end) => isRead(addReading(emptyRecord(), "t", "a", { seconds, end }, NOW), "t", section);
  assert.deepEqual([read(299, true), read(300, true), read(9000, false)], [false, true, false]);
  const twice = addReading(addReading(emptyRecord(), "t", "a", { seconds: 200, end: true }, NOW), "t", "a", { seconds: 100, end: false }, NOW);
  assert.equal(isRead(twice, "t", section), true);
  assert.equal(isRead(emptyRecord(), "t", section), false);
});

test("sections read, questions answered and exercises done move the bar; finishing and levels do not", () => {
  const work = topic("t", { ...quiz, ...exercise, sections: ["a", "b", "c"].map((id) => ({ id, title: id, mode: "learn", minutes: 4 })) });
  let record = setLevel(setFinished(emptyRecord(), "t", true, NOW), "t", "1", true, NOW);
  assert.equal(percent(workOf(record, work)), 0);
  record = answered(record, "t.a", false);
  record = addReading(record, "t", "b", { seconds: 60, end: true }, NOW);
  record = setDone(record, "t.mask", true, NOW);
  assert.deepEqual([workOf(record, work).done, workOf(record, work).all], [3, 8]);
  assert.equal(workText(workOf(record, work)), "1 of 3 sections read, 1 of 4 questions answered, 1 of 1 exercise done");
  const other = topic("u", { sections: [{ id: "a", title: "A", mode: "learn", minutes: 4 }] });
  const all = workOfAll(record, [work, other, topic("plan", { planned: true })]);
  assert.deepEqual([all.done, all.all, percent(all)], [3, 9, 33]);
});

test("a topic that lists no work is one piece of it, done when it is finished", () => {
  assert.deepEqual([workOf(emptyRecord(), topic("t")).done, workOf(setFinished(emptyRecord(), "t", true, NOW), topic("t")).done], [0, 1]);
});

test("100 % is all of it and nothing less; 0 % is nothing at all", () => {
  for (let all = 0; all <= 300; all += 1) {
    for (const done of [0, 1, all - 1, all].filter((some) => some >= 0 && some <= all)) {
      const value = percent({ done, all });
      assert.equal(value === 100, all > 0 && done === all);
      assert.equal(value === 0, done === 0);
      assert.ok(Number.isInteger(value) && value >= 0 && value <= 100);
    }
  }
});

test("answers never change a level, nor a level what was shown", () => {
  fc.assert(fc.property(anyRecord, fc.integer({ min: 1, max: 4 }), (record, level) => {
    const shown = topic("attention", { questions: [{ id: "attention" }, { id: "heads" }], exercises: [{ id: "x.y" }] });
    const [before] = [questionsOf(record, shown)];
    assert.ok(before.right <= before.answered && before.answered <= before.asked);
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
