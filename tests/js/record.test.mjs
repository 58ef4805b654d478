// @ts-check
/** Text to record and back: nothing right is lost, nothing wrong gets in, and nothing makes it throw. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { merge } from "../../overrides/js/record/merge.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";
import { SECTIONS, UNDATED, VERSION, emptyRecord, serialise } from "../../overrides/js/record/record_types.mjs";
import { anything, places, record, replaced, written } from "./arbitraries.mjs";
import { SHIPPED, shipped, today } from "./fixtures.mjs";
import { runs } from "./runs.mjs";

const TIME = "2026-11-21T14:02:00.000Z";
const RUNS = runs(1000);

test("a record survives being written and read", () => {
  fc.assert(fc.property(record, (value) => {
    const { record: read, wrong, problem } = parse(serialise(value));
    assert.deepEqual([wrong, problem], [[], null]);
    assert.equal(serialise(read), serialise(value));
  }), RUNS);
});

test("equal records are written alike, whatever the order of their keys", () => {
  const a = '{"version":1,"notes":{"x":{"content":"c"},"y":{"content":"d"}}}';
  const b = '{"notes":{"y":{"content":"d"},"x":{"content":"c"}},"version":1}';
  assert.equal(serialise(parse(a).record), serialise(parse(b).record));
});

test("any JSON at all is read without throwing, into a record that reads back", () => {
  fc.assert(fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
    const { record: read } = parse(JSON.stringify(value));
    assert.deepEqual(parse(serialise(read)).wrong, []);
  }), RUNS);
});

test("any text at all is read without throwing", () => {
  fc.assert(fc.property(fc.string(), fc.nat(40), (text, cut) => {
    parse(text);
    parse('{"version":1,"notes":{"x":{"content":"abc"}}}'.slice(0, cut));
  }), RUNS);
});

test("something else in any one place leaves every other entry as it was, and is named", () => {
  const shape = fc.tuple(written, anything, fc.nat());
  fc.assert(fc.property(shape, ([value, put, at]) => {
    const inside = places(value).filter((place) => place.length >= 2);
    fc.pre(inside.length > 0);
    const place = inside[at % inside.length];
    const [section, id] = place;
    fc.pre(SECTIONS.includes(section));
    const { record: before, wrong: wrongBefore } = parse(JSON.stringify(value));
    const { record: after, wrong } = parse(JSON.stringify(replaced(value, place, put)));
    for (const name of SECTIONS) {
      const others = Object.keys(before[name]).filter((key) => !(name === section && key === id));
      for (const key of others) assert.deepEqual(after[name][key], before[name][key], `${name}.${key}`);
    }
    for (const path of wrong) assert.ok(path.startsWith(`${section}.${id}`) || wrongBefore.includes(path), path);
  }), RUNS);
});

test("wrong parts are left out by name, the right ones stay", () => {
  const text = JSON.stringify({
    version: 1,
    notes: {
      number: 5, list: ["a"], none: null, empty: {}, content: { content: 7 },
      good: { content: "kept", updated: TIME },
      time: { content: "kept too", updated: 12 },
      history: { content: "kept", updated: TIME, history: [{ content: 1 }, { content: "old" }] },
    },
    rubric: { a: { 1: { value: "yes" }, 2: { value: true, updated: TIME } }, b: [] },
    visits: { a: { first: TIME }, b: { first: TIME, last: TIME } },
    finished: [],
  });
  const { record: read, wrong } = parse(text);
  assert.deepEqual(wrong.sort(), [
    "finished", "notes.content", "notes.empty", "notes.history.history.0", "notes.list", "notes.none", "notes.number",
    "notes.time.updated", "rubric.a.1", "rubric.b", "visits.a",
  ]);
  assert.deepEqual(Object.keys(read.notes).sort(), ["good", "history", "time"]);
  assert.deepEqual(read.notes.time, { content: "kept too", updated: UNDATED, history: [] });
  assert.deepEqual(read.notes.history.history, [{ content: "old", updated: UNDATED }]);
  assert.deepEqual(read.rubric, { a: { 2: { value: true, updated: TIME } } });
  assert.deepEqual(Object.keys(read.visits), ["b"]);
  assert.deepEqual(read.finished, {});
});

test("not JSON, and JSON that is no object, is unreadable", () => {
  for (const text of ["{", "{'version':1}", "[]", "[1,2]", "5", '"text"', "null", "true", "undefined", "[".repeat(200000)]) {
    assert.equal(parse(text).problem, "unreadable", text.slice(0, 20));
  }
  for (const text of [null, "", "  \n"]) assert.deepEqual(parse(text).record, emptyRecord());
});

test("the source page's records have no version: their notes are read, and the rest is kept", () => {
  const text = '{"notes":{"part1-a":{"content":"mine"}},"theme":"dark"}';
  const { record: read, wrong, version, problem } = parse(text);
  assert.deepEqual([wrong, version, problem], [[], 0, null]);
  assert.deepEqual(read.notes, { "part1-a": { content: "mine", updated: UNDATED, history: [] } });
  assert.deepEqual([read.version, read.theme], [3, "dark"]);
});

test("a newer version is recognised, and what is known of it can be read", () => {
  const { record: read, problem, version } = parse('{"version":7,"notes":{"x":{"content":"from the future"}}}');
  assert.deepEqual([problem, version, read.notes.x.content], ["newer", 7, "from the future"]);
  for (const odd of ['"2"', "1.5", "-1", "null", "{}", "[]"]) {
    const { problem: none, wrong } = parse(`{"version":${odd},"notes":{"x":{"content":"c"}}}`);
    assert.deepEqual([none, wrong], [null, ["version"]]);
  }
});

test("a prototype cannot be smuggled in", () => {
  const text = `{"__proto__":{"polluted":1},"version":1,
    "notes":{"__proto__":{"content":"evil"},"ok":{"content":"c","__proto__":{"x":1}},"constructor":{"content":"as any"}},
    "rubric":{"__proto__":{"1":{"value":true}}},"extra":{"deep":{"__proto__":{"polluted":1}}}}`;
  const { record: read, wrong } = parse(text);
  assert.deepEqual(wrong.sort(), ["__proto__", "extra", "notes.__proto__", "notes.ok.__proto__", "rubric.__proto__"]);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  assert.equal(Object.getPrototypeOf(read.notes), Object.prototype);
  assert.deepEqual(Object.keys(read.notes).sort(), ["constructor", "ok"]);
});

test("what could not be written again is left out: endless nesting, numbers beyond the largest", () => {
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  const { record: read, wrong } = parse(`{"version":1,"deep":${deep},"huge":1e999,"fine":{"a":[1,{"b":2}]}}`);
  assert.deepEqual(wrong.sort(), ["deep", "huge"]);
  assert.deepEqual(read.fine, { a: [1, { b: 2 }] });
});

test("times are read into one format, so that they compare as text", () => {
  const read = (/** @type {string} */ updated) => parse(JSON.stringify({ notes: { x: { content: "c", updated } } }));
  assert.equal(read("2026-11-21T15:02:00+01:00").record.notes.x.updated, TIME);
  for (const odd of ["yesterday", "2026-99-99T00:00:00Z", "9999-12-31T23:59:59.999Z", "+020000-01-01T00:00:00.000Z"]) {
    assert.deepEqual(read(odd).wrong, ["notes.x.updated"], odd);
  }
});

