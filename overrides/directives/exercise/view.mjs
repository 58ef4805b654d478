// @ts-check
/**
 * An exercise: hints open one after the other, and what is shown and what is said of it are recorded.
 *
 * Shown is what an opened result file says: the record keeps how many tests passed, run by run. Which ones failed, and
 * why, is not stored. That an exercise is done the learner may also just say, and take back.
 */

import { element, setText } from "../../js/dom/elements.mjs";
import { LARGEST, casesIn, count, fault, tooLarge } from "../../js/learning/junit.mjs";
import { saysDone, shownRuns } from "../../js/learning/evidence.mjs";
import { addRun, setDone } from "../../js/record/actions.mjs";
import { entryOf } from "../../js/record/record_types.mjs";
import { whyNotStored } from "../../js/store/status_text.mjs";
import { when } from "../../js/text/dates.mjs";

/**
 * @typedef {import("../../js/store/store.mjs").Store} Store
 * @typedef {import("../../js/learning/junit.mjs").Counted} Counted
 * @typedef {import("../../js/record/record_types.mjs").Run} Run
 */

const SHOWN_RUNS = 12;
const bound = new WeakSet();

/** @param {{root: ParentNode, store: Store}} parts */
export function start({ root, store }) {
  for (const section of root.querySelectorAll("[data-exercise]")) {
    if (bound.has(section)) continue;
    bound.add(section);
    orderHints(section);
    sayDone(section, store);
    const place = section.querySelector("[data-result]");
    if (place instanceof HTMLElement) new ResultView(section, place, store);
  }
}

/** @param {Element} section */
function orderHints(section) {
  const hints = /** @type {HTMLDetailsElement[]} */ ([...section.querySelectorAll("[data-hint]")]);
  hints.forEach((hint, at) => {
    hint.classList.toggle("is-waiting", at > 0 && !hints[at - 1].open && !hint.open);
    hint.addEventListener("toggle", () => hint.open && hints[at + 1]?.classList.remove("is-waiting"));
  });
}

/**
 * The button with which a learner says that the exercise is done, or takes it back.
 * @param {Element} section
 * @param {Store} store
 */
function sayDone(section, store) {
  const place = section.querySelector("[data-says]");
  const button = place?.querySelector("button");
  if (!place || !button) return;
  const id = section.getAttribute("data-exercise") ?? "";
  button.addEventListener("click", () => store.change((record) => setDone(record, id, !saysDone(record, id), new Date())));
  const draw = () => {
    const says = saysDone(store.record, id);
    const mark = entryOf(store.record.done, id);
    button.hidden = store.status === "newer";
    setText(button, says ? "Take it back" : "Say that you have done it");
    const time = mark ? `, ${when(mark.updated)}` : "";
    const why = store.status === "newer" ? "" : whyNotStored(store.status);
    setText(place.querySelector("[data-says-status]"), says ? `You say that it is done${time}. ${why && `Not recorded: ${why}`}`.trim() : "");
  };
  store.subscribe(draw);
  draw();
}

class ResultView {
  /** @type {Set<string>} results that were opened on this page */ #opened = new Set();

