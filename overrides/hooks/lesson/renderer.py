"""From a page's plan and the results of its runs to its Markdown with slots, and the HTML for each slot."""

import csv
import html
import io
import json
import re
import time
from pathlib import Path, PurePosixPath

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from directives.exercise import folder as exercises
from directives.exercise import view as exercise_view
from directives.quiz import view as quiz_view
from directives.quiz.questions import Question
from hooks.base import fences, links, markdown, maths, templates
from hooks.base.errors import PageError, suggest
from hooks.course import paths
from hooks.course.course import Course
from hooks.execution import approved
from hooks.execution.runner import Result, versions
from hooks.lesson.slots import Page
from hooks.lesson.snippets import INLINE, MARKS, Block, Plan, Run
from hooks.topic_map import drawing as topic_map

_SLOT = re.compile(r"^<!-- slot: *(?P<name>[\w-]+) *-->$")
_CLOSING = (
    ("rubric", "How well do you know this?"),
    ("notes", "Your notes"),
    ("finish", "What next"),
)


class Renderer:
    """Renders one page; holds what all its blocks need to know."""

    def __init__(
        self, plan: Plan, results: dict[str, Result], course: Course, known: dict, root: str, docs: Path
    ):
        self.plan, self.course, self.known, self.root, self.docs = plan, course, known, root, docs
        self.all_results = results
        self.results = {id: plan.checked(run, results[plan.task(run).key]) for id, run in plan.runs.items()}
        self.topic = plan.source.topic
        self.page = Page("")
        self.counts = {"unit": 0, "figure": 0, "table": 0, "exercise": 0}
        self.chapter = 1 + list(course.topics).index(self.topic["id"]) if self.topic else 0

    def render(self) -> Page:
        lines = self.plan.source.text.split("\n")
        for at, line in enumerate(fences.prose_lines(self.plan.source.text)):
            if slot := _SLOT.match(line.strip()):
                lines[at] = self._slot(slot["name"], self._part(slot["name"], at))
            for match in reversed(list(INLINE.finditer(line))):  # `line` has inline code blanked out
                value = self._values(match[0], self._above(at))
                lines[at] = lines[at][: match.start()] + value + lines[at][match.end() :]
        for run in self.plan.runs.values():
            self._approve(run)
        for number, block in reversed(list(enumerate(self.plan.blocks))):
            lines[block.start : block.end + 1] = [f"<!-- block {number} -->"]
        text = "\n".join(lines)
        for number, block in enumerate(self.plan.blocks):
            made = "" if block.kind == "unit" else getattr(self, f"_{block.kind}")(block)
            text = text.replace(
                f"<!-- block {number} -->", self._slot(f"block-{number}", made) if made else "", 1
            )
        self.page.markdown = text + self._closing()
        return self.page

    def _slot(self, name: str, content: str) -> str:
        self.page.slots[name] = content
        return f'\n<div data-slot="{name}"></div>\n'

    def _part(self, name: str, at: int) -> str:
        if name in ("prompts", "rubric", "notes", "finish") and self.topic:
            return self._fill(name, topic=self.topic, course=self.course.topics)
        if name == "dashboard":
            return self._fill(name, manifest=self.course.manifest())
        if name == "topic_map":
            manifest = self.course.manifest()
            return self._fill(
                name, manifest=manifest, svg=topic_map.draw(manifest, lambda topic: self.root + topic["url"])
            )
        if name == "paths":
            return self._fill(name, paths=paths.load(self.docs, self.course)[0])
        if name == "review":
            return self._fill(name, manifest=self.course.manifest())
        if name == "portfolio":
            return self._fill(name, manifest=self.course.manifest())
        line = self.plan.source.first_line + at
        cure = suggest(name, ["prompts", "rubric", "notes", "finish", "dashboard", "topic_map", "paths", "review", "portfolio"])
        raise PageError(self.plan.path, line, f"there is no slot '{name}' for this page.", cure)

    def _closing(self) -> str:
        """A topic ends with its rubric, notes and next steps, unless the page has put them elsewhere."""
        if not self.topic or not self.topic["sections"]:
            return ""
        missing = [(name, title) for name, title in _CLOSING if name not in self.page.slots]
        return "".join(
            f"\n\n## {title} {{ #{name} }}\n\n" + self._slot(name, self._part(name, 0))
            for name, title in missing
        )

    def _fill(self, name: str, **data) -> str:
        return templates.fill(name, self.root, **data)

    # --- values in prose -------------------------------------------------------------------------------

    def _above(self, at: int) -> str | None:
        return next((b.run for b in reversed(self.plan.blocks) if b.kind == "run" and b.start <= at), None)

    def _value(self, run: str, expression: str):
        expressions = [asked for asked, _ in self.plan.asked[run]]
        return self.results[run].values[expressions.index(expression.strip())]

    def _values(self, text: str, run: str | None) -> str:
        return INLINE.sub(
            lambda m: html.escape(str(self._value(m["run"] or run, m["expression"])), quote=False), text
        )

    def _inline(self, text: str, block: Block) -> str:
        return markdown.inline(self._values(text, block.run), self.plan.path, block.line)

    # --- blocks ----------------------------------------------------------------------------------------

    def _run(self, block: Block) -> str:
        run, result = self.plan.runs[block.run], self.results[block.run]
        data = block.data
        titled = "title" in data
        self.counts["unit"] += titled
        says = data.get("says", "")
        step = MARKS.index(says[0]) + 1 if says[:1] in MARKS and says else None
        unit = {
            "id": run.id,
            "number": self._number("unit") if titled else None,
            "title": self._inline(data["title"], block) if titled else None,
            "equation": self._equation(data["equation"]) if "equation" in data else None,
            "steps": [self._step(name, block) for name in data.get("steps", [])],
            "lines": _code_lines(run, colour="equation" in data),
            "code": run.code,
            "output": self._output(result.stdout, block),
            "cells": self._value(run.id, data["cells"])["html"] if "cells" in data else None,
            "says": self._inline(says[1:].strip() if step else says, block) if says else None,
            "says_step": step,
            "ran": self._provenance(run, result),
            "quiet": not run.shown,
        }
        return self._fill("unit", unit=unit)

    def _output(self, text: str, block: Block) -> Markup:
        """The output as HTML, with the piece underlined that the unit is about."""
        if "mark" not in block.data:
            return escape(text)
        piece = str(self._value(block.run, block.data["mark"]))
        before, found, after = text.partition(piece)
        if not found:
            wrong = f"mark is {piece!r}, which the output does not hold."
            raise PageError(self.plan.path, block.line, wrong, "Write an expression that gives it as printed.")
        return Markup("{}<u>{}</u>{}").format(before, found, after)

    def _equation(self, tex: str) -> str:
        start = self.plan.source.text.find(tex.strip().split("\n")[0])
        line = self.plan.source.first_line + self.plan.source.text.count("\n", 0, start)
        return maths.located(tex, self.plan.path, line, display=True)

    def _number(self, kind: str) -> str:
        """1.3 for the third of its kind on the course's first topic; plain 3 on a page that is no topic."""
        count = str(self.counts[kind])
        return f"{self.chapter}.{count}" if self.chapter else count

    def _step(self, text: str, block: Block) -> dict:
        name, _, note = text[1:].partition(":")
        return {
            "mark": text[0],
            "number": MARKS.index(text[0]) + 1,
            "name": name.strip(),
            "note": self._inline(note.strip(), block),
        }

    def _provenance(self, run: Run, result: Result) -> dict:
        seed = re.search(r"manual_seed\((\d+)\)", run.code)
        ran = time.gmtime(result.ran)
        pinned = dict(line.split("==") for line in versions().split("\n") if "==" in line)
        return {
            "same": self._same(run),
            "date": f"{ran.tm_mday} {time.strftime('%b %Y', ran)}",
            "python": versions().split("\n")[0],
            "torch": pinned.get("torch", ""),
            "seconds": f"{result.seconds:.2f}",
            "seed": seed[1] if seed else None,
            "sources": run.sources,
        }

    def _same(self, run: Run) -> bool | None:
        """Whether the output is as approved; None for a measurement, and where nothing was approved yet."""
        if run.timing or run.id not in self.known:
            return None
        return approved.same(self.known[run.id], self.page.outputs[run.id])

    def _approve(self, run: Run) -> None:
        if run.timing:
            return
        result = self.results[run.id]
        asked = [expression for expression, _ in self.plan.asked[run.id]]
        values = {e: _essence(v) for e, v in zip(asked, result.values, strict=True)}
        self.page.outputs[run.id] = approved.rounded({"stdout": result.stdout.splitlines(), "values": values})

    def _figure(self, block: Block) -> str:
        drawn = self._value(block.run, block.data["draw"])
        if not isinstance(drawn, dict) or "html" not in drawn:
            cure = "Use a function of transformer_core.figures, such as heatmap(weights, tokens)."
            raise PageError(self.plan.path, block.line, f"draw gave no figure: {block.data['draw']!r}.", cure)
        self.counts["figure"] += 1
        folder = PurePosixPath("assets/figures", self.plan.source.path).with_suffix("")
        csv_path, json_path = f"{folder}/{block.data['id']}.csv", f"{folder}/{block.data['id']}.json"
        self.page.files[csv_path] = _csv(drawn["table"])
        self.page.files[json_path] = json.dumps(drawn["data"], ensure_ascii=False)
        figure = {
            "id": block.data["id"],
            "number": self._number("figure"),
            "title": self._inline(block.data["title"], block),
            "html": drawn["html"],
            "caption": self._inline(block.data["caption"], block),
            "alt": drawn["alt"],
            "table": drawn["table"],
            "csv": self.root + csv_path,
            "json": self.root + json_path,
            "made_by": f"#{block.run}",
        }
        return self._fill("figure", figure=figure)

    def _table(self, block: Block) -> str:
        self.counts["table"] += 1
        table = {
            "number": self._number("table"),
            "columns": [self._inline(column, block) for column in block.data["columns"]],
            "rows": self._value(block.run, block.data["rows"]),
            "caption": self._inline(block.data["caption"], block),
        }
        return self._fill("table", table=table)

    def _exercise(self, block: Block) -> str:
        self.counts["exercise"] += 1
        folder = self.plan.exercise(block, self.docs)
        told = exercises.prove(folder, self.all_results) if folder else {}
        exercise = {
            "id": f"{self.topic['id']}.{block.data['id']}",
            "number": self.counts["exercise"],
            "title": self._inline(block.data["title"], block),
            **exercise_view.view(
                block.data, folder, told, self.root, lambda text: self._block(text, block), _coloured
            ),
        }
        return self._fill("exercise", exercise=exercise)

    def _quiz(self, block: Block) -> str:
        shown = []
        for question in block.data["questions"]:
            view = quiz_view.view(question, len(self.page.questions) + 1, self._ran(question, block))
            page, fragment = question.taught
            title = markdown.plain(links.sections(self.course.sources[page].text)[fragment])
            here = page == self.plan.source.path
            href = f"#{fragment}" if here else f"{self.root}{links.url(page)}#{fragment}"
            shown.append({**view, "section": title, "href": href})
            self.page.questions[question.id] = quiz_view.entry(view, question, self.topic, title)
        return self._fill("quiz", questions=shown)

    def _ran(self, question: Question, block: Block) -> quiz_view.Ran:
        run = question.run or self._above(block.start)
        return quiz_view.Ran(
            html=lambda text, line: markdown.inline(self._values(text, run), self.plan.path, line),
            filled=lambda text: html.unescape(self._values(text, run)),
            value=lambda expression: self._value(run, expression),
            code=_coloured,
            stdout=self.results[run].stdout if run else "",
            made_by=run,
        )

    def _block(self, text: str, block: Block) -> str:
        return markdown.block(self._values(text, block.run), self.plan.path, block.line)


def _coloured(code: str) -> str:
    """Python as HTML, with the classes that Pygments gives its tokens."""
    return highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))


def _code_lines(run: Run, *, colour: bool) -> list[dict]:
    """Each line of code as highlighted HTML with its step marks; query, key and value coloured beside an equation."""
    coloured = _coloured(run.code).rstrip("\n").split("\n")
    if colour:
        for name, letter in (("query", "q"), ("key", "k"), ("value", "v")):
            name = rf'<span class="n">({name}|{letter.upper()}|{letter})</span>'
            coloured = [re.sub(name, rf'<span class="n {letter}">\1</span>', line) for line in coloured]
    return [{"html": line, "steps": steps} for line, steps in zip(coloured, run.steps, strict=False)]


def _essence(value):
    """What of a value is approved: of a figure its data and text, not its drawing."""
    if isinstance(value, dict) and "html" in value:
        return {"data": value["data"], "alt": value["alt"]}
    return value


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
