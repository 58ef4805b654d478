// @ts-check
/** The text file for Anki: one line for each note, every character of it kept. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ankiText } from "../../overrides/js/learning/anki_export.mjs";

const COURSE = { deck: "The course", base: "https://example.org/course/" };

/** @type {import("../../overrides/js/learning/anki_export.mjs").Question} */
const QUESTION = {
  topic: "part1-attention", section: "Scores & weights", url: "part1/attention/#scores", kind: "single",
  ask: "What does a row of <code>weights</code> add up to?", code: null, codeShown: false,
  options: [
    { key: "a", html: "To 1", right: true, why: "The softmax runs over the <i>keys</i>." },
    { key: "b", html: "To <math><mi>T</mi></math>", right: false, why: "That is how many there are." },
  ],
  answer: "To 1", why: "", key: null, tolerance: null, unit: null, mistakes: [],
};

/** @param {string} text a file whose every field is quoted */
function notes(text) {
  const lines = text.split("\n");
  assert.equal(lines.pop(), "");
  const noted = lines.slice(6);
  for (const line of noted) assert.match(line, /^"([^"]|"")*"(\t"([^"]|"")*"){3}$/);
  return noted.map((line) => line.slice(1, -1).split('"\t"').map((field) => field.replaceAll('""', '"')));
}

test("the file says what its columns are", () => {
  assert.deepEqual(ankiText([], COURSE).split("\n"), [
    "#separator:tab", "#html:true", "#notetype:Basic", "#deck:The course", "#guid column:1", "#tags column:4", "",
  ]);
});

test("a note has the question's id, its options in front, and why each is right or wrong on the back", () => {
  const [[id, front, back, tags]] = notes(ankiText([["part1-attention.row", QUESTION]], COURSE));
  assert.equal(id, "part1-attention.row");
  assert.equal(tags, "part1-attention single");
  assert.match(front, /<code>weights<\/code>.*<ol type="A"><li>To 1<\/li><li>To <math><mi>T<\/mi><\/math><\/li><\/ol><\/div>$/);
  assert.doesNotMatch(front, /✓|softmax/);
  assert.match(back, /✓ To 1<br><i>The softmax/);
  assert.match(back, /✕ To <math>/);
  assert.match(back, /<a href="https:\/\/example\.org\/course\/part1\/attention\/#scores">Scores &amp; weights<\/a>/);
});

test("links lead to the site, and code keeps its lines and tabs", () => {
  const code = '<pre class="code"><code>if x:\n\t<span class="n">print</span>(&quot;a&quot;)\n\n# end\n</code></pre>';
  const predict = {
    ...QUESTION, kind: "predict", ask: 'See <a href="part1/attention/#a">here</a> or <a href="https://arxiv.org/abs/1">there</a>.\n',
    code, codeShown: true, options: [], answer: '<pre class="code"><code>1\n2</code></pre>', why: "So.",
    mistakes: [{ given: "(5, <2>)", why: "No." }],
  };
  const [[, front, back]] = notes(ankiText([["t.p", predict]], COURSE));
  assert.match(front, /href="https:\/\/example\.org\/course\/part1\/attention\/#a".*href="https:\/\/arxiv\.org\/abs\/1"/);
  assert.ok(front.includes('if x:<br>&#9;<span class="n">print</span>(&quot;a&quot;)<br><br># end</code></pre>'));
  assert.ok(back.includes("1<br>2</code></pre>") && back.includes("<p>So.</p>") && back.includes("✕ (5, &lt;2&gt;)<br><i>No.</i>"));
});

test("a calculation is shown with the answer only, and how near the answer must be in front", () => {
  const numeric = { ...QUESTION, kind: "numeric", code: "<pre>6 ** 2</pre>", options: [], answer: "36", tolerance: 0.5, unit: "<bits>" };
  const [[, front, back]] = notes(ankiText([["t.n", numeric]], COURSE));
  assert.match(front, /Answer in &lt;bits&gt;, to within 0\.5\./);
  assert.ok(!front.includes("6 ** 2") && back.includes("<b>36</b>") && back.includes("6 ** 2"));
});

test("whatever a question holds, a note is one line of four fields", () => {
  const text = fc.string({ unit: fc.constantFrom('"', '""', "\t", "\n", "\r\n", "a", "#", "é", "<b>", "&lt;", "<pre>", "</pre>") });
  fc.assert(fc.property(fc.array(fc.tuple(text, text, text)), (asked) => {
    const all = asked.map(([ask, html, why], at) => {
      const options = [{ key: "a", html, right: true, why }];
      return /** @type {[string, typeof QUESTION]} */ ([`t.${at}`, { ...QUESTION, ask, options }]);
    });
    const read = notes(ankiText(all, { ...COURSE, deck: "a\nb" }));
    assert.equal(read.length, all.length);
    for (const [at, fields] of read.entries()) {
      assert.equal(fields.length, 4);
      assert.equal(fields[0], `t.${at}`);
      const quotes = (/** @type {string} */ html) => html.split('"').length;
      assert.ok(fields[1].includes("<p>") && quotes(fields[1]) >= quotes(all[at][1].ask));
    }
  }), { numRuns: 500 });
});
