// @ts-check
/** Notes are found whatever their accents and capitals, and what matched is shown as it was written. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Search, excerpt, fold, wordsOf } from "../../overrides/js/learning/note_search.mjs";

/** @param {string} content @param {string} query */
const marked = (content, query) => excerpt(content, fold(content), wordsOf(query)).filter(({ isMatch }) => isMatch).map(({ text }) => text);

test("accents and capitals make no difference", () => {
  assert.deepEqual(marked("Ein Café, zwei CAFÉS", "cafe"), ["Café", "CAFÉ"]);
  assert.deepEqual(marked("cafe\u0301 cafe", "CAFÉ"), ["cafe\u0301", "cafe"]);
  assert.deepEqual(marked("ΟΔΟΣ, οδός", "οδοσ"), ["ΟΔΟΣ", "οδός"]);
  assert.deepEqual(marked("İstanbul", "istanbul"), ["İstanbul"]);
  assert.deepEqual(marked("한국어", "한"), ["한"]);
  assert.deepEqual(marked("שָׁלוֹם", "שלום"), ["שָׁלוֹם"]);
  assert.deepEqual(marked("🦉 owl 🦉", "🦉"), ["🦉", "🦉"]);
});

test("every word must be there, in the text or the title", () => {
  const notes = [
    { id: "a", title: "Tokens", content: "Scale by the root" },
    { id: "b", title: "Softmax", content: "a scale for tokens" },
    { id: "c", title: "Heads", content: "nothing" },
  ];
  const search = new Search();
  const ids = (/** @type {string} */ query) => search.find(notes, query).map(({ id }) => id);
  assert.deepEqual(ids("scale tokens"), ["a", "b"]);
  assert.deepEqual(ids("heads"), ["c"]);
  assert.deepEqual(ids("scale heads"), []);
  assert.deepEqual(ids("  "), []);
  notes[2] = { ...notes[2], content: "now a scale" };
  assert.deepEqual(ids("scale"), ["a", "b", "c"]);
});

test("matches that overlap are one, and long texts are cut", () => {
  assert.deepEqual(marked("abcdef", "abc cde"), ["abcde"]);
  const long = `${"x ".repeat(500)}needle${" y".repeat(500)}`;
  const pieces = excerpt(long, fold(long), ["needle"]);
  const text = pieces.map((piece) => piece.text).join("");
  assert.ok(text.startsWith("…") && text.endsWith("…") && text.length <= 205 && text.includes("needle"));
});

const letter = fc.constantFrom("a", "A", "á", "a\u0301", "\u0301", "b", "B", " ", "\n", "ß", "Σ", "ς", "İ", "ﬁ", "각", "🦉", "ש", "שׁ", "<b>");
const text = fc.array(fc.oneof(letter, fc.string({ unit: "binary", maxLength: 2 })), { maxLength: 400 }).map((all) => all.join(""));

test("what is shown is the note's own text, and what is marked is a match", () => {
  fc.assert(fc.property(text, fc.array(letter, { minLength: 1, maxLength: 3 }), (content, query) => {
    const words = wordsOf(query.join(""));
    const [found] = new Search().find([{ id: "n", title: "", content }], query.join(""));
    assert.equal(found !== undefined, words.length > 0 && words.every((word) => fold(content).includes(word)));
    if (!found) return;
    const shown = found.pieces.map((piece) => piece.text).join("");
    assert.ok(content.includes(shown.replace(/^…/, "").replace(/…$/, "")) || content.includes(shown));
    const matches = found.pieces.filter(({ isMatch }) => isMatch);
    assert.ok(matches.length > 0);
    for (const match of matches) assert.ok(words.some((word) => fold(match.text).includes(word)), JSON.stringify([match, words]));
  }), { numRuns: 2000 });
});

test("folding letter by letter equals folding the whole text", () => {
  fc.assert(fc.property(text, (content) => {
    assert.equal([...content].map(fold).join(""), fold(content));
  }), { numRuns: 1000 });
});

test("two million characters are searched", (context) => {
  const notes = Array.from({ length: 200 }, (_, at) => ({
    id: `t${at}`, title: `Topic ${at}`, content: `${"scále of a nöte ".repeat(625)}${at}`,
  }));
  const search = new Search();
  const times = ["s", "sc", "scale 199"].map((query) => {
    const start = performance.now();
    search.find(notes, query);
    return Math.round(performance.now() - start);
  });
  context.diagnostic(`first letter, second letter, two words: ${times.join(", ")} ms`);
  assert.deepEqual(search.find(notes, "SCALE 199").map(({ id }) => id), ["t199"]);
});
