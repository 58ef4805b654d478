// @ts-check
/** Prints generated cases as lines of JSON, for tests in Python: `node generated.mjs records|broken|documents COUNT SEED`. */

import fc from "fast-check";
import { toMarkdown } from "../../overrides/js/learning/markdown_export.mjs";
import { toFile } from "../../overrides/js/record/files.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";
import { anything, places, record, replaced, written } from "./arbitraries.mjs";
import { SHIPPED, shipped } from "./fixtures.mjs";

const TIME = "2026-11-21T14:02:00.000Z";

/** Pieces of Markdown and HTML that end, open or swallow what is around them. */
const piece = fc.constantFrom(
  "# heading", "\n", "\r", "\r\n", "\n\n", "```", "````", "~~~", "> ", "- ", "1. ", "---", "===", "<!--", "-->", "</div>",
  "<script>alert(1)</script>", "<textarea>", "<![CDATA[", "[a]: http://x", "[a](javascript:alert(1))", "![i](x)", "    ",
  "\t", "`", "*", "_", "\\", "&lt;", "|a|b|", "$x$", "http://evil.example", "www.evil.example", "שלום", "🦉", "text", " ",
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const title = fc.tuple(fc.constantFrom("Heads", "Masks"), text).map((parts) => parts.join(" "));

const document = fc
  .record({ titles: fc.array(title, { minLength: 2, maxLength: 2 }), notes: fc.array(text, { minLength: 3, maxLength: 3 }), old: text, stray: text })
  .map(({ titles, notes, old, stray }) => {
    const value = emptyRecord();
    const topics = titles.map((name, number) => ({
      id: `t${number}`, title: name, part: 1, prerequisites: [], opens: [],
      rubric: [{ level: 1, name, can: name }],
    }));
    value.notes.t0 = { content: notes[0], updated: TIME, history: [{ content: old, updated: TIME }] };
    value.notes.t1 = { content: notes[1], updated: TIME, history: [] };
    value.notes[`gone ${stray}`] = { content: notes[2], updated: TIME, history: [] };
    value.rubric.t0 = { 1: { value: true, updated: TIME } };
    value.answers[`t0.${stray}`] = { log: [{ at: TIME, right: true, given: [stray] }] };
    const manifest = /** @type {any} */ ({ version: 1, parts: [{ number: 1, title: titles[0] }], topics });
    return { markdown: toMarkdown(value, manifest, new Date(TIME)), titles, notes, old, stray };
  });

/** A record with something else in one place, and what is to be read of it. */
const broken = fc.tuple(written, anything, fc.nat()).map(([value, put, where]) => {
  const all = places(value);
  const place = all[where % all.length];
  const stored = JSON.stringify(replaced(value, place, put));
  const { record: read, wrong, problem } = parse(stored);
  return { place, text: stored, wrong, problem, read };
});

/** A file, and one with something else in one place: where the schema finds no fault, the reader must find none. */
const exported = record.map((value) => JSON.parse(toFile(value, "https://example.org/assets/record.schema.json")));
const mutants = fc.tuple(exported, anything, fc.nat()).map(([value, put, where]) => {
  const all = places(value);
  const mutant = replaced(value, all[where % all.length], put);
  const { wrong, problem } = parse(JSON.stringify(mutant));
  return { mutant, wrong, problem };
});

const shippedFiles = SHIPPED.map((version) => JSON.parse(toFile(parse(shipped(version)).record, "https://example.org/s")));
const [kind, count, seed] = process.argv.slice(2);
const kinds = { records: exported, mutants, broken, documents: document };
if (kind === "shipped") for (const file of shippedFiles) console.log(JSON.stringify(file));
else {
  for (const one of fc.sample(/** @type {fc.Arbitrary<unknown>} */ (kinds[/** @type {keyof kinds} */ (kind)]), { numRuns: Number(count), seed: Number(seed) })) {
    console.log(JSON.stringify(one));
  }
}
