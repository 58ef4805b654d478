// @ts-check
/** Merging: the laws over generated records, and by hand what two tabs and two devices do. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addAnswer, addRecall, addRun, addTime, asReplacement, replaceNote, setFinished, setLevel, setNote, setStep, setVisited,
} from "../../overrides/js/record/actions.mjs";
import { hasSeen, merge, nameOf, reconcile } from "../../overrides/js/record/merge.mjs";
import { isAcrossReplacement, mergeAcrossReplacement } from "../../overrides/js/record/replacement.mjs";
import { SECTIONS, emptyRecord, serialise } from "../../overrides/js/record/record_types.mjs";
import { record } from "./arbitraries.mjs";
import { runs } from "./runs.mjs";

const RUNS = runs(1000);
const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 10, 21, 14, minute));

/** @param {import("../../overrides/js/record/record_types.mjs").LearnerRecord} record */
const texts = (record) =>
  Object.entries(record.notes).flatMap(([id, note]) => [note, ...note.history].map(({ content }) => [id, content]));

test("merging is commutative", () => {
  fc.assert(fc.property(record, record, (a, b) => assert.equal(serialise(merge(a, b)), serialise(merge(b, a)))), RUNS);
});

test("merging is associative", () => {
  fc.assert(fc.property(record, record, record, (a, b, c) => {
    assert.equal(serialise(merge(merge(a, b), c)), serialise(merge(a, merge(b, c))));
  }), RUNS);
});

test("merging is idempotent, and the empty record adds nothing", () => {
  fc.assert(fc.property(record, record, (a, b) => {
    assert.equal(serialise(merge(a, a)), serialise(a));
    assert.equal(serialise(merge(merge(a, b), b)), serialise(merge(a, b)));
    assert.equal(serialise(merge(a, emptyRecord())), serialise(a));
  }), RUNS);
});

test("every text of either record is in the merged one, whole", () => {
  fc.assert(fc.property(record, record, (a, b) => {
    const kept = texts(merge(a, b));
    for (const [id, content] of [...texts(a), ...texts(b)]) {
      assert.ok(kept.some(([other, text]) => other === id && text.includes(content)), `${id}: ${content}`);
    }
  }), RUNS);
});

test("every entry and every unknown field of either record is in the merged one", () => {
  fc.assert(fc.property(record, record, (a, b) => {
    const merged = merge(a, b);
    for (const one of [a, b]) {
      for (const key of Object.keys(one)) assert.ok(Object.hasOwn(merged, key), key);
      for (const name of SECTIONS) {
        for (const [id, entry] of Object.entries(one[name])) {
          for (const key of Object.keys(entry)) {
            if (key !== "after") assert.ok(Object.hasOwn(merged[name][id], key), `${name}.${id}.${key}`);
          }
        }
      }
    }
  }), RUNS);
});

test("the later mark wins; at the same time the one that is set", () => {
  const ticked = setLevel(emptyRecord(), "a", "1", true, at(1));
  const cleared = setLevel(ticked, "a", "1", false, at(2));
  assert.equal(merge(ticked, cleared).rubric.a[1].value, false);
  const undone = setFinished(emptyRecord(), "a", false, at(1));
  assert.equal(merge(undone, setFinished(emptyRecord(), "a", true, at(1))).finished.a.value, true);
});

test("a visit keeps the earliest first and the latest last", () => {
  const [early, late] = [setVisited(emptyRecord(), "a", at(1)), setVisited(emptyRecord(), "a", at(9))];
  assert.deepEqual(merge(late, early).visits.a, { first: at(1).toISOString(), last: at(9).toISOString() });
});

test("a note written on two devices: the later text, the other in its history", () => {
  const here = setNote(emptyRecord(), "a", "from here", at(1));
  const there = setNote(emptyRecord(), "a", "from there", at(2));
  const { content, history } = merge(here, there).notes.a;
  assert.equal(content, "from there");
  assert.deepEqual(history, [{ content: "from here", updated: at(1).toISOString() }]);
});

test("a text that a later one contains is not kept twice", () => {
  const short = setNote(emptyRecord(), "a", "one", at(1));
  const long = setNote(emptyRecord(), "a", "one two", at(2));
  assert.deepEqual(merge(short, long).notes.a.history, []);
  const shortened = setNote(emptyRecord(), "a", "one", at(3));
  assert.deepEqual(merge(shortened, long).notes.a.history.map(({ content }) => content), ["one two"]);
});

test("a tab takes the stored text of notes that it only read", () => {
  const read = setNote(emptyRecord(), "a", "old words", at(1));
  const stored = setNote(emptyRecord(), "a", "new", at(2));
  assert.deepEqual(reconcile(read, stored, new Set()).notes.a, stored.notes.a);
});

