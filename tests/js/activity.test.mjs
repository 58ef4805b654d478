// @ts-check
/** Days, time and days in a row, wherever the learner is and whatever the clocks do. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { activeDays, dayOf, inWords, later, secondsOf, secondsPerDay, stepOf, streak, weeks } from "../../overrides/js/learning/activity.mjs";
import { addAnswer, addRun, addTime, setFinished, setNote, setVisited } from "../../overrides/js/record/actions.mjs";
import { PATIENCE, Reading } from "../../overrides/js/learning/reading_time.mjs";
import { recentDays } from "../../overrides/js/learning/recent_activity.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";
import { record as anyRecord } from "./arbitraries.mjs";

const ZONES = ["UTC", "America/New_York", "Europe/London", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati"];
const time = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }).map((at) => new Date(at));

/** @param {() => void} check */
function everywhere(check) {
  const home = process.env.TZ;
  for (const zone of ZONES) {
    process.env.TZ = zone;
    check();
  }
  if (home === undefined) delete process.env.TZ;
  else process.env.TZ = home;
}

test("the next day is the next day, also when daylight saving begins or ends", () => everywhere(() => {
  fc.assert(fc.property(time, fc.integer({ min: -400, max: 400 }), (now, days) => {
    const there = later(now, days);
    assert.equal(dayOf(later(there, -days)), dayOf(now));
    if (days !== 0) assert.equal(dayOf(there) > dayOf(now), days > 0);
  }));
}));

test("twelve weeks are 84 days in a row, from a Monday, and today is in the last", () => everywhere(() => {
  fc.assert(fc.property(time, (now) => {
    const days = weeks(emptyRecord(), now, 12).flat();
    assert.equal(days.length, 84);
    assert.equal(new Set(days.map(({ day }) => day)).size, 84);
    assert.deepEqual(days.map(({ day }) => day), days.map(({ day }) => day).sort());
    assert.equal(new Date(`${days[0].day}T12:00:00Z`).getUTCDay(), 1);
    assert.ok(days.slice(-7).some(({ day, ahead }) => day === dayOf(now) && !ahead));
    assert.ok(days.every(({ day, ahead }) => ahead === day > dayOf(now)));
  }));
}));

test("days in a row end today, or yesterday while today is open", () => {
  const now = new Date(2026, 10, 21, 9);
  const days = (/** @type {number[]} */ ...back) => new Set(back.map((one) => dayOf(later(now, -one))));
  assert.equal(streak(days(), now), 0);
  assert.equal(streak(days(0), now), 1);
  assert.equal(streak(days(1, 2, 3), now), 3);
  assert.equal(streak(days(0, 1, 2, 4), now), 3);
  assert.equal(streak(days(2, 3), now), 0);
});

test("days in a row are as many as were put there", () => everywhere(() => {
  fc.assert(fc.property(time, fc.integer({ min: 1, max: 300 }), (now, count) => {
    const days = new Set(Array.from({ length: count }, (_, back) => dayOf(later(now, -back))));
    assert.equal(streak(days, now), count);
  }), { numRuns: 50 });
}));

test("time adds up over topics, days and devices", () => {
  let record = addTime(emptyRecord(), "a", "2026-11-20 one", 60);
  record = addTime(addTime(record, "a", "2026-11-20 two", 30), "b", "2026-11-21 one", 5);
  assert.equal(secondsOf(record, "a"), 90);
  assert.equal(secondsOf(record, "constructor"), 0);
  assert.deepEqual([...secondsPerDay(record)], [["2026-11-20", 90], ["2026-11-21", 5]]);
});

test("everything that was done makes its day one with something done", () => {
  fc.assert(fc.property(anyRecord, (record) => {
    const days = activeDays(record);
    for (const [day, seconds] of secondsPerDay(record)) assert.ok(seconds === 0 || days.has(day));
    for (const { log } of Object.values(record.answers)) for (const { at } of log) assert.ok(days.has(dayOf(new Date(at))));
    for (const { last } of Object.values(record.visits)) assert.ok(days.has(dayOf(new Date(last))));
  }), { numRuns: 300 });
});

