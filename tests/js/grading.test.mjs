// @ts-check
/** Right and wrong: choices, numbers as people write them, and what code prints. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addAnswer } from "../../overrides/js/record/actions.mjs";
import { fault, grade, lastTry, readings, scoreOf, triesOf } from "../../overrides/js/learning/grading.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

/** @typedef {import("../../overrides/js/learning/grading.mjs").Question} Question */

const RUNS = { numRuns: 1000 };
const EMPTY = { options: [], key: null, tolerance: null, unit: null, mistakes: [] };

/** @param {boolean[]} rights @returns {Question} */
const choice = (rights, kind = "multiple") => ({
  ...EMPTY, kind, options: rights.map((right, at) => ({ key: `k${at}`, right })),
});
/** @param {number} key @param {Partial<Question>} [rest] @returns {Question} */
const numeric = (key, rest) => ({ ...EMPTY, kind: "numeric", key, ...rest });
/** @param {string} key @param {string[]} [mistakes] @returns {Question} */
const predict = (key, mistakes = []) => ({ ...EMPTY, kind: "predict", key, mistakes: mistakes.map((given) => ({ given })) });

test("a choice is right when exactly the right options are chosen", () => {
  const some = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(some, (options) => {
    const given = options.flatMap(([, chosen], at) => (chosen ? [`k${at}`] : []));
    const graded = grade(choice(options.map(([right]) => right)), given);
    assert.equal(graded.right, options.every(([right, chosen]) => right === chosen));
    assert.equal(graded.missed, options.filter(([right, chosen]) => right && !chosen).length);
  }), RUNS);
});

test("a key that the question no longer has does not make an answer right or wrong", () => {
  assert.equal(grade(choice([true, false], "single"), ["k0"]).right, true);
  assert.equal(grade(choice([true, false], "single"), ["gone"]).right, false);
});

test("a number is right within the tolerance, edges included, and nowhere else", () => {
  const key = fc.double({ min: -1000, max: 1000, noNaN: true });
  const share = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(fc.property(key, fc.constantFrom(0.01, 0.5, 2), share, (right, tolerance, by) => {
    fc.pre(Math.abs(Math.abs(by) - 1) > 1e-3);
    const typed = String(right + by * tolerance);
    assert.equal(grade(numeric(right, { tolerance }), [typed]).right, Math.abs(by) <= 1);
  }), RUNS);
  assert.equal(grade(numeric(0.75, { tolerance: 0.01 }), ["0.76"]).right, true);
  assert.equal(grade(numeric(0.75, { tolerance: 0.01 }), ["0.7601"]).right, false);
  assert.equal(grade(numeric(384), ["384"]).right, true);
  assert.equal(grade(numeric(384), ["384.001"]).right, false);
});

for (const [typed, unit, read] of /** @type {[string, string | null, number[]][]} */ ([
  ["0.5", null, [0.5]], [" .5 ", null, [0.5]], ["5.", null, [5]], ["0,5", null, [0.5]], ["−2", null, [-2]], ["+3", null, [3]],
  ["1,536", null, [1536, 1.536]], ["1,536,000", null, [1536000]], ["1 536", null, [1536]], ["1,536.5", null, [1536.5]],
  ["3/4", null, [0.75]], ["-1 / 8", null, [-0.125]], ["1/0", null, []], ["1/2/3", null, []],
  ["75 %", null, [0.75]], ["75%", "%", [75]], ["1e-3", null, [0.001]], ["2E3", null, [2000]],
  ["4 bits", "bits", [4]], ["4 Bits", "bits", [4]], ["4bits", "bits", [4]], ["4 nats", "bits", []],
  ["１２．５", null, [12.5]], ["－３／４", null, [-0.75]], ["７５％", null, [0.75]],
  ["", null, []], ["four", null, []], ["0x10", null, []], ["1.2.3", null, []], ["NaN", null, []], ["Infinity", null, []],
])) {
  test(`"${typed}"${unit ? ` in ${unit}` : ""} reads as ${read.join(" or ") || "no number"}`, () => {
    assert.deepEqual(readings(typed, unit), read);
  });
}