test("records of every version that shipped are read without loss, and then are of this one", () => {
  for (const version of SHIPPED) {
    const text = shipped(version);
    const old = JSON.parse(text);
    const { record: read, wrong, problem, version: said } = parse(text);
    assert.deepEqual([wrong, problem, said, read.version], [[], null, version, VERSION], `version ${version}`);
    for (const place of places(old).filter((keys) => keys.length > 0 && keys.join() !== "version")) {
      const [before, after] = [old, read].map((value) => place.reduce((part, key) => part?.[key], value));
      if (typeof before !== "object") assert.equal(after, before, `version ${version}: ${place.join(".")}`);
    }
    assert.equal(serialise(parse(serialise(read)).record), serialise(read));
    assert.equal(serialise(merge(read, read)), serialise(read));
  }
});

test("there is a record of every version that shipped, and this version's is written as it always was", () => {
  assert.deepEqual(SHIPPED, Array.from({ length: VERSION + 1 }, (_, version) => version));
  assert.equal(serialise(today()), shipped(VERSION), "a new way of writing needs a new version, and its fixture");
});

test("what version 2 adds is read by hand", () => {
  const topic = "part1-transformer-architecture";
  const { record: read } = parse(shipped(2));
  assert.deepEqual(read.answers[`${topic}.what-scales`].log.map(({ right, given }) => [right, given]), [
    [false, ["width"]], [true, ["sqrt"]],
  ]);
  assert.deepEqual(read.exercises[`${topic}.attention`].log.map(({ passed, total }) => [passed, total]), [[3, 5], [5, 5]]);
  assert.deepEqual(read.reviews[`${topic}.what-scales`].log, [{ at: "2026-11-24T09:00:00.000Z", grade: 3 }]);
  assert.equal(read.steps["path-lesson.run-the-code"].value, true);
  assert.deepEqual(read.time[topic], { "2026-11-21 k3f9a2xq": 1260, "2026-11-22 0000zzzz": 90 });
});

