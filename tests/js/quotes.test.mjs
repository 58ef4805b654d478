// @ts-check
/** Passages quoted in a note: what is written can be read again, and is a link that browsers understand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isQuotable, piecesOf, textDirective, withQuote } from "../../overrides/js/text/quotes.mjs";

const QUOTE = { passage: "A row adds up to 1.\nAlways.", section: "rows", name: "Rows [1]" };
const MARKDOWN = `> A row adds up to 1.
> Always.
> [Rows \\[1\\]](#rows:~:text=A%20row%20adds%20up%20to%201.%20Always.)

`;

test("a quote is Markdown with a link to its place, at the end of what is there", () => {
  assert.equal(withQuote("", QUOTE), MARKDOWN);
  assert.equal(withQuote("Mine\n", QUOTE), `Mine\n\n${MARKDOWN}`);
});

test("a note is read as its quotes and the texts between them", () => {
  assert.deepEqual(piecesOf(`Mine\n\n${MARKDOWN}so\n> a quote of my own\n`), [
    { text: "Mine" }, QUOTE, { text: "so" }, { text: "> a quote of my own" },
  ]);
  assert.deepEqual(piecesOf("> [a link](#alone)"), [{ text: "> [a link](#alone)" }]);
  assert.deepEqual(piecesOf(""), []);
});

test("a link without a directive, as written by hand, leads to the section", () => {
  assert.deepEqual(piecesOf("> words\n> [Rows](#rows)"), [{ passage: "words", section: "rows", name: "Rows" }]);
});

test("of a long passage the link has the first and the last words", () => {
  assert.equal(textDirective("one two three four five six seven eight nine"), "text=one%20two%20three%20four,six%20seven%20eight%20nine");
});

test("dashes, commas and brackets of the passage are no signs of the directive or of Markdown", () => {
  assert.equal(textDirective("key-value, (a)"), "text=key%2Dvalue%2C%20%28a%29");
});

test("neither nothing nor half a page is a quotation", () => {
  assert.equal(isQuotable(" \n"), false);
  assert.equal(isQuotable("x".repeat(2_001)), false);
  assert.equal(isQuotable("x"), true);
});

test("whatever is quoted is found again in the note", () => {
  const line = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replace(/\s+/g, " ").trim()).filter(Boolean);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), line, fc.string(), (lines, name, note) => {
      const quote = { passage: lines.join("\n"), section: "here", name };
      assert.deepEqual(piecesOf(withQuote(note, quote)).at(-1), quote);
    }),
  );
});
