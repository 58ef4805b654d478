// @ts-check
/** Files: the record out and in again to the byte, what is refused and why, what a file would change, and syncing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changes, countedEntries, differences, inventory } from "../../overrides/js/record/diff.mjs";
import { addAnswer, replaceNote, setFinished, setNote } from "../../overrides/js/record/actions.mjs";
import { fromFile, leftOut, toFile } from "../../overrides/js/record/files.mjs";
import { merge } from "../../overrides/js/record/merge.mjs";
import { SECTIONS, emptyRecord, serialise } from "../../overrides/js/record/record_types.mjs";
import { mergeSynced } from "../../overrides/js/record/sync_merge.mjs";
import { anything, places, record, replaced, written } from "./arbitraries.mjs";
import { SHIPPED, shipped } from "./fixtures.mjs";
import { runs } from "./runs.mjs";

const SCHEMA = "https://example.org/assets/record.schema.json";
const RUNS = runs(500);
const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 10, 21, 14, minute));

/** @param {string} text */
function good(text) {
  const file = fromFile(text);
  if (typeof file === "string") throw new Error(file);
  return file;
}

test("out, in and out again is the same to the byte", () => {
  fc.assert(fc.property(record, (value) => {
    const text = toFile(value, SCHEMA);
    assert.equal(toFile(good(text).record, SCHEMA), text);
    assert.equal(toFile(merge(emptyRecord(), good(text).record), SCHEMA), text);
  }), RUNS);
});

test("a file names its schema, which is not kept, and not when this browser's record was replaced", () => {
  const text = toFile({ ...emptyRecord(), replaced: "2026-11-21T14:02:00.000Z" }, SCHEMA);
  assert.equal(JSON.parse(text).$schema, SCHEMA);
  assert.equal(text.includes("2026-11-21"), false);
  assert.equal(Object.hasOwn(good(text).record, "$schema"), false);
  const smuggled = '{"version":2,"replaced":"8999-01-01T00:00:00.000Z","notes":{"a":{"content":"c"}}}';
  assert.equal(Object.hasOwn(good(smuggled).record, "replaced"), false);
});

test("files of every version that shipped are read", () => {
  for (const version of SHIPPED) assert.deepEqual([good(shipped(version)).version, good(shipped(version)).wrong], [version, []]);
});

test("a file of another kind is refused with a reason", () => {
  const history = Array.from({ length: 6_000 }, (_, number) => ({ content: String(number) }));
  for (const [text, why] of [
    ["", /no progress file of this site/],
    ["{", /its end is missing/],
    ["[1]", /no progress file/],
    ['{"name":"a-package","version":"1.0.0"}', /no progress file of this site/],
    ['{"version":4,"notes":{}}', /newer version of this site \(4\): reload/],
    [JSON.stringify({ version: 2, notes: { a: { content: "", history } } }), /more texts of one note/],
    [" ".repeat(50_000_001), /larger than 50 MB/],
  ]) assert.match(String(fromFile(/** @type {string} */ (text))), /** @type {RegExp} */ (why));
});

test("a file cut off anywhere, or with anything put anywhere, never throws and never invents a note", () => {
  fc.assert(fc.property(written, anything, fc.nat(), fc.nat(), (value, put, where, cut) => {
    const all = places(value);
    const text = JSON.stringify(replaced(value, all[where % all.length], put));
    fromFile(text.slice(0, cut % (text.length + 1)));
    const file = fromFile(text);
    if (typeof file === "string") return;
    for (const { content } of Object.values(file.record.notes)) assert.ok(text.includes(JSON.stringify(content)));
  }), RUNS);
});

test("left out parts are named, a few of them and not at length", () => {
  assert.equal(leftOut([]), "");
  assert.equal(leftOut(["a", "b"]), "Left out, because it could not be read: a, b.");
  assert.equal(leftOut(["a", "b", "c", "d", "e"]), "Left out, because it could not be read: a, b, c and 2 more.");
  assert.ok(leftOut(["x".repeat(1e6)]).length < 200);
});

test("what a file would change is counted by kind, new and changed apart", () => {
  const held = setFinished(setNote(emptyRecord(), "a", "here", at(1)), "a", true, at(1));
  const file = addAnswer(setNote(setNote(held, "a", "there", at(2)), "b", "new", at(2)), "a.q", { right: true, given: [] }, at(2));
  assert.deepEqual(changes(held, file), [
    { section: "notes", added: 1, changed: 1 },
    { section: "answers", added: 1, changed: 0 },
  ]);
  assert.deepEqual(changes(file, held), [], "an older copy of the same brings nothing");
  assert.deepEqual(changes(file, setNote(held, "a", "elsewhere", at(1))), [{ section: "notes", added: 0, changed: 1 }]);
});

test("the counts are what merging then does", () => {
  fc.assert(fc.property(record, record, (held, file) => {
    const merged = merge(held, file);
    const told = changes(held, file);
    for (const section of SECTIONS) {
      const { added, changed } = told.find((one) => one.section === section) ?? { added: 0, changed: 0 };
      assert.equal(Object.keys(merged[section]).length, Object.keys(held[section]).length + added);
      if (added + changed === 0) assert.equal(JSON.stringify(merged[section]), JSON.stringify(held[section]));
    }
  }), RUNS);
});