test("what version 3 adds is read by hand: where a run came from, what is said of an exercise, how a section was read", () => {
  const topic = "part1-transformer-architecture";
  const { record: read } = parse(shipped(3));
  assert.deepEqual(read.exercises[`${topic}.attention`].log.map(({ source }) => source), ["file", "file"]);
  assert.equal(read.done[`${topic}.attention`].value, true);
  assert.deepEqual(read.read[topic], { whole: { seconds: 315, end: true, last: "2026-11-24T09:00:00.000Z" } });
  const at = TIME;
  const { record: rest, wrong } = parse(JSON.stringify({
    version: 3, done: { x: { value: 1 } }, exercises: { x: { log: [{ at, passed: 1, total: 1, source: 5 }] } },
    read: { t: { a: { seconds: -1, end: true, last: at }, b: { seconds: 1, end: "no", last: at }, c: { seconds: 1, end: true } }, u: [] },
  }));
  assert.deepEqual(wrong.sort(), ["done.x", "exercises.x.log.0", "read.t.a", "read.t.b", "read.t.c", "read.u"]);
  assert.deepEqual(rest.read, { t: {} });
});

test("wrong events, runs, grades and days are left out by name, the right ones stay", () => {
  const at = TIME;
  const text = JSON.stringify({
    version: 2,
    answers: {
      good: { log: [{ at, right: true, given: [] }, { at, right: 1, given: [] }, { at, right: true, given: [5] }, "no"] },
      none: {}, list: { log: { 0: 1 } },
    },
    exercises: { x: { log: [{ at, passed: 6, total: 5 }, { at, passed: 0.5, total: 5 }, { at, passed: 0, total: 0 }, { at, passed: 0, total: 1 }] } },
    reviews: { q: { log: [{ at, grade: 5 }, { at: "today", grade: 4 }, { at, grade: 4 }] } },
    steps: { s: { value: true, updated: at }, t: true },
    time: { t: { "2026-11-21 a": 5, "2026-11-21 b": -1, "2026-11-22 a": "5", "2026-11-23 a": 90_000, note: "kept" }, u: [] },
    replaced: 5,
  });
  const { record: read, wrong } = parse(text);
  assert.deepEqual(wrong.sort(), [
    "answers.good.log.1", "answers.good.log.2", "answers.good.log.3", "answers.list", "answers.none",
    "exercises.x.log.0", "exercises.x.log.1", "exercises.x.log.2", "replaced", "reviews.q.log.0", "reviews.q.log.1",
    "steps.t", "time.t.2026-11-21 b", "time.t.2026-11-22 a", "time.t.2026-11-23 a", "time.u",
  ]);
  assert.deepEqual(read.answers, { good: { log: [{ at, right: true, given: [] }] } });
  assert.deepEqual(read.exercises.x.log, [{ at, passed: 0, total: 1 }]);
  assert.deepEqual(read.reviews.q.log, [{ at, grade: 4 }]);
  assert.deepEqual(read.time.t, { "2026-11-21 a": 5, note: "kept" });
  assert.equal(Object.hasOwn(read, "replaced"), false);
});

test("a log is read into its order, each event once", () => {
  const [late, early] = [{ at: "2026-11-22T00:00:00.000Z", grade: 1 }, { at: "2026-11-21T00:00:00.000Z", grade: 2 }];
  const { record: read, wrong } = parse(JSON.stringify({ version: 2, reviews: { q: { log: [late, early, late] } } }));
  assert.deepEqual([read.reviews.q.log, wrong], [[early, late], []]);
});