test("a text written over the stored one replaces it; one written beside it keeps it", () => {
  const stored = setNote(emptyRecord(), "a", "stored words", at(1));
  const over = setNote(emptyRecord(), "a", "mine", at(2));
  over.notes.a.after = nameOf(stored.notes.a);
  assert.deepEqual(reconcile(over, stored, new Set(["a"])).notes.a.history, []);

  const beside = setNote(emptyRecord(), "a", "mine", at(2));
  const { content, history } = reconcile(beside, stored, new Set(["a"])).notes.a;
  assert.deepEqual([content, history.map((old) => old.content)], ["mine", ["stored words"]]);
});

test("two texts of the same millisecond are told apart by their names", () => {
  const [mine, theirs] = ["mine", "theirs"].map((text) => setNote(emptyRecord(), "a", text, at(1)));
  assert.notEqual(nameOf(mine.notes.a), nameOf(theirs.notes.a));
  const later = setNote(mine, "a", "mine, later", at(2));
  later.notes.a.after = nameOf(mine.notes.a);
  assert.deepEqual(reconcile(later, theirs, new Set(["a"])).notes.a.history.map(({ content }) => content), ["theirs"]);
});

test("a text that another tab wrote over mine, having seen it, is simply the newer one", () => {
  const mine = setNote(emptyRecord(), "a", "first", at(1));
  const theirs = setNote(emptyRecord(), "a", "second", at(2));
  theirs.notes.a.after = nameOf(mine.notes.a);
  assert.ok(hasSeen(mine.notes.a, theirs.notes.a));
  assert.deepEqual(reconcile(mine, theirs, new Set(["a"])).notes.a.history, []);
});

test("stored fields of a later version win over the ones this tab read before", () => {
  const held = { ...emptyRecord(), quizzes: { a: { score: 9 } } };
  const stored = { ...emptyRecord(), quizzes: { a: { score: 3, tries: 2 } } };
  assert.deepEqual(reconcile(held, stored, new Set()).quizzes, stored.quizzes);
});

test("two tabs that overwrote each other reach the same marks and visits, and lose no text written here", () => {
  const all = (/** @type {{notes: object}} */ { notes }) => new Set(Object.keys(notes));
  fc.assert(fc.property(record, record, (mine, theirs) => {
    const [one, other] = [reconcile(mine, theirs, all(mine)), reconcile(theirs, mine, all(theirs))];
    for (const name of SECTIONS.slice(1)) assert.deepEqual(one[name], other[name]);
    const kept = texts(one);
    for (const [id, content] of texts(mine)) {
      const current = mine.notes[id];
      const theyWroteOverIt = theirs.notes[id]?.after === nameOf(current) && content === current.content;
      assert.ok(theyWroteOverIt || kept.some(([key, text]) => key === id && text.includes(content)), `${id}: ${content}`);
    }
  }), RUNS);
});

test("a replaced text of a note is kept in its history", () => {
  const note = setNote(emptyRecord(), "a", "long thought", at(1));
  const { content, history } = replaceNote(note, "a", "put back", at(2)).notes.a;
  assert.deepEqual([content, history.map((old) => old.content)], ["put back", ["long thought"]]);
});

test("tries on two devices are all kept, in the order in which they were made", () => {
  const answer = (/** @type {any} */ record, /** @type {boolean} */ right, /** @type {number} */ minute) =>
    addAnswer(record, "a.scale", { right, given: [right ? "sqrt" : "width"] }, at(minute));
  const shared = answer(emptyRecord(), false, 1);
  const [here, there] = [answer(answer(shared, false, 2), true, 9), answer(shared, true, 5)];
  const rights = merge(here, there).answers["a.scale"].log.map((event) => [event.at.slice(14, 16), event.right]);
  assert.deepEqual(rights, [["01", false], ["02", false], ["05", true], ["09", true]]);
});

test("the same event from two copies counts once; two that differ at the same moment both count", () => {
  const run = (/** @type {number} */ passed) => addRun(emptyRecord(), "a.x", { passed, total: 5 }, at(1));
  assert.equal(merge(run(3), run(3)).exercises["a.x"].log.length, 1);
  assert.deepEqual(merge(run(3), run(5)).exercises["a.x"].log.map(({ passed }) => passed), [3, 5]);
});

test("reviews of different questions stay apart", () => {
  const merged = merge(addRecall(emptyRecord(), "a.p", 1, at(1)), addRecall(emptyRecord(), "a.q", 4, at(1)));
  assert.deepEqual([merged.reviews["a.p"].log.length, merged.reviews["a.q"].log[0].grade], [1, 4]);
});