test("a square fills with the minutes", () => {
  const step = (/** @type {number} */ minutes, done = true) => stepOf({ day: "", seconds: minutes * 60, done, ahead: false });
  assert.deepEqual([step(0, false), step(0), step(14), step(15), step(30), step(60), step(600)], [0, 1, 1, 2, 3, 4, 4]);
  assert.deepEqual([0, 59, 60, 3600, 22_800, 3_599].map(inWords), [
    "less than 1 min", "less than 1 min", "1 min", "1 h", "6 h 20 min", "1 h",
  ]);
});

test("reading counts for two minutes after a sign of the learner", () => {
  const reading = new Reading(0, true);
  assert.equal(reading.take(60_000), 0);
  reading.sign(60_000);
  assert.equal(reading.take(90_000), 30);
  assert.equal(reading.take(1_000_000), 90);
  reading.sign(1_000_000);
  reading.show(1_010_000, false);
  reading.sign(1_020_000);
  assert.equal(reading.take(1_030_000), 10);
  reading.show(1_040_000, true);
  assert.equal(reading.take(1_041_500), 1);
  assert.equal(reading.take(1_042_000), 1);
  assert.equal(reading.take(1_043_000, 5), 0);
  assert.equal(reading.take(1_045_000, 3), 3);
});

test("reading time equals a count second by second", () => {
  const event = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom("sign", "show", "hide", "take"));
  fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    const reading = new Reading(0, true);
    let [now, sign, visible, counted, taken] = [0, -Infinity, true, 0, 0];
    for (const [wait, what] of events) {
      for (let second = 0; second < wait; second += 1, now += 1) counted += Number(visible && now - sign < PATIENCE / 1000);
      if (what === "sign") {
        reading.sign(now * 1000);
        sign = now;
      } else if (what === "take") taken += reading.take(now * 1000);
      else {
        visible = what === "show";
        reading.show(now * 1000, visible);
      }
    }
    assert.equal(taken + reading.take(now * 1000), counted);
  }), { numRuns: 500 });
});

const MANIFEST = {
  version: 1,
  parts: [],
  paths: [],
  topics: ["a", "b"].map((id) => ({
    id, title: id, short: id, part: 1, number: 1, url: `${id}/`, planned: false, study_mode: "learn", minutes: 1,
    prerequisites: [], opens: [], rubric: [], sections: [], questions: [{ id: `${id}.q` }, { id: `${id}.r` }], exercises: [{ id: `${id}.e`, title: "E", total: 3 }],
  })),
};

test("recent activity: by day, newest first, one line for each kind and topic", () => {
  const at = (/** @type {number} */ day, /** @type {number} */ hour) => new Date(2026, 10, day, hour);
  let record = setVisited(setVisited(emptyRecord(), "a", at(19, 8)), "b", at(20, 8));
  record = addAnswer(record, "a.q", { right: true, given: [] }, at(20, 9));
  record = addAnswer(record, "a.r", { right: false, given: [] }, at(20, 10));
  record = addRun(addRun(record, "a.e", { passed: 1, total: 3 }, at(20, 11)), "a.e", { passed: 2, total: 3 }, at(20, 12));
  record = setNote(setFinished(record, "b", true, at(21, 7)), "lab-x", "seen", at(21, 9));
  record = addAnswer(setVisited(record, "gone", at(21, 10)), "gone.q", { right: true, given: [] }, at(21, 10));
  const said = recentDays(record, MANIFEST, 10).map(({ day, lines }) => [day, ...lines.map(({ topic, text }) => `${topic}: ${text}`)]);
  assert.deepEqual(said, [
    ["2026-11-21", "lab-x: note written", "b: marked as finished"],
    ["2026-11-20", "a: 2 exercise runs, 2 of 3 tests passed in the last", "a: 2 answers, 1 right", "b: visited"],
    ["2026-11-19", "a: visited"],
  ]);
  assert.equal(recentDays(record, MANIFEST, 2).flatMap(({ lines }) => lines).length, 2);
});
