// @ts-check
/** When a question comes back: the same on every device, never too early, and as FSRS says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as library from "ts-fsrs";
import { addAnswer, addRecall } from "../../overrides/js/record/actions.mjs";
import { merge } from "../../overrides/js/record/merge.mjs";
import { daysBetween, historyOf } from "../../overrides/js/learning/review_history.mjs";
import { interval, nextText } from "../../overrides/js/learning/review_text.mjs";
import { SETTINGS, Schedule } from "../../overrides/js/learning/schedule.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";
import { record as anyRecord } from "./arbitraries.mjs";
import { runs } from "./runs.mjs";

/** @typedef {import("../../overrides/js/record/record_types.mjs").LearnerRecord} LearnerRecord */

const RUNS = runs(300);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.UTC(2026, 10, 21, 14);
const ZONES = ["UTC", "America/New_York", "Europe/London", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati"];
const schedule = new Schedule(library);

/** Days and nights of weeks, an hour before a clock change among them, down to the same millisecond. */
const time = fc.oneof(
  fc.integer({ min: START, max: START + 400 * DAY }),
  fc.integer({ min: 0, max: 40 * 24 }).map((hours) => START + hours * HOUR),
  fc.constantFrom(START, START + 1, Date.UTC(2026, 9, 25, 0, 10), Date.UTC(2027, 2, 14, 6, 30), Date.UTC(8999, 0), 0),
);
const event = fc.record({
  id: fc.constantFrom("t.a", "t.b"), at: time, grade: fc.integer({ min: 1, max: 4 }), review: fc.boolean(), device: fc.nat(2),
});
const events = fc.array(event, { maxLength: 14 });

/** @typedef {{id: string, at: number, grade: number, review: boolean, device: number}} Happened */

/** @param {Happened[]} happened */
function recordOf(happened) {
  const inOrder = [...happened].sort((a, b) => a.at - b.at);
  return inOrder.reduce((record, { id, at, grade, review }) => {
    const now = new Date(at);
    return review ? addRecall(record, id, grade, now) : addAnswer(record, id, { right: grade > 2, given: [] }, now);
  }, emptyRecord());
}

/** @param {() => void} check as if it ran in each of these zones */
function everywhere(check) {
  const zone = process.env.TZ;
  try {
    for (const name of ZONES) {
      process.env.TZ = name;
      check();
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
}

/** @param {string} text */
const at = (text) => new Date(text);

/** @param {[string, boolean][]} tries */
const answered = (tries) => tries.reduce((record, [when, right]) => addAnswer(record, "t.a", { right, given: [] }, at(when)), emptyRecord());

test("the same card, whatever the order in which devices' histories are merged", () => {
  fc.assert(fc.property(events, (happened) => {
    const [a, b, c] = [0, 1, 2].map((device) => recordOf(happened.filter((one) => one.device === device)));
    const histories = [merge(merge(a, b), c), merge(c, merge(b, a)), merge(merge(b, b), merge(c, a))].map((record) => historyOf(record, "t.a"));
    assert.deepEqual(histories[1], histories[0]);
    assert.deepEqual(histories[2], histories[0]);
    assert.deepEqual(schedule.replay(histories[1]), schedule.replay(histories[0]));
  }), RUNS);
});

test("the same for records of every kind", () => {
  fc.assert(fc.property(anyRecord, anyRecord, (a, b) => {
    const ids = [...new Set([a, b].flatMap(({ answers, reviews }) => [...Object.keys(answers), ...Object.keys(reviews)]))].map((id) => ({ id }));
    assert.deepEqual(schedule.cards(merge(a, b), ids), schedule.cards(merge(b, a), ids));
  }), RUNS);
});

test("a card is what ts-fsrs makes of the history", () => {
  const fsrs = library.fsrs({ ...SETTINGS });
  fc.assert(fc.property(events, (happened) => {
    const history = historyOf(recordOf(happened), "t.a");
    if (history.length === 0) return;
    let stepped = library.createEmptyCard(new Date(history[0].at));
    for (const { at: when, grade } of history) stepped = fsrs.repeat(stepped, new Date(when))[/** @type {library.Grade} */ (grade)].card;
    assert.deepEqual(schedule.replay(history), stepped);
    const reviews = history.map(({ at: when, grade }) => ({ rating: grade, review: new Date(when) }));
    const { collections } = fsrs.reschedule(library.createEmptyCard(new Date(history[0].at)), /** @type {any} */ (reviews));
    assert.deepEqual(schedule.replay(history), collections.at(-1)?.card);
  }), RUNS);
});

test("nothing is due before it was last reviewed, and no harder grade later than an easier one", () => {
  everywhere(() => fc.assert(fc.property(events, time, (happened, now) => {
    const record = recordOf(happened);
    const history = historyOf(record, "t.a");
    const last = history.at(-1)?.at ?? 0;
    for (const { from } of schedule.cards(record, [{ id: "t.a" }])) assert.ok(from > last);
    const outlooks = schedule.outlooks(record, "t.a", new Date(now));
    assert.deepEqual(outlooks.map(({ grade }) => grade), [1, 2, 3, 4]);
    outlooks.forEach(({ from }, index) => assert.ok(from > last && from > now && from >= (outlooks[index - 1]?.from ?? 0)));
  }), runs(120)));
});

test("what a grade would lead to is what it then leads to", () => {
  fc.assert(fc.property(events, fc.integer({ min: 1, max: 4 }), fc.nat(500 * DAY), (happened, grade, later) => {
    const before = recordOf(happened.filter(({ at: when }) => when < START + 401 * DAY));
    const now = new Date(START + 401 * DAY + later);
    const graded = addRecall(before, "t.a", grade, now);
    assert.deepEqual(schedule.cards(graded, [{ id: "t.a" }])[0].from, schedule.outlooks(before, "t.a", now)[grade - 1].from);
  }), RUNS);
});

test("asking often, while the record changes, gives what asking once would", () => {
  const questions = [{ id: "t.a" }, { id: "t.b" }];
  fc.assert(fc.property(events, (happened) => {
    const kept = new Schedule(library);
    for (let count = 0; count <= happened.length; count += 1) {
      const record = recordOf(happened.slice(0, count));
      assert.deepEqual(kept.cards(record, questions), new Schedule(library).cards(record, questions));
    }
  }), runs(60));
});

test("counts agree with each other", () => {
  const questions = [{ id: "t.a" }, { id: "t.b" }, { id: "t.never-answered" }];
  everywhere(() => fc.assert(fc.property(events, time, (happened, when) => {
    const [record, now] = [recordOf(happened), new Date(when)];
    const days = schedule.perDay(record, now, questions, 40_000);
    const cards = schedule.cards(record, questions);
    assert.equal(schedule.dueCount(record, now, questions), cards.filter(({ from }) => from <= when).length);
    assert.ok(days[0] >= schedule.dueCount(record, now, questions));
    const next = schedule.nextDue(record, now, questions);
    assert.equal(next === undefined, cards.every(({ from }) => from <= when));
    if (!next) return;
    assert.ok(next.from > now && next.days >= 0 && next.count > 0);
    if (next.days > 0 && next.days < days.length) assert.equal(next.count, days[next.days]);
  }), runs(60)));
});

test("by hand: missed comes back in ten minutes, known in two days and then in longer ones", () => {
  const missed = answered([["2026-11-21T14:00:00Z", false]]);
  assert.deepEqual(historyOf(missed, "t.a"), [{ at: START, grade: 1 }]);
  assert.equal(schedule.cards(missed, [{ id: "t.a" }])[0].from, START + 10 * MINUTE);
  const known = answered([["2026-11-21T14:00:00Z", true]]);
  everywhere(() => {
    const [{ from }] = new Schedule(library).cards(known, [{ id: "t.a" }]);
    assert.equal(new Date(from).getHours(), 4);
    assert.equal(daysBetween(START, from), 2);
  });
  const waits = [];
  let record = known;
  for (let day = 0; day < 4; day += 1) {
    const [{ from }] = schedule.cards(record, [{ id: "t.a" }]);
    waits.push(schedule.outlooks(record, "t.a", new Date(from))[2].days);
    record = addRecall(record, "t.a", 3, new Date(from));
  }
  assert.deepEqual(waits, [11, 46, 163, 497]);
});

test("by hand: trying again at once does not count, on any side of midnight; the next day does", () => {
  const record = answered([
    ["2026-11-21T23:50:00Z", false], ["2026-11-21T23:51:00Z", true], ["2026-11-22T00:10:00Z", true], ["2026-11-22T12:00:00Z", true],
  ]);
  assert.deepEqual(historyOf(record, "t.a").map(({ grade }) => grade), [1, 3]);
  const reviewed = addRecall(record, "t.a", 2, at("2026-11-21T23:55:00Z"));
  assert.deepEqual(historyOf(reviewed, "t.a").map(({ grade }) => grade), [1, 2, 3]);
  const same = addRecall(answered([["2026-11-21T14:00:00Z", false]]), "t.a", 4, at("2026-11-21T14:00:00Z"));
  assert.deepEqual(historyOf(same, "t.a").map(({ grade }) => grade), [4], "the learner's own grade is the better word");
});

test("by hand: a night owl's day ends at four", () => {
  process.env.TZ = "UTC";
  const late = answered([["2026-11-22T03:55:00Z", true]]); // still the 21st
  assert.equal(new Date(schedule.cards(late, [{ id: "t.a" }])[0].from).toISOString(), "2026-11-23T04:00:00.000Z");
  assert.equal(daysBetween(Date.parse("2026-11-22T03:59:00Z"), Date.parse("2026-11-22T04:00:00Z")), 1);
  delete process.env.TZ;
});

test("by hand: due from its minute on, and not before", () => {
  const missed = answered([["2026-11-21T14:00:00Z", false]]);
  const counts = [-1, 0].map((late) => schedule.dueCount(missed, new Date(START + 10 * MINUTE + late), [{ id: "t.a" }]));
  assert.deepEqual(counts, [0, 1]);
});

test("a question that is gone is skipped, and its history stays", () => {
  const record = recordOf([{ id: "t.gone", at: START, grade: 1, review: true, device: 0 }]);
  assert.equal(schedule.dueCount(record, new Date(START + DAY), [{ id: "t.a" }]), 0);
  assert.equal(record.reviews["t.gone"].log.length, 1);
  assert.equal(schedule.dueCount(record, new Date(START + DAY), [{ id: "t.gone" }]), 1);
  assert.equal(schedule.dueCount(record, new Date(START + DAY), [{ id: "constructor" }, { id: "__proto__" }]), 0);
});

test("waits are written in words", () => {
  const said = [[0, 10], [1, 0], [3, 0], [30, 0], [45, 0], [91, 0], [365, 0], [800, 0]].map(([days, minutes]) => interval({ days, minutes }));
  assert.deepEqual(said, ["10 min", "1 day", "3 days", "30 days", "1.5 months", "3 months", "1 year", "2.2 years"]);
});

test("what is next is written in words", () => {
  const now = new Date(2026, 10, 21, 14, 0, 30); // a Saturday
  const next = (/** @type {Date} */ from, /** @type {number} */ days) => nextText({ from, days, count: days + 1 }, now);
  assert.equal(nextText(undefined, now), "");
  assert.equal(next(new Date(2026, 10, 21, 14, 9, 31), 0), "Next: today from 14:10, 1 question.");
  assert.equal(next(new Date(2026, 10, 22, 4), 1), "Next: tomorrow, 2 questions.");
  assert.equal(next(new Date(2026, 10, 26, 4), 5), "Next: on Thursday, 6 questions.");
  assert.equal(next(new Date(2026, 10, 28, 4), 7), "Next: on 28 November, 8 questions.");
  assert.equal(next(new Date(2027, 0, 2, 4), 42), "Next: on 2 January 2027, 43 questions.");
});