  /**
   * @param {Element} section
   * @param {HTMLElement} place
   * @param {Store} store
   */
  constructor(section, place, store) {
    this.place = place;
    this.store = store;
    this.id = section.getAttribute("data-exercise") ?? "";
    this.tests = [...section.querySelectorAll("[data-test]")];
    this.exercise = {
      file: place.dataset.file ?? "",
      starter: place.dataset.starter ?? "",
      names: this.tests.map((test) => test.getAttribute("data-test") ?? ""),
    };
    const input = /** @type {HTMLInputElement} */ (place.querySelector("[data-result-file]"));
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      if (file) await this.#open(file);
      input.value = "";
    });
    this.#find("[data-result-ready]")?.removeAttribute("hidden");
    store.subscribe(() => this.#draw());
    this.#draw();
  }

  /** @param {string} selector */
  #find(selector) {
    return /** @type {HTMLElement | null} */ (this.place.querySelector(selector));
  }

  /** @param {File} file */
  async #open(file) {
    const refused = (/** @type {string} */ why) => setText(this.#find("[data-said]"), `${file.name} ${why} Nothing was recorded.`);
    setText(this.#find("[data-said]"), "");
    if (file.size > LARGEST) return refused(tooLarge());
    const text = await file.text().catch(() => undefined);
    if (text === undefined) return refused("could not be opened.");
    const wrong = fault(text);
    if (wrong) return refused(wrong);
    const cases = casesIn(new DOMParser().parseFromString(text, "application/xml"));
    if (!cases) return refused("is not a result that pytest has written.");
    const counted = count(cases, this.exercise);
    if (typeof counted === "string") return refused(counted);
    this.#drawTests(counted.passed, counted.failed);
    this.#drawFailure(counted);
    if (this.#opened.has(text)) return refused("is the result that you opened before: run pytest once more.");
    this.#opened.add(text);
    this.#record(counted.passed.length, remarks(counted));
  }

  /**
   * @param {number} passed
   * @param {string} remark
   */
  #record(passed, remark) {
    const total = this.exercise.names.length;
    const { status } = this.store;
    if (status !== "newer") this.store.change((record) => addRun(record, this.id, { passed, total }, new Date()));
    const why = whyNotStored(status);
    const unstored = why && `Not recorded: ${why}`;
    const unseen = status === "newer" ? `${passed} of ${total} tests passed.` : "";
    setText(this.#find("[data-said]"), [unseen, remark, unstored].filter(Boolean).join(" "));
  }

  #draw() {
    const log = shownRuns(this.store.record, this.id);
    const last = log.at(-1);
    const total = this.exercise.names.length;
    const status = this.#find("[data-status]");
    const all = last !== undefined && last.passed === last.total;
    const now = last && last.total !== total ? ` (there are ${total} now)` : "";
    setText(status, last ? `${all ? "✓ " : ""}Shown: ${last.passed} of ${last.total} tests passed${now}, ${when(last.at)}` : "No result yet");
    status?.classList.toggle("is-right", all);
    this.#drawRuns(log);
  }

  /** @param {Run[]} log the last few as squares, more colour for more tests */
  #drawRuns(log) {
    const place = this.#find("[data-runs]");
    const drawn = String(log.length);
    if (!place || place.dataset.drawn === drawn) return;
    place.dataset.drawn = drawn;
    place.hidden = log.length < 2;
    const squares = log.slice(-SHOWN_RUNS).map(({ passed, total, at }) => {
      const shade = Math.round((20 * passed) / total);
      const words = element("span", { class: "visually-hidden" }, ` of ${total}, ${when(at)}`);
      return element("li", { class: `level-square a${shade}` }, String(passed), words);
    });
    const label = element("span", {}, log.length > SHOWN_RUNS ? `${log.length} runs, the last ${SHOWN_RUNS}` : `${log.length} runs`);
    place.replaceChildren(label, element("ol", { class: "plain" }, ...squares));
  }

  /**
   * @param {string[]} passed
   * @param {string[]} failed
   */
  #drawTests(passed, failed) {
    this.tests.forEach((test, at) => {
      const name = this.exercise.names[at];
      const [right, wrong] = [passed.includes(name), failed.includes(name)];
      setText(test.querySelector("[data-sign]"), right ? "✓ passed" : wrong ? "✕ failed" : "");
      test.classList.toggle("is-right", right);
      test.classList.toggle("is-wrong", wrong);
    });
  }

  /** @param {Counted | null} counted */
  #drawFailure(counted) {
    const place = this.#find("[data-failure]");
    const first = counted?.first;
    if (!place) return;
    place.hidden = !first;
    if (!first) return;
    const at = this.exercise.names.indexOf(first.name);
    const title = this.tests[at]?.querySelector("[data-title]")?.textContent ?? first.name;
    const line = first.line === null ? [] : [element("p", { class: "meta" }, `${this.exercise.starter}, line ${first.line}`)];
    place.replaceChildren(
      element("p", {}, element("b", {}, `✕ Test ${at + 1}: ${title}`)),
      element("p", { class: "exercise-message", dir: "auto" }, first.message),
      ...line,
    );
  }
}

/** @param {Counted} counted */
function remarks({ missing, strange }) {
  return [
    missing.length > 0 ? `${missing.length === 1 ? "1 test was" : `${missing.length} tests were`} not run.` : "",
    strange > 0 ? "Some tests in it are not on this page: save the test file from here once more." : "",
  ].filter(Boolean).join(" ");
}
