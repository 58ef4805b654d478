// @ts-check
/** Records of every version that ever shipped, as the sites of their time wrote them. */

import fs from "node:fs";
import {
  addAnswer, addReading, addRecall, addRun, addTime, setDone, setNote, setStep, setVisited,
} from "../../overrides/js/record/actions.mjs";
import { parse } from "../../overrides/js/record/parse.mjs";

export const SHIPPED = [0, 1, 2, 3];

/** @param {number} version */
export function shipped(version) {
  return fs.readFileSync(new URL(`../fixtures/records/${version}.json`, import.meta.url), "utf8").trimEnd();
}

/** What today's code makes of version 1's record when the learner continues with it. */
export function today() {
  const at = (/** @type {number} */ day) => new Date(Date.UTC(2026, 10, day, 9));
  const topic = "part1-transformer-architecture";
  let { record } = parse(shipped(1));
  record = setVisited(record, topic, at(21));
  record = setNote(record, topic, "Row = who looks, column = at whom", at(21));
  record = setStep(record, "path-lesson.run-the-code", true, at(21));
  record = addAnswer(record, `${topic}.what-scales`, { right: false, given: ["width"] }, at(21));
  record = addAnswer(record, `${topic}.what-scales`, { right: true, given: ["sqrt"] }, at(22));
  record = addAnswer(record, `${topic}.all-that-hold`, { right: true, given: ["a", "c"] }, at(22));
  record = addRun(record, `${topic}.attention`, { passed: 3, total: 5 }, at(22));
  record = addRun(record, `${topic}.attention`, { passed: 5, total: 5 }, at(23));
  record = setDone(record, `${topic}.attention`, true, at(23));
  record = addReading(record, topic, "whole", { seconds: 240, end: false }, at(23));
  record = addReading(record, topic, "whole", { seconds: 75, end: true }, at(24));
  record = addRecall(record, `${topic}.what-scales`, 3, at(24));
  record = addTime(record, topic, "2026-11-21 k3f9a2xq", 1260);
  return addTime(record, topic, "2026-11-22 0000zzzz", 90);
}
