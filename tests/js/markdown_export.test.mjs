// @ts-check
/** The document of notes and results: questions in their own words. That no text gets out of its place is tested in Python. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { toMarkdown } from "../../overrides/js/learning/markdown_export.mjs";
import { addAnswer } from "../../overrides/js/record/actions.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

test("a question is written as it was asked, and by its id where its words are not known", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const manifest = /** @type {any} */ ({ parts: [], topics: [] });
  const once = addAnswer(emptyRecord(), "a.sum", { right: true, given: ["1"] }, now);
  const record = addAnswer(once, "a.gone", { right: false, given: ["2"] }, now);
  const lines = toMarkdown(record, manifest, now, { "a.sum": "What does a *row* add up to?" }).split("\n");
  assert.ok(lines.includes("  - “What does a \\*row\\* add up to?”: right, 21 Nov 2026, 1 try"), lines.join("\n"));
  assert.ok(lines.includes("  - `a.gone`: wrong, 21 Nov 2026, 1 try"));
});
