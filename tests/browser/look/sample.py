"""A small site that holds every part once, for the tests of its look; also the MkDocs hook that fills it."""

import json
import re
import shutil
from pathlib import Path

import yaml
from mkdocs.utils.yaml import yaml_load
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from hooks.base import maths, templates
from hooks.execution import cache
from hooks.page_kinds import notebook as notebook_page
from hooks.site_files import browser, csp, fonts, styles

REPO = Path(__file__).parents[3]
CODE = """\
def attention(query, key, value):
    scores = query @ key.transpose(-2, -1)
    scores = scores / math.sqrt(key.shape[-1])  # keeps the spread near 1 for every width of head
    weights = torch.exp(scores - scores.max(-1, keepdim=True).values)
    weights = weights / weights.sum(-1, keepdim=True)
    return weights @ value, weights

print(attention(torch.eye(2), torch.eye(2), torch.eye(2)))
"""
STEPS = [[], [1], [2], [3], [3], [4], [], []]
OUTPUT = """\
tensor([[0.6698, 0.3302],
        [0.3302, 0.6698]]) and a line that is long enough to need a scroll bar on a phone
"""
TEX = (
    r"\operatorname{Attention}(\query{Q},\key{K},\value{V})=\underset{③}{\operatorname{softmax}}"
    r"\left(\frac{\query{Q}\key{K}^\top\;①}{\sqrt{d_k}\;②}\right)\underset{④}{\value{V}}"
)
TOPIC = {
    "minutes": 90,
    "id": "sample",
    "title": "Scaled dot-product attention",
    "part": 1,
    "number": 1,
    "count": 7,
    "study_mode": "learn",
    "time": "2 hours",
    "modes": {"learn": 45, "practice": 10, "build": 55, "review": 10},
    "summary": "After this page you can write attention in six lines, and say where each weight comes from.",
    "assumes": ["Python"],
    "prerequisites": ["before"],
    "providers": [
        {
            "name": "Claude",
            "best_for": "concepts",
            "prompt": "Explain attention by a library, then its limits.",
        },
        {"name": "GPT", "best_for": "code", "prompt": "Review this function line by line:\nname each shape."},
        {"name": "Gemini", "best_for": "proofs", "prompt": "Show why the scores are divided."},
    ],
}
COURSE = {"before": {"title": "Dot products", "url": None}}
SECTIONS = [{"mode": mode, "id": "one-function-four-steps", "minutes": 9} for mode in TOPIC["modes"]]
RAN = {
    "same": True,
    "date": "14 Feb 2026",
    "python": "3.11.7",
    "torch": "2.13.0",
    "seconds": "0.01",
    "seed": "0",
    "sources": [{"path": "transformer_core/nn/attention.py", "lines": "12–20"}],
}


