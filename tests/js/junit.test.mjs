// @ts-check
/** What pytest's result file says, and what a file that only looks like one may not say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LARGEST, count, fault } from "../../overrides/js/learning/junit.mjs";

/** @typedef {import("../../overrides/js/learning/junit.mjs").Case} Case */

const EXERCISE = { file: "test_maps_exercise", starter: "maps_exercise.py", names: ["test_1_a", "test_2_b", "test_3_c"] };

/**
 * @param {string} name
 * @param {Partial<Case>} [more]
 * @returns {Case}
 */
function ran(name, more = {}) {
  return { file: "test_maps_exercise", name, outcome: "passed", message: "", text: "", ...more };
}

/** @param {Case[]} cases */
function counted(cases) {
  const result = count(cases, EXERCISE);
  assert.ok(typeof result !== "string", String(result));
  return result;
}

/** @param {Case[]} cases */
function refused(cases) {
  const result = count(cases, EXERCISE);
  assert.ok(typeof result === "string");
  return result;
}

test("what passed, what failed, and what the first failure says", () => {
  const result = counted([
    ran("test_1_a"),
    ran("test_2_b", { outcome: "failed", message: "Failed: Step 2: the scale is missing." }),
    ran("test_3_c", { outcome: "failed", message: "Failed: Step 3" }),
  ]);
  assert.deepEqual(result, {
    passed: ["test_1_a"], failed: ["test_2_b", "test_3_c"], missing: [], strange: 0,
    first: { name: "test_2_b", message: "Step 2: the scale is missing.", line: null },
  });
});

test("the first failure is the page's first, in whatever order the file has them", () => {
  const fails = (/** @type {string} */ name) => ran(name, { outcome: "failed", message: name });
  assert.equal(counted([fails("test_3_c"), fails("test_1_a")]).first?.name, "test_1_a");
});

test("a folder above the tests does not matter, another file does", () => {
  assert.deepEqual(counted([ran("test_1_a", { file: "week2.exercises.test_maps_exercise" })]).passed, ["test_1_a"]);
  assert.equal(
    refused([ran("test_1_a", { file: "test_attention_exercise" })]),
    "holds the result of test_attention_exercise.py, and not of test_maps_exercise.py.",
  );
  assert.equal(refused([]), "holds the result of no test at all, and not of test_maps_exercise.py.");
  assert.match(refused([ran("test_1_a", { file: "my_test_maps_exercise_2" })]), /of another file, and not/);
  const elsewhere = ran("test_attention_exercise", { file: "", outcome: "failed", message: "collection failure" });
  assert.match(refused([elsewhere]), /of test_attention_exercise.py, and not/);
});

test("tests that did not run are named, tests of another version are counted apart", () => {
  const result = counted([ran("test_2_b"), ran("test_9_z"), ran("test_1_a", { outcome: "skipped" })]);
  assert.deepEqual([result.passed, result.failed, result.missing, result.strange], [["test_2_b"], ["test_1_a"], ["test_3_c"], 1]);
  assert.equal(result.first?.message, "It was skipped.");
  assert.match(refused([ran("test_9_z")]), /none of the tests on this page/);
});

test("a test that is there twice passes only if it passes twice", () => {
  assert.deepEqual(counted([ran("test_1_a"), ran("test_1_a", { outcome: "failed", message: "no" })]).passed, []);
});

test("the failing line of the learner's own file is named", () => {
  const text = "test_maps_exercise.py:40: in test_2_b\n    ask()\nother_maps_exercise.py:9: x\nmaps_exercise.py:31: TypeError";
  const result = counted([ran("test_2_b", { outcome: "failed", message: "TypeError: no", text })]);
  assert.deepEqual(result.first, { name: "test_2_b", message: "TypeError: no", line: 31 });
  const inTests = "test_maps_exercise.py:40: AssertionError";
  assert.equal(counted([ran("test_2_b", { outcome: "failed", message: "x", text: inTests })]).first?.line, null);
});

test("a file that could not be imported: why, and where", () => {
  const broken = (/** @type {string} */ text) =>
    refused([{ file: "", name: "test_maps_exercise", outcome: "failed", message: "collection failure", text }]);
  assert.equal(
    broken("Traceback:\nE   ImportError: cannot import name 'looks' from 'maps_exercise' (/home/me/maps_exercise.py)"),
    "says that no test could run. Python says: ImportError: cannot import name 'looks' from 'maps_exercise'",
  );
  assert.equal(
    broken('E     File "/home/me/maps_exercise.py", line 12\nE       return (\nE              ^\nE   SyntaxError: \'(\' was never closed'),
    "says that no test could run. Python says: SyntaxError: '(' was never closed (maps_exercise.py, line 12)",
  );
  assert.equal(broken(""), "says that no test could run. pytest could not import the test file.");
});

test("what may go to the parser", () => {
  assert.equal(fault('<?xml version="1.0" encoding="utf-8"?><testsuites/>'), "");
  assert.equal(fault("\uFEFF <testsuite/>"), "");
  assert.match(fault(""), /not a result that pytest has written/);
  assert.match(fault("<html><body>"), /not a result/);
  assert.match(fault('{"version": 2}'), /not a result/);
  assert.match(fault('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><testsuites/>'), /declares things/);
  assert.match(fault("<testsuites><testsuite><testcase"), /ends in the middle/);
  assert.match(fault("<testsuites>" + " ".repeat(LARGEST)), /larger than 5 MB/);
});

const text = fc.oneof(fc.string(), fc.constantFrom(...EXERCISE.names, "test_maps_exercise", "collection failure", "__proto__", "<b>x</b>", "E   x (y)"));
const anyCase = fc.record({
  file: fc.oneof(text, fc.constant("test_maps_exercise")), name: text, message: text, text,
  outcome: /** @type {fc.Arbitrary<Case["outcome"]>} */ (fc.constantFrom("passed", "failed", "skipped")),
});

test("whatever a file holds: a sentence, or every test counted once", () => {
  fc.assert(fc.property(fc.array(anyCase, { maxLength: 12 }), (cases) => {
    const result = count(cases, EXERCISE);
    if (typeof result === "string") {
      assert.ok(result.length > 0 && result.length < 500);
      return;
    }
    const named = [...result.passed, ...result.failed, ...result.missing].sort();
    assert.deepEqual(named, EXERCISE.names);
    assert.equal(result.first === null, result.failed.length === 0);
    for (const name of result.passed) {
      assert.ok(cases.some((one) => one.name === name && one.outcome === "passed"));
      assert.ok(!cases.some((one) => one.file === EXERCISE.file && one.name === name && one.outcome !== "passed"));
    }
    assert.ok(result.first === null || (result.first.message.length > 0 && result.first.message.length <= 2_001));
  }), { numRuns: 2_000 });
});
