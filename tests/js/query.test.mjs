// What a learner types, as words to look for, and the stretch of text that answers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { excerptOf, holds, ideasOf, wordsOf } from "../../overrides/js/text/query.mjs";

const SYNONYMS = { sqrt: ["square root"], "√": ["square root"], "how to run": ["set up", "install"], "layer norm": ["norm"] };
const ideas = (query) => ideasOf(query, SYNONYMS);

test("words are split at punctuation, and names stay whole", () => {
  assert.deepEqual(wordsOf("Attention: softmax(Q·Kᵀ/√d_k), the model’s F.gelu"), ["attention", "softmax", "q", "kt", "√", "d_k", "the", "model", "f", "gelu"]);
});

test("silent words and single letters are left out, unless there is nothing else", () => {
  assert.deepEqual(ideas("what is a token?"), [{ words: "token", also: [] }]);
  assert.deepEqual(ideas("how k"), [{ words: "how", also: [] }, { words: "k", also: [] }]);
  assert.deepEqual(ideas("?!"), []);
});

test("synonyms are found for words and for phrases; a question is looked for by what it means", () => {
  assert.deepEqual(ideas("why divide by sqrt"), [{ words: "divide", also: [] }, { words: "sqrt", also: ["square root"] }]);
  assert.deepEqual(ideas("Layer-Norm"), [{ words: "layer norm", also: ["norm"] }]);
  assert.deepEqual(ideas("how to run"), [{ words: "set up", also: ["install"] }]);
  assert.deepEqual(ideas("constructor"), [{ words: "constructor", also: [] }]);
});

test("an excerpt holds the most words, marks them, and says where it was cut", () => {
  const text = "Nothing here at all. The scores grow with the width. Dividing them by √d_k brings them back. The end comes later.";
  assert.deepEqual(excerptOf(text, ["divide", "d_k"], 8), [
    { text: "Dividing", isMatch: true },
    { text: " them by ", isMatch: false },
    { text: "√d_k", isMatch: true },
    { text: " brings them back. The …", isMatch: false },
  ]);
  assert.deepEqual(excerptOf("", ["a"]), []);
});

test("what shares no word with a query does not hold it", () => {
  assert.ok(holds("The causal_mask hides the future", ["mask"]));
  assert.ok(holds("Residuals", ["residual"]));
  assert.ok(!holds("X-transformers", ["xyzzy"]));
});
