// @ts-check
/** How far a path is walked: by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFinished, setStep } from "../../overrides/js/record/actions.mjs";
import { walked } from "../../overrides/js/learning/path_progress.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

const NOW = new Date("2026-11-21T14:00:00Z");
const STEPS = [
  { id: "path-a.one", minutes: 5, topic: null, planned: false },
  { id: "topic-b", minutes: 7, topic: "topic-b", planned: false },
  { id: "topic-c", minutes: 0, topic: "topic-c", planned: true },
];

test("nothing is done at first, and the first step is next", () => {
  const { done, steps, minutes, allMinutes, next } = walked(emptyRecord(), STEPS);
  assert.deepEqual([done, steps, minutes, allMinutes, next?.id], [0, 2, 0, 12, "path-a.one"]);
});

test("a step counts when it is ticked, a topic when it is finished", () => {
  const ticked = setStep(emptyRecord(), "path-a.one", true, NOW);
  assert.deepEqual([walked(ticked, STEPS).done, walked(ticked, STEPS).next?.id], [1, "topic-b"]);
  const undone = setStep(ticked, "path-a.one", false, NOW);
  assert.equal(walked(undone, STEPS).done, 0);
  const both = setFinished(ticked, "topic-b", true, NOW);
  assert.deepEqual([walked(both, STEPS).minutes, walked(both, STEPS).next], [12, undefined]);
});

test("what is planned does not count, so every path has an end", () => {
  const all = setFinished(setStep(emptyRecord(), "path-a.one", true, NOW), "topic-b", true, NOW);
  assert.equal(walked(all, STEPS).done, walked(all, STEPS).steps);
});