test("notes that differ are shown by their beginnings, or from where they begin to differ", () => {
  const held = setNote(setNote(emptyRecord(), "a", "short", at(1)), "same", "same", at(1));
  const file = setNote(setNote(emptyRecord(), "a", "other", at(2)), "same", "same", at(2));
  assert.deepEqual(differences(held, file), [{
    id: "a",
    here: { text: "short", updated: at(1).toISOString() },
    there: { text: "other", updated: at(2).toISOString() },
  }]);
  const common = "🦉".repeat(200);
  const [{ here, there }] = differences(setNote(held, "a", `${common}left`, at(3)), setNote(file, "a", `${common}right`, at(3)));
  assert.ok(here.text.startsWith("…") && here.text.endsWith("left") && there.text.endsWith("right"));
  assert.ok(here.text.isWellFormed() && there.text.isWellFormed());
  const [{ here: long }] = differences(setNote(held, "a", `x${common}`, at(3)), file);
  assert.ok(long.text.startsWith("x🦉") && long.text.endsWith("🦉…") && long.text.isWellFormed());
});

test("numbers have nouns and thousands separators", () => {
  assert.equal(countedEntries("notes", 1), "1 note");
  assert.equal(countedEntries("steps", 2000), "2,000 steps of paths");
  assert.equal(inventory(emptyRecord()), "nothing");
  assert.equal(inventory(setFinished(setNote(emptyRecord(), "a", "c", at(1)), "a", true, at(1))), "1 note, 1 finished mark");
});

test("a note that only this browser changed since the last sync keeps one text", () => {
  const base = setNote(emptyRecord(), "a", "a long first thought", at(1));
  const held = setNote(base, "a", "shortened", at(2));
  assert.equal(mergeSynced(base, held, base), held);
});

test("a note that only the other device changed is taken over as one text", () => {
  const base = setNote(emptyRecord(), "a", "a long first thought", at(1));
  const file = setNote(base, "a", "shortened there", at(2));
  const { content, history } = mergeSynced(base, base, file).notes.a;
  assert.deepEqual([content, history], ["shortened there", []]);
});

test("a note that both changed keeps both texts, and a second round adds nothing", () => {
  const base = setNote(emptyRecord(), "a", "first", at(1));
  const [held, file] = [setNote(base, "a", "at home", at(2)), setNote(base, "a", "on the train", at(3))];
  const synced = mergeSynced(base, held, file);
  assert.deepEqual([synced.notes.a.content, synced.notes.a.history.map(({ content }) => content)], ["on the train", ["at home"]]);
  assert.equal(mergeSynced(synced, synced, synced), synced);
});

test("a text that was put back from the history is not undone by the file", () => {
  const base = merge(setNote(emptyRecord(), "a", "at home", at(2)), setNote(emptyRecord(), "a", "on the train", at(3)));
  const held = replaceNote(base, "a", "at home", at(4));
  assert.equal(mergeSynced(base, held, base).notes.a.content, "at home");
});

test("with no base, or after the storage was cleared, syncing is merging", () => {
  fc.assert(fc.property(record, record, (held, file) => {
    assert.equal(serialise(mergeSynced(emptyRecord(), held, file)), serialise(merge(held, file)));
    assert.equal(serialise(mergeSynced(file, emptyRecord(), file)), serialise(file));
  }), RUNS);
});

test("syncing in any order loses no text, except where the learner replaced it", () => {
  const step = fc.record({ device: fc.nat(2), text: fc.constantFrom("alpha", "beta", "gamma", "delta"), sync: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
    let [file, minute] = [emptyRecord(), 0];
    const devices = [0, 1, 2].map(() => ({ held: emptyRecord(), base: emptyRecord() }));
    const sync = (/** @type {{held: any, base: any}} */ device) => {
      device.held = mergeSynced(device.base, device.held, file);
      file = device.base = device.held;
    };
    for (const { device, text, sync: now } of steps) {
      const one = devices[device];
      one.held = setNote(one.held, "n", `${text} ${(minute += 1)} by ${device}`, at(minute));
      if (now) sync(one);
    }
    for (const device of [...devices, ...devices, ...devices]) sync(device);
    const kept = file.notes.n ? [file.notes.n.content, ...file.notes.n.history.map(({ content }) => content)] : [];
    for (const { held } of devices) assert.equal(serialise(held), serialise(file), "all come to the same");
    const unsynced = steps.map((one, index) => ({ ...one, index })).filter(({ device, index }) =>
      !steps.slice(index).some((later) => later.device === device && later.sync) &&
      !steps.slice(index + 1).some((later) => later.device === device));
    for (const { text, index, device } of unsynced) assert.ok(kept.includes(`${text} ${index + 1} by ${device}`), kept.join());
  }), RUNS);
});