def lines() -> list[dict]:
    coloured = (
        highlight(CODE, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    )
    for name in ("query", "key", "value"):
        plain, own = (f'<span class="n{letter}">{name}</span>' for letter in ("", f" {name[0]}"))
        coloured = [line.replace(plain, own) for line in coloured]
    return [{"html": line, "steps": steps} for line, steps in zip(coloured, STEPS, strict=True)]


def unit(**changes) -> dict:
    names = (("scores", "query · key"), ("scale", "÷ √64"), ("weights", "softmax"), ("mix", "weights × V"))
    steps = [{"number": at, "name": name, "note": note} for at, (name, note) in enumerate(names, start=1)]
    whole = {
        "id": "whole",
        "number": "1.1",
        "title": "The whole function, once",
        "equation": maths.convert(TEX, display=True),
        "steps": steps,
        "parts": [{"folded": False, "lines": lines()}],
        "code": CODE,
        "output": OUTPUT,
        "cells": None,
        "says": "The weights of a row add up to 1.",
        "says_step": 3,
        "ran": RAN,
        "quiet": False,
    }
    return {**whole, **changes}


PLAIN = {"number": None, "title": None, "equation": None, "steps": [], "says": None, "says_step": None}
FIGURE = {
    "id": "sample-figure",
    "name": "Figure 1.1",
    "later": "",
    "title": "“it” looks at “cat”, and hardly at “mat”",
    "html": "<p>The picture.</p>",
    "caption": "Layer 5, head 2. <strong>Look at the row</strong>: 0.46 goes to “cat”.",
    "alt": "Of the weight of it, 0.46 goes to cat.",
    "table": "table.html",
    "csv": "x.csv",
    "json": "x.json",
    "made_by": "#quiet",
}
EXERCISE = {
    "id": "sample.exercise",
    "place": "exercise-sample",
    "number": 1,
    "title": "Write it yourself",
    "minutes": 90,
    "task": "<p>Write the function.</p>",
    "starter": {
        "name": "sample_exercise.py",
        "role": "to start from",
        "url": "sample_exercise.py",
        "listing": "listing.html",
    },
    "tests": {
        "name": "test_sample_exercise.py",
        "role": "tests",
        "url": "test_sample_exercise.py",
        "listing": "listing.html",
    },
    "named": [{"name": "test_1_rows_sum_to_1", "title": "rows sum to 1"}],
    "answer": {
        "name": "sample_solution.py",
        "role": "solution",
        "url": "sample_solution.py",
        "listing": "listing.html",
    },
    "others": {"count": 1, "listing": "others.html"},
    "hints": ["<p>Start with the scores.</p>", "<p>Subtract the maximum.</p>"],
    "solution": None,
}


def slots() -> dict[str, str]:
    plain = unit(id="plain", **PLAIN, ran={**RAN, "same": False, "sources": [], "seed": None})
    quiet = unit(id="quiet", **PLAIN | {"quiet": True}, ran={**RAN, "same": None, "sources": []})
    table = {
        "number": "1.1",
        "columns": ["length", "ms"],
        "rows": [[64, 0.21], [128, 0.44]],
        "caption": "Median of 30.",
    }
    return {
        "topic_head": templates.fill("topic_head", "../", topic=TOPIC, course=COURSE, sections=SECTIONS),
        "mode_tag": templates.fill("mode_tag", "../", mode="learn", minutes=75),
        "unit": templates.fill("unit", "../", unit=unit()),
        "plain": templates.fill("unit", "../", unit=plain),
        "quiet": templates.fill("unit", "../", unit=quiet),
        "figure": templates.fill("figure", "../", figure=FIGURE),
        "table": templates.fill("table", "../", table=table),
        "prompts": templates.fill("prompts", "../", topic=TOPIC),
        "exercise": templates.fill("exercise", "../", exercise=EXERCISE),
    }


def on_page_content(content, page, **_):
    if page.file.src_uri.endswith(".ipynb"):
        return notebook_page.clean(content)
    if page.file.src_uri == "topic.md":
        made = slots()
        content = re.sub(r"<h1.*?</h1>", "", content, flags=re.DOTALL)
        content = re.sub(r'<div data-slot="(\w+)"></div>', lambda m: made[m[1]], content)
        content = f'<div data-topic-id="sample">{content}</div>'
    content = maths.in_html(content, page.file.src_uri, "", 1)
    return content.replace('<input type="checkbox"', '<input aria-label="A task" type="checkbox"')


def on_post_page(output, page, **_):
    return csp.protect(output, page.file.src_uri)


def write(folder: Path) -> Path:
    """Put the sample's sources into `folder`, with the site's own theme; the path of its mkdocs.yml."""
    shutil.copytree(Path(__file__).parent / "docs", folder / "docs")
    (folder / "docs" / "lab.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    for path, file in fonts.build(REPO / "node_modules", cache.users(REPO)).items():
        target = folder / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    script = folder / "docs" / browser.PATH
    script.parent.mkdir(parents=True)
    script.write_text(browser.bundle(REPO / "overrides", REPO / "node_modules"), encoding="utf-8")
    sheet = folder / "docs" / styles.PATH
    sheet.parent.mkdir(parents=True)
    sheet.write_text(styles.join(REPO / "overrides"), encoding="utf-8")
    (folder / "docs" / "assets" / "course.json").write_text(json.dumps({"topics": []}), encoding="utf-8")
    real = yaml_load((REPO / "mkdocs.yml").read_text(encoding="utf-8"))
    config = {
        "site_name": real["site_name"],
        "theme": {**real["theme"], "custom_dir": str(REPO / real["theme"]["custom_dir"])},
        "extra_css": real["extra_css"],
        "markdown_extensions": [*real["markdown_extensions"], "def_list"],
        "plugins": [{"mkdocs-jupyter": {"execute": False}}],
        "hooks": [str(Path(__file__))],
        "nav": [
            {"Learn": ["index.md", {"1 Attention": ["topic.md", "words.md"]}, "raw.md"]},
            {"Lab": "lab.ipynb"},
        ],
    }
    made = folder / "mkdocs.yml"
    made.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return made


def notebook() -> dict:
    """A notebook that was executed: one cell of text, one of code with its output."""
    output = {"output_type": "stream", "name": "stdout", "text": OUTPUT}
    code = {"cell_type": "code", "id": "c1", "execution_count": 1, "metadata": {}, "source": CODE}
    code["outputs"] = [output]
    text = {
        "cell_type": "markdown",
        "id": "m1",
        "metadata": {},
        "source": "# A lab\n\n## Part one\n\n- a\n- b",
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [text, code]}
