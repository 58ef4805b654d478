// @ts-check
/** What the 404 page offers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lastVisited, meantBy } from "../../overrides/js/learning/lost_page.mjs";
import { emptyRecord } from "../../overrides/js/record/record_types.mjs";

/** @param {string} id @param {string | null} [url] */
const topic = (id, title = id, url = `${id}/`, aliases = /** @type {string[]} */ ([])) => /** @type {any} */ ({ id, title, url, aliases });
const TOPICS = [topic("heads", "Multi-Head Attention"), topic("attention", "Attention", "part1/attention/", ["old-softmax"]), topic("planned", "Planned attention", null)];

/** @param {string} path */
const ids = (path) => meantBy(path, TOPICS).map(({ id }) => id);

test("words of the address find topics by title, address and earlier id, the best first", () => {
  assert.deepEqual(ids("/part1/multi-head-attention.html"), ["heads", "attention"]);
  assert.deepEqual(ids("/old-softmax/"), ["attention"]);
  assert.deepEqual(ids("/part1/index.html"), []);
});

test("the last visit to a page that is there", () => {
  const visit = (/** @type {string} */ last) => ({ first: last, last });
  const record = { ...emptyRecord(), visits: { planned: visit("2026-03"), heads: visit("2026-02"), attention: visit("2026-01"), gone: visit("2026-09") } };
  assert.equal(lastVisited(record, TOPICS)?.id, "heads");
  assert.equal(lastVisited(emptyRecord(), TOPICS), undefined);
});
