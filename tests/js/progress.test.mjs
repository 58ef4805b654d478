// @ts-check
/** Levels, needs, what is next, and what counts: by hand on a small course. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFinished, setLevel, setNote, setVisited } from "../../overrides/js/record/actions.mjs";
import {
  chainOf, count, isMet, isReady, levelOf, levelsAboveGap, nextTopic,
} from "../../overrides/js/learning/progress.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

const NOW = new Date("2026-11-21T14:02:00Z");

/** @param {string} id @param {string[]} prerequisites @param {boolean} [planned] */
const topic = (id, prerequisites, planned = false) => ({
  id, title: id, short: id, part: 1, number: 1, url: planned ? null : `${id}/`, planned,
  study_mode: "learn", minutes: 45, prerequisites, opens: [], rubric: [], sections: [],
});

const COURSE = {
  version: 1,
  paths: [],
  parts: [{ number: 1, title: "One" }],
  topics: [
    topic("tokens", []),
    topic("vectors", [], true),
    topic("attention", ["tokens", "vectors"]),
    topic("heads", ["attention"]),
    topic("cross", ["heads", "tokens"], true),
  ],
};

/** @param {string} id @param {...number} levels */
const ticked = (id, ...levels) =>
  levels.reduce((record, level) => setLevel(record, id, String(level), true, NOW), emptyRecord());

test("the level is how many levels are ticked in a row, from the first", () => {
  assert.equal(levelOf(emptyRecord(), "a"), 0);
  assert.equal(levelOf(ticked("a", 1, 2, 3), "a"), 3);
  assert.equal(levelOf(ticked("a", 1, 3, 4), "a"), 1);
  assert.deepEqual(levelsAboveGap(ticked("a", 1, 3, 4), "a"), [3, 4]);
  assert.equal(levelOf(ticked("a", 2), "a"), 0);
  assert.equal(levelOf(setLevel(ticked("a", 1, 2), "a", "2", false, NOW), "a"), 1);
  assert.equal(levelOf(emptyRecord(), "constructor"), 0);
});

test("a need is met by level 2 or by finishing", () => {
  assert.equal(isMet(ticked("a", 1), "a"), false);
  assert.equal(isMet(ticked("a", 1, 2), "a"), true);
  assert.equal(isMet(setFinished(emptyRecord(), "a", true, NOW), "a"), true);
});

test("next is the first written, unfinished topic whose written prerequisites are met", () => {
  const next = (/** @type {any} */ record) => nextTopic(record, COURSE)?.id;
  assert.equal(next(emptyRecord()), "tokens");
  const one = setFinished(emptyRecord(), "tokens", true, NOW);
  assert.equal(next(one), "attention"); // vectors is planned: it cannot be met, so it does not block the next topic
  const two = setFinished(one, "attention", true, NOW);
  assert.equal(next(two), "heads");
  assert.equal(next(setFinished(two, "heads", true, NOW)), undefined);
  assert.equal(next(setFinished(two, "attention", false, NOW)), "attention");
  assert.equal(isReady(emptyRecord(), COURSE, COURSE.topics[3]), false);
});

test("planned topics never count, so all of the course can be finished", () => {
  let record = emptyRecord();
  assert.deepEqual(count(record, COURSE.topics), { finished: 0, written: 3, planned: 2 });
  const finished = ["tokens", "attention", "heads", "cross", "no such topic"];
  for (const id of finished) record = setFinished(record, id, true, NOW);
  assert.deepEqual(count(record, COURSE.topics), { finished: 3, written: 3, planned: 2 });
});

test("the chain of a topic is all that leads to it and all behind it", () => {
  const { needs, opens } = chainOf(COURSE, "attention");
  assert.deepEqual([...needs].sort(), ["tokens", "vectors"]);
  assert.deepEqual([...opens].sort(), ["cross", "heads"]);
  assert.deepEqual(chainOf(COURSE, "no such topic"), { needs: new Set(), opens: new Set() });
});

test("what is written later counts as later, even after a clock that ran ahead", () => {
  const ahead = setNote(emptyRecord(), "a", "written in 2031", new Date("2031-01-01T00:00:00Z"));
  assert.equal(setNote(ahead, "a", "written now", NOW).notes.a.updated, "2031-01-01T00:00:00.001Z");
});
