// @ts-check
/**
 * Reads the results of one exercise from pytest's result file (`--junitxml`). Pure.
 *
 * The file comes from the learner's disk, so it may hold anything: everything in it is text, never markup, and its
 * totals are not trusted; only the tests that the page knows by name are counted.
 *
 * @typedef {{file: string, name: string, outcome: "passed" | "failed" | "skipped", message: string, text: string}} Case
 *   one run of one test; `file` is the module that holds it, `text` what pytest printed of a failure
 * @typedef {{file: string, starter: string, names: string[]}} Exercise
 *   the test module's name, the learner's file, and the tests in their order
 * @typedef {{name: string, message: string, line: number | null}} Failure
 * @typedef {{passed: string[], failed: string[], missing: string[], strange: number, first: Failure | null}} Counted
 *   names of tests; `missing` were not run; `strange` tests are not on the page; `first` is the first that failed
 */

export const LARGEST = 5_000_000; // bytes; pytest writes a few thousand
const MOST_CASES = 10_000;
const LONGEST = 2_000; // characters of a message

/**
 * Whether a text may go to the parser.
 * @param {string} text
 * @returns {string} why not, to follow the file's name; empty where it may
 */
export function fault(text) {
  if (text.length > LARGEST) return tooLarge();
  if (!/^\uFEFF?\s*<(\?xml|testsuite)/.test(text)) return "is not a result that pytest has written.";
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return "declares things of its own, which pytest never does.";
  if (!/(<\/testsuites?|\/)>\s*$/.test(text)) return "ends in the middle: run pytest once more.";
  return "";
}

/** Why a file that is too large is refused, to follow the file's name. */
export function tooLarge() {
  return `is larger than ${LARGEST / 1e6} MB, so it is no result of these tests.`;
}

/**
 * @param {Document} parsed
 * @returns {Case[] | null} null where it is no such file
 */
export function casesIn(parsed) {
  const root = parsed.documentElement;
  const isWhole = parsed.getElementsByTagName("parsererror").length === 0; // browsers keep what came before a fault
  if (!isWhole || !["testsuites", "testsuite"].includes(root?.localName)) return null;
  return [...root.getElementsByTagName("testcase")].slice(0, MOST_CASES).map((node) => {
    const fault = [...node.children].find(({ localName }) => ["failure", "error", "skipped"].includes(localName));
    return {
      file: node.getAttribute("classname") ?? "",
      name: node.getAttribute("name") ?? "",
      outcome: fault === undefined ? "passed" : fault.localName === "skipped" ? "skipped" : "failed",
      message: fault?.getAttribute("message") ?? "",
      text: fault?.textContent ?? "",
    };
  });
}

/**
 * @param {Case[]} cases
 * @param {Exercise} exercise
 * @returns {Counted | string} or why it is no result of this exercise, to follow the file's name
 */
export function count(cases, { file, starter, names }) {
  const broken = cases.find((one) => one.message === "collection failure" && lastPart(one.name) === file);
  if (broken) return `says that no test could run. ${reason(broken.text)}${where(broken.text, starter)}`;
  const mine = cases.filter((one) => one.file.split(".").includes(file));
  if (mine.length === 0) return `holds the result of ${otherFile(cases)}, and not of ${file}.py.`;

  const known = new Set(names);
  const runs = new Map(names.map((name) => [name, mine.filter((one) => one.name === name)]));
  const ran = names.filter((name) => runs.get(name)?.length);
  if (ran.length === 0) return "holds none of the tests on this page: save the test file from here once more.";
  const passes = (/** @type {string} */ name) => runs.get(name)?.every(({ outcome }) => outcome === "passed");
  const failed = ran.filter((name) => !passes(name));
  const first = runs.get(failed[0])?.find(({ outcome }) => outcome !== "passed");
  return {
    passed: ran.filter(passes),
    failed,
    missing: names.filter((name) => !ran.includes(name)),
    strange: mine.filter(({ name }) => !known.has(name)).length,
    first: first ? { name: failed[0], message: said(first), line: lineIn(first.text, starter) } : null,
  };
}

/** @param {Case} failure */
function said({ outcome, message, text }) {
  const words = (message.replace(/^Failed: /, "") || text).trim();
  if (words === "") return outcome === "skipped" ? "It was skipped." : "It failed without a word.";
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

/**
 * The last place in the learner's own file that a traceback names.
 * @param {string} text
 * @param {string} starter
 */
function lineIn(text, starter) {
  const name = starter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = [...text.matchAll(new RegExp(`(?:^|[/\\\\\\s])${name}(?::|", line )(\\d{1,6})\\b`, "gm"))];
  return found.length > 0 ? Number(found[found.length - 1][1]) : null;
}

/** @param {string} text of a module that could not be imported */
function reason(text) {
  const errors = text.split("\n").filter((line) => /^E\s+\w/.test(line));
  const last = (errors[errors.length - 1] ?? "").replace(/^E\s+/, "").replace(/ \([^()]*\)$/, "");
  return last ? `Python says: ${last.slice(0, 300)}` : "pytest could not import the test file.";
}

/**
 * @param {string} text
 * @param {string} starter
 */
function where(text, starter) {
  const line = lineIn(text, starter);
  return line === null ? "" : ` (${starter}, line ${line})`;
}

/** @param {Case[]} cases */
function otherFile(cases) {
  if (cases.length === 0) return "no test at all";
  const parts = cases.flatMap((one) => (one.file ? one.file.split(".") : [lastPart(one.name)]));
  const other = parts.find((part) => /^test_\w{1,60}$/.test(part));
  return other ? `${other}.py` : "another file";
}

/** @param {string} name */
function lastPart(name) {
  return name.split(/[./\\]/).filter((part) => part !== "py").pop() ?? "";
}