test("any text can be read, and gives finite numbers or none", () => {
  fc.assert(fc.property(fc.string(), fc.option(fc.string()), (typed, unit) => {
    assert.ok(readings(typed, unit).every(Number.isFinite));
  }), RUNS);
});

test("a number is read back however it was written", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), (number) => {
    assert.ok(readings(String(number)).includes(number));
    assert.ok(readings(String(number).replace(".", ",")).includes(number));
  }), RUNS);
});

for (const [printed, typed, right] of /** @type {[string, string, boolean][]} */ ([
  ["(2, 12, 5, 7)", "(2, 12, 5, 7)", true], ["(2, 12, 5, 7)", " ( 2,12,5,7 ) ", true], ["(2, 12, 5, 7)", "(2, 12, 7, 5)", false],
  ["[1 2]", "[1  2]", true], ["[1 2]", "[12]", false], ["a\nb", "a\r\n b\n", true], ["a\nb", "a b", true],
  ["['a', 'b']", '["a", "b"]', true], ["['it']", "[‘it’]", true], ["-1.0", "−1.0", true], ["True", "true", false],
  ["0.5", "0.50", false], ["x: 1", "x:1", true], ["", "x", false],
])) {
  test(`${JSON.stringify(typed)} ${right ? "is" : "is not"} what ${JSON.stringify(printed)} says`, () => {
    assert.equal(grade(predict(printed), [typed]).right, right);
  });
}

test("spaces in printed text make no difference", () => {
  const pieces = fc.array(fc.constantFrom("1", "0.5", "True", "x"), { minLength: 1, maxLength: 5 });
  const space = fc.constantFrom("", " ", "  ", "\t", "\n");
  fc.assert(fc.property(pieces, space, space, (parts, before, after) => {
    const loose = `${before}[${before}${parts.join(`${before},${after}`)}${after}]${after}`;
    assert.equal(grade(predict(`[${parts.join(", ")}]`), [loose]).right, true);
  }), RUNS);
});

test("a known mistake is recognised, and a right answer is never taken for one", () => {
  const question = numeric(0.75, { tolerance: 0.01, mistakes: [{ given: "1" }, { given: 0.25 }] });
  assert.deepEqual(grade(question, ["1.0"]), { right: false, missed: 0, mistake: 0 });
  assert.equal(grade(question, ["1/4"]).mistake, 1);
  assert.equal(grade(question, ["8"]).mistake, -1);
  assert.deepEqual(grade(question, ["0,75"]), { right: true, missed: 0, mistake: -1 });
  assert.equal(grade(predict("(2, 5)", ["(5, 2)"]), ["(5,2)"]).mistake, 0);
});

test("an answer that cannot be graded gets an instruction", () => {
  assert.equal(fault(choice([true, false], "single"), []), "Choose an option first.");
  assert.equal(fault(choice([true, false]), []), "Choose at least one option first.");
  assert.equal(fault(choice([true, false]), ["k1"]), "");
  assert.equal(fault(numeric(1), [" "]), "Write an answer first.");
  assert.equal(fault(numeric(1), ["one"]), "Write a number, such as 12 or 0.5.");
  assert.equal(fault(numeric(1), ["2"]), "");
  assert.equal(fault(predict("1"), ["\n"]), "Write an answer first.");
  assert.equal(fault(predict("1"), ["?"]), "");
});

test("the score counts the last try of each question, and knows what was not tried", () => {
  const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 10, 21, 14, minute));
  let record = addAnswer(emptyRecord(), "t.a", { right: true, given: ["x"] }, at(1));
  record = addAnswer(record, "t.a", { right: false, given: ["y"] }, at(2));
  record = addAnswer(record, "t.b", { right: true, given: ["4"] }, at(3));
  assert.deepEqual(scoreOf(record, ["t.a", "t.b", "t.c"]), { right: 1, tried: 2, total: 3 });
  assert.deepEqual(scoreOf(record, ["constructor", "__proto__"]), { right: 0, tried: 0, total: 2 });
  assert.equal(triesOf(record, "t.a"), 2);
  assert.deepEqual(lastTry(record, "t.a")?.given, ["y"]);
  assert.equal(lastTry(record, "t.c"), undefined);
});
