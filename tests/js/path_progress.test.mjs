// @ts-check
/** How far a path is walked, which path is followed, and where to go on: by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addAnswer, addReading, addRun, setDone, setFinished, setStep, setVisited } from "../../overrides/js/record/actions.mjs";
import { followed, isDone, walked } from "../../overrides/js/learning/path_progress.mjs";
import { goOn, lastPlace, placeUrl } from "../../overrides/js/learning/place.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

const NOW = new Date("2026-11-21T14:00:00Z");
const at = (/** @type {number} */ minute) => new Date(NOW.getTime() + minute * 60_000);
const evidence = { topic: "b", section: "one", questions: /** @type {string[]} */ ([]), exercises: /** @type {string[]} */ ([]) };
const ONE = { id: "path-a.one", number: 1, title: "One", url: "b/#one", minutes: 4, topic: null, evidence };
const WHOLE = { id: "b", number: 2, title: "B", url: "b/", minutes: 8, topic: "b", evidence: null };
const PLANNED = { id: "c", number: 3, title: "C", url: null, minutes: 0, topic: "c", evidence: null };
const STEPS = [ONE, WHOLE, PLANNED];
const section = (/** @type {string} */ id) => ({ id, title: id, mode: "learn", minutes: 4 });
const topic = (/** @type {string} */ id, /** @type {object} */ more = {}) => ({
  id, title: id, short: id, part: 1, number: 1, url: `${id}/`, planned: false, study_mode: "learn", minutes: 8,
  prerequisites: [], opens: [], rubric: [], sections: [section("one"), section("two")], ...more,
});
const TOPICS = [topic("b"), topic("c", { planned: true, url: null, sections: [] })];
const COURSE = { version: 1, parts: [], topics: [topic("b"), topic("d")], paths: [] };
const read = (/** @type {any} */ record, /** @type {string} */ id, /** @type {number} */ minute = 0) =>
  addReading(record, "b", id, { seconds: 60, end: true }, at(minute));

test("nothing is done at first, the first step is next, and what is planned counts in the length", () => {
  const way = walked(emptyRecord(), STEPS, TOPICS);
  assert.deepEqual([way.done, way.steps, way.planned, way.minutes, way.allMinutes, way.next?.id], [0, 3, 1, 0, 12, "path-a.one"]);
});

test("a step ticks itself when its section is read; a tick that is taken off stays off", () => {
  const record = read(emptyRecord(), "one");
  assert.equal(walked(record, STEPS, TOPICS).done, 1);
  const off = setStep(record, "path-a.one", false, NOW);
  assert.equal(walked(off, STEPS, TOPICS).done, 0);
  assert.equal(walked(setStep(emptyRecord(), "path-a.one", true, NOW), STEPS, TOPICS).next?.id, "b");
});

test("the evidence of a place is its exercises, or else its questions, or else that it was read", () => {
  const exercise = { ...ONE, evidence: { ...evidence, questions: ["b.q"], exercises: ["b.e"] } };
  const quiz = { ...ONE, evidence: { ...evidence, questions: ["b.q", "b.r"] } };
  const asked = addAnswer(read(emptyRecord(), "one"), "b.q", { right: false, given: [] }, NOW);
  const done = (/** @type {any} */ record, /** @type {any} */ step) => isDone(record, step, TOPICS);
  assert.deepEqual([done(asked, exercise), done(asked, quiz)], [false, false]);
  assert.equal(done(addAnswer(asked, "b.r", { right: true, given: [] }, NOW), quiz), true);
  assert.equal(done(addRun(asked, "b.e", { passed: 4, total: 5 }, NOW), exercise), false);
  assert.equal(done(addRun(asked, "b.e", { passed: 5, total: 5 }, NOW), exercise), true);
  assert.equal(done(setDone(asked, "b.e", true, NOW), exercise), true);
});

test("a topic is done when all its work is, or when the learner says it is finished", () => {
  assert.equal(isDone(read(emptyRecord(), "one"), WHOLE, TOPICS), false);
  assert.equal(isDone(read(read(emptyRecord(), "one"), "two"), WHOLE, TOPICS), true);
  const finished = walked(setFinished(emptyRecord(), "b", true, NOW), STEPS, TOPICS);
  assert.deepEqual([finished.done, finished.steps, finished.next?.id], [1, 3, "path-a.one"]);
  assert.equal(isDone(setFinished(emptyRecord(), "c", true, NOW), PLANNED, TOPICS), false);
});

test("the path that was chosen last is followed, or else the one with the latest tick, unless it was left", () => {
  const paths = [{ id: "path-a" }, { id: "path-b" }];
  assert.equal(followed(emptyRecord(), paths), undefined);
  let record = setStep(setStep(emptyRecord(), "path-a.one", true, at(0)), "path-b.one", true, at(1));
  assert.equal(followed(record, paths)?.id, "path-b");
  record = setStep(record, "path-a", true, at(2));
  assert.equal(followed(record, paths)?.id, "path-a");
  record = setStep(setStep(record, "path-a", false, at(3)), "path-b", false, at(4));
  assert.equal(followed(record, paths), undefined);
});

test("where the learner was: the section in view last until it is read, then the next one", () => {
  assert.equal(lastPlace(emptyRecord(), COURSE.topics), undefined);
  const begun = addReading(setVisited(emptyRecord(), "b", at(0)), "b", "one", { seconds: 5, end: false }, at(1));
  assert.equal(lastPlace(begun, COURSE.topics)?.section?.id, "one");
  const one = read(begun, "one", 2);
  assert.equal(placeUrl(topic("b"), goOn(one, COURSE)?.section), "b/#two");
  const skipped = addReading(begun, "b", "two", { seconds: 60, end: true }, at(3));
  assert.equal(lastPlace(skipped, COURSE.topics)?.section?.id, "one", "the end was read first: the beginning is left");
});

test("after the last section, or once it is finished, the next topic comes", () => {
  const all = read(read(setVisited(emptyRecord(), "b", at(0)), "one"), "two");
  assert.deepEqual([goOn(all, COURSE)?.topic.id, goOn(all, COURSE)?.section], ["b", undefined], "all is read, and not finished");
  const finished = setFinished(all, "b", true, at(5));
  assert.deepEqual([goOn(finished, COURSE)?.topic.id, goOn(finished, COURSE)?.section], ["d", undefined]);
  assert.equal(goOn(setFinished(finished, "d", true, at(6)), COURSE), undefined);
});