test("an event after a clock that ran ahead still comes last", () => {
  const ahead = addRecall(emptyRecord(), "a.q", 1, new Date("2031-01-01T00:00:00Z"));
  const log = addRecall(ahead, "a.q", 4, at(1)).reviews["a.q"].log;
  assert.deepEqual([log.map(({ grade }) => grade), log[1].at], [[1, 4], "2031-01-01T00:00:00.001Z"]);
});

test("each device counts its own day: days of two add up, the same one twice does not", () => {
  const [mine, theirs] = ["2026-11-21 laptop00", "2026-11-21 phone000"];
  const here = addTime(addTime(emptyRecord(), "a", mine, 600), "a", mine, 30);
  const earlier = addTime(emptyRecord(), "a", mine, 600);
  const there = addTime(addTime(earlier, "a", theirs, 300), "a", "2026-11-22 phone000", 60);
  const days = { [mine]: 630, [theirs]: 300, "2026-11-22 phone000": 60 };
  assert.deepEqual(merge(here, there).time.a, days);
  assert.deepEqual(merge(merge(here, there), earlier).time.a, days);
  assert.equal(addTime(here, "a", mine, 1e9).time.a[mine], 86_400, "a day has no more seconds");
});

test("a step of a path: the later mark counts, and other steps are not touched", () => {
  const done = setStep(setStep(emptyRecord(), "path-day.read", true, at(1)), "path-day.run", true, at(1));
  const undone = setStep(done, "path-day.read", false, at(2));
  const merged = merge(undone, done);
  assert.deepEqual([merged.steps["path-day.read"].value, merged.steps["path-day.run"].value], [false, true]);
});

test("a record that replaced everything says so, later than any replacement before it", () => {
  const old = asReplacement(emptyRecord(), { ...emptyRecord(), replaced: "2031-01-01T00:00:00.000Z" }, at(1));
  assert.equal(old.replaced, "2031-01-01T00:00:00.001Z");
  const first = asReplacement(emptyRecord(), emptyRecord(), at(1));
  assert.equal(merge(first, asReplacement(emptyRecord(), first, at(2))).replaced, at(2).toISOString());
  assert.deepEqual([isAcrossReplacement(emptyRecord(), first), isAcrossReplacement(first, first)], [true, false]);
});

test("a tab drops everything that was replaced, except for changes that were not stored then", () => {
  const before = setFinished(setNote(emptyRecord(), "a", "old", at(1)), "a", true, at(1));
  const after = asReplacement(setNote(emptyRecord(), "b", "brought in", at(1)), before, at(3));
  assert.equal(serialise(mergeAcrossReplacement(before, after, [before], before)), serialise(after));
  const unseen = addRecall(setNote(before, "a", "old, and a moment ago", at(2)), "a.q", 4, at(2));
  for (const joined of [mergeAcrossReplacement(unseen, after, [before], unseen), mergeAcrossReplacement(after, unseen, [before], after)]) {
    assert.equal(joined.notes.a.content, "old, and a moment ago");
    assert.deepEqual([Object.keys(joined.reviews), Object.keys(joined.finished), joined.replaced], [["a.q"], [], after.replaced]);
  }
});

test("where no copy of what was replaced is left, a tab keeps what it had not stored, and loses nothing of others", () => {
  const stored = setNote(emptyRecord(), "a", "old", at(1));
  const after = asReplacement(emptyRecord(), stored, at(3));
  assert.deepEqual(Object.keys(mergeAcrossReplacement(setNote(stored, "c", "not stored", at(2)), after, [], stored).notes), ["c"]);
  assert.deepEqual(Object.keys(mergeAcrossReplacement(after, stored, [], after).notes), ["a"], "storage was emptied, then written again");
});

test("records on both sides of a replacement, whatever they hold: all of the newer one, all that is unseen of the older", () => {
  fc.assert(fc.property(record, record, record, (older, newer, seen) => {
    const after = { ...newer, replaced: "2026-02-02T00:00:00.000Z" };
    const joined = mergeAcrossReplacement({ ...older, replaced: "2026-01-01T00:00:00.000Z" }, after, [seen], emptyRecord());
    assert.equal(joined.replaced, after.replaced);
    for (const [id, content] of texts(after)) {
      assert.ok(texts(joined).some(([other, text]) => other === id && text.includes(content)));
    }
    for (const [id, content] of texts(older)) {
      const known = texts(seen).some(([other, text]) => other === id && text.includes(content));
      assert.ok(known || texts(joined).some(([other, text]) => other === id && text.includes(content)), `${id}: ${content}`);
    }
  }), RUNS);
});
