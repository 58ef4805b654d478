// @ts-check
/** Renamed topics, questions and exercises keep what was stored under their older ids. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { followAliases, renamedIn } from "../../overrides/js/record/aliases.mjs";
import {
  addAnswer, addReading, addRecall, addRun, addTime, setDone, setFinished, setLevel, setNote, setStep, setVisited,
} from "../../overrides/js/record/actions.mjs";
import { merge } from "../../overrides/js/record/merge.mjs";
import { SECTIONS, emptyRecord, serialise } from "../../overrides/js/record/record_types.mjs";
import { record } from "./arbitraries.mjs";
import { runs } from "./runs.mjs";

const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 10, 21, 14, minute));
const RENAMED = [{ id: "new", aliases: ["older", "old"] }];

/**
 * Something of every section under one id.
 * @param {string} id
 */
function everything(id) {
  let filled = setNote(emptyRecord(), id, "mine", at(1));
  filled = setLevel(filled, id, "1", true, at(1));
  filled = setFinished(setVisited(filled, id, at(1)), id, true, at(1));
  filled = addAnswer(filled, id, { right: true, given: ["a"] }, at(1));
  filled = addRun(filled, id, { passed: 1, total: 2 }, at(1));
  filled = addTime(addRecall(filled, id, 3, at(1)), id, "2026-11-21 a", 60);
  filled = addReading(setDone(filled, id, true, at(1)), id, "first", { seconds: 5, end: true }, at(1));
  return setStep(filled, id, true, at(1));
}

test("every section follows, and nothing of the old id is removed", () => {
  const old = everything("old");
  const followed = followAliases(old, RENAMED);
  for (const section of SECTIONS) {
    assert.deepEqual(Object.keys(followed[section]).sort(), ["new", "old"], section);
    assert.deepEqual(followed[section].old, old[section].old);
    assert.deepEqual({ .../** @type {any} */ (followed[section].new), followed: 0 }, { .../** @type {any} */ (old[section].old), followed: 0 });
  }
  assert.equal(followAliases(followed, RENAMED), followed, "once is enough");
});

test("of several older ids, each brings what it has", () => {
  const both = merge(everything("old"), addAnswer(emptyRecord(), "older", { right: false, given: [] }, at(0)));
  assert.deepEqual(followAliases(both, RENAMED).answers.new.log.map(({ right }) => right), [false, true]);
});

test("what the new id already has is joined, not replaced", () => {
  const begun = addAnswer(setNote(setLevel(emptyRecord(), "new", "1", false, at(9)), "new", "new text", at(9)), "new", { right: false, given: [] }, at(9));
  const followed = followAliases(merge(everything("old"), begun), RENAMED);
  assert.equal(followed.rubric.new[1].value, false, "the later word");
  assert.deepEqual(followed.answers.new.log.map(({ right }) => right), [true, false]);
  assert.deepEqual([followed.notes.new.content, followed.notes.new.history.map(({ content }) => content)], ["new text", ["mine"]]);
});

test("what was deleted from a note since it was renamed does not come back", () => {
  const followed = followAliases(everything("old"), RENAMED);
  const edited = setNote(followed, "new", "something else", at(5));
  assert.equal(followAliases(edited, RENAMED), edited);
  assert.deepEqual(edited.notes.new.history, []);
});

test("a note that another device continues under the old id is merged", () => {
  const here = setNote(followAliases(everything("old"), RENAMED), "new", "mine, and more", at(5));
  const there = setNote(everything("old"), "old", "written on the train", at(7));
  const joined = followAliases(merge(here, there), RENAMED);
  assert.equal(joined.notes.new.content, "written on the train");
  assert.deepEqual(joined.notes.new.history.map(({ content }) => content), ["mine, and more"]);
  assert.equal(followAliases(joined, RENAMED), joined);
});

test("following is done after one time, whatever the record", () => {
  const renamed = [{ id: "new", aliases: ["attention", "constructor"] }, { id: "heads", aliases: ["toString", "x.y"] }];
  fc.assert(fc.property(record, (value) => {
    const followed = followAliases(value, renamed);
    assert.equal(serialise(followAliases(followed, renamed)), serialise(followed));
    for (const section of SECTIONS) {
      for (const id of Object.keys(value[section])) assert.ok(Object.hasOwn(followed[section], id), `${section}.${id}`);
    }
  }), runs(500));
});

test("topics, questions, exercises and steps may be renamed; a manifest without them is fine too", () => {
  const renamed = (/** @type {string} */ id) => ({ id, aliases: [`${id}-before`] });
  const topic = { ...renamed("t"), questions: [renamed("t.q"), { id: "t.r" }], exercises: [renamed("t.x"), "t.y"] };
  const path = { ...renamed("path-p"), steps: [renamed("path-p.s"), "path-p.t"] };
  const all = renamedIn({ topics: [topic, { id: "u" }], paths: [path, "odd"] });
  assert.deepEqual(all.map(({ id }) => id), ["t", "t.q", "t.x", "path-p", "path-p.s"]);
  assert.deepEqual(renamedIn({ topics: [{ id: "t", aliases: [] }, { id: "u" }] }), []);
});
