"""A review page to test with: four questions, one of each kind, and a learner who answered them days ago."""

import json
from pathlib import Path

from hooks.base import templates
from support import courses, learner_site

NOW = "2026-11-21T14:00:00Z"
CODE = '<pre class="code"><code>weights = softmax(scores)\n<span class="k">for</span> row in weights:\n\t<span class="k">print</span>(&quot;row&quot;, row, sum(row), "and more of it")\n</code></pre>'


def question(own: str, kind: str, **fields) -> tuple[str, dict]:
    base = {
        "topic": "tokens", "topicTitle": "Tokens", "section": "How they are made", "url": "topics/tokens/#notes",
        "quizUrl": f"topics/tokens/#q-{own}", "kind": kind, "ask": f"What is <code>{own}</code>?", "code": None,
        "codeShown": False, "options": [], "answer": "", "why": "", "key": None, "tolerance": None, "unit": None,
        "mistakes": [],
    }  # fmt: skip
    return f"tokens.{own}", base | fields


def option(key: str, html: str, right: bool) -> dict:
    return {"key": key, "html": html, "right": right, "why": f"Because of {key}."}


QUESTIONS = dict(
    [
        question(
            "row", "single",
            ask='What does a row add up to? See <a href="topics/tokens/#notes">the notes</a>.',
            options=[option("a", "To 1, for every query", True), option("b", "To <math><mi>T</mi></math>", False), option("c", "To 0", False)],
            answer="To 1, for every query",
        ),
        question(
            "all", "multiple", code=CODE, codeShown=True,
            options=[option("d", "This one", True), option("e", "Not this one", False), option("f", "And this one", True)],
            answer="<ul><li>This one</li><li>And this one</li></ul>",
        ),
        question("scale", "numeric", code=CODE, answer="5.66", why="The root of the width.", key=5.656, tolerance=0.01, mistakes=[{"given": 19.5, "why": "The root of another width."}]),
        question("shape", "predict", code=CODE, codeShown=True, answer='<pre class="code"><code>(2, 5)</code></pre>', why="Rows first.", key="(2, 5)", mistakes=[{"given": "<b>(5, 2)</b>", "why": "That is its transpose."}]),
    ]
)  # fmt: skip


def record(ids, at="2026-11-18T08:0{}:00.000Z", right=True) -> dict:
    answers = {
        f"tokens.{id}": {"log": [{"at": at.format(n), "right": right, "given": []}]}
        for n, id in enumerate(ids)
    }
    return {"version": 2, "answers": answers}


ALL = record(["row", "all", "scale", "shape"])


def build(folder: Path) -> None:
    """The small course with four questions on its first topic, and the review page."""
    manifest = courses.small()
    for topic in manifest["topics"]:
        mine = QUESTIONS if topic["id"] == "tokens" else {}
        topic["questions"] = [{"id": id, "kind": q["kind"], "section": q["url"]} for id, q in mine.items()]
    learner_site.build(folder, manifest)
    (folder / "assets" / "questions.json").write_text(json.dumps(QUESTIONS), encoding="utf-8")
    content = "<h1>Review</h1>" + templates.fill("review", "../", manifest=manifest)
    learner_site.write(folder, "review/", "Review", content, manifest, wide=True)
