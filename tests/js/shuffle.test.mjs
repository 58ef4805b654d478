// @ts-check
/** The order of options: the same for the same learner, question and try; otherwise every order equally often. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shuffled } from "../../overrides/js/learning/shuffle.mjs";

const RUNS = { numRuns: 1000 };
const items = fc.uniqueArray(fc.string(), { minLength: 0, maxLength: 6 });
const who = fc.tuple(fc.string(), fc.string(), fc.nat(40));

test("every option is there once, and the written order stays as it was", () => {
  fc.assert(fc.property(items, who, (options, [device, id, tries]) => {
    const before = [...options];
    assert.deepEqual([...shuffled(options, device, id, tries)].sort(), [...options].sort());
    assert.deepEqual(options, before);
  }), RUNS);
});

test("the same learner sees the same order at the same try", () => {
  fc.assert(fc.property(items, who, (options, [device, id, tries]) => {
    assert.deepEqual(shuffled(options, device, id, tries), shuffled(options, device, id, tries));
  }), RUNS);
});

test("no try shows the order of the try before", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 6 }), who, (options, [device, id, tries]) => {
    assert.notDeepEqual(shuffled(options, device, id, tries), shuffled(options, device, id, tries + 1));
  }), RUNS);
});

/**
 * How far counts are from being equal: the sum of squares, as chi-square has it.
 * @param {number[]} counts
 */
function unevenness(counts) {
  const even = counts.reduce((sum, one) => sum + one, 0) / counts.length;
  return counts.reduce((sum, one) => sum + (one - even) ** 2 / even, 0);
}

// Each limit is passed by chance once in a million; the seeds are fixed, so a test never fails by chance.
for (const [name, of] of /** @type {[string, (at: number) => string[]][]} */ ([
  ["learners", (at) => shuffled(["a", "b", "c", "d"], `device${at}`, "topic.question", 0)],
  ["questions", (at) => shuffled(["a", "b", "c", "d"], "device", `topic.question-${at}`, 0)],
  ["second tries", (at) => shuffled(["a", "b", "c", "d"], `device${at}`, "topic.question", 1)],
  ["tries of one learner", (at) => shuffled(["a", "b", "c", "d"], "device", "topic.question", at)],
])) {
  test(`over ${name}, all 24 orders of four options are equally likely`, () => {
    /** @type {Map<string, number>} */
    const orders = new Map();
    const rounds = name.startsWith("tries of") ? 1200 : 24_000;
    for (let at = 0; at < rounds; at += 1) {
      const order = of(at).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    assert.equal(orders.size, 24);
    assert.ok(unevenness([...orders.values()]) < 74, `chi-square with 23 degrees: ${unevenness([...orders.values()])}`);
  });
}

test("what a learner sees at one try says nothing of the next: the right one stands anywhere", () => {
  const counts = Array.from({ length: 16 }, () => 0);
  for (let at = 0; at < 16_000; at += 1) {
    const [first, second] = [0, 1].map((tries) => shuffled([0, 1, 2, 3], `device${at}`, "q", tries).indexOf(0));
    counts[4 * first + second] += 1;
  }
  // Of 24 orders, 6 keep it in its place, and one of these, the same order, is turned by one: 833, 1000 or 1167 each.
  assert.ok(Math.min(...counts) > 740 && Math.max(...counts) < 1280, counts.join(" "));
});
