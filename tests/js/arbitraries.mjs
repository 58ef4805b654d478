// @ts-check
/** Records as learners make them, and worse ones, generated. */

import fc from "fast-check";
import { nameOf } from "../../overrides/js/record/merge.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";

/** Few ids, times and texts, so that records meet in the same entries, at the same time and with texts in common. */
const id = fc.constantFrom("attention", "heads", "constructor", "toString", "x.y");
const time = fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.001Z");
const content = fc.oneof(
  fc.constantFrom("", "a", "ab", "abc", "bc", "<script>alert(1)</script>", "שלום 🦉"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);

const after = fc.record({ content, updated: time }).map(nameOf);

/** What a later version may add: any JSON under a name that this one does not use. */
const extra = fc.dictionary(fc.constantFrom("streak", "tags", "seen"), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 });

/** @param {Record<string, fc.Arbitrary<unknown>>} fields */
const withExtra = (fields) => fc.tuple(extra, fc.record(fields)).map(([more, known]) => ({ ...more, ...known }));

const mark = withExtra({ value: fc.boolean(), updated: time });
const version = withExtra({ content, updated: time });
const note = fc.oneof(
  withExtra({ content, updated: time, history: fc.array(version, { maxLength: 3 }) }),
  withExtra({ content, updated: time, after, history: fc.array(version, { maxLength: 3 }) }),
);
const levels = fc.dictionary(fc.constantFrom("1", "2", "3", "4"), mark, { maxKeys: 3 });
const visit = withExtra({ first: time, last: time });

/** @param {Record<string, fc.Arbitrary<unknown>>} fields */
const log = (fields) => withExtra({ log: fc.array(withExtra({ at: time, ...fields }), { maxLength: 3 }) });
const answers = log({ right: fc.boolean(), given: fc.array(fc.constantFrom("a", "b", "3.5", "__proto__"), { maxLength: 2 }) });
const runs = fc.oneof(
  log({ passed: fc.constantFrom(0, 1, 9), total: fc.constantFrom(9, 10) }),
  log({ passed: fc.constantFrom(0, 1, 9), total: fc.constantFrom(9, 10), source: fc.constant("file") }),
);
const recalls = log({ grade: fc.constantFrom(1, 2, 3, 4) });
const days = fc.dictionary(fc.constantFrom("2026-01-01 a", "2026-01-01 b2", "2026-01-02 a"), fc.nat(86400), { maxKeys: 2 });

const reading = withExtra({ seconds: fc.nat(9999), end: fc.boolean(), last: time });

/** A record as text would hold it: nothing in it is in its normal form yet. */
export const written = fc
  .tuple(
    extra,
    fc.option(time),
    fc.record({
      version: fc.constant(3),
      notes: fc.dictionary(id, note, { maxKeys: 3 }),
      rubric: fc.dictionary(id, levels, { maxKeys: 3 }),
      visits: fc.dictionary(id, visit, { maxKeys: 3 }),
      finished: fc.dictionary(id, mark, { maxKeys: 3 }),
      steps: fc.dictionary(id, mark, { maxKeys: 3 }),
      answers: fc.dictionary(id, answers, { maxKeys: 3 }),
      exercises: fc.dictionary(id, runs, { maxKeys: 3 }),
      done: fc.dictionary(id, mark, { maxKeys: 3 }),
      reviews: fc.dictionary(id, recalls, { maxKeys: 3 }),
      time: fc.dictionary(id, days, { maxKeys: 3 }),
      read: fc.dictionary(id, fc.dictionary(id, reading, { maxKeys: 2 }), { maxKeys: 2 }),
    }),
  )
  .map(([more, replaced, known]) => ({ ...more, ...(replaced === null ? {} : { replaced }), ...known }));

/** A record as the site holds it. */
export const record = written.map((value) => parse(JSON.stringify(value)).record);

/** What may stand where something else belongs. */
export const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 5, -1, 1e308, "", "text", true, [], {}, [[]], { content: 5 }, { value: "yes" }),
);

/**
 * Every place in a JSON value, as a list of keys.
 * @param {unknown} value
 * @returns {string[][]}
 */
export function places(value) {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, part]) => places(part).map((rest) => [key, ...rest]))];
}

/**
 * @param {any} value
 * @param {string[]} place
 * @param {unknown} put
 * @returns {any} a copy with something else in one place
 */
export function replaced(value, [key, ...rest], put) {
  if (key === undefined) return put;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = replaced(value[key], rest, put);
  return copy;
}
