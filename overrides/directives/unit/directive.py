"""Code that ran, with its output: plain, or dressed by the ```yaml unit block above it."""

import re
import time
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from directives.directive import Block, Directive, Expression, PageView, Run, Words, drawing_essence, fields
from hooks.base import maths
from hooks.base.highlight import coloured
from hooks.base.maths import MARKS
from hooks.execution.cache import versions
from hooks.execution.runner import Result

LONG, FIRST = 30, 16  # lines that are shown whole, and those of a longer listing without marks


class Unit(Directive):
    """A block with a run is code to show; its `parsed` is the ```yaml unit block above it, if there is one.

    That block has no run and shows nothing.
    """

    def expressions(self, block: Block) -> Iterator[Expression]:
        for name in ("cells", "mark"):
            if block.run and name in block.data:
                yield Expression(block.data[name], block.line)

    def words(self, block: Block) -> Iterator[Words]:
        if block.run:
            yield from fields(block, "title", "says")
            for step in block.data.get("steps", []):
                yield Words(step, block.line)

    def essence(self, value: Any) -> Any:
        return drawing_essence(value)

    def render(self, block: Block, page: PageView) -> str:
        if not block.run:
            return ""
        run, result, data = page.run(block.run), page.result(block.run), block.data
        titled = "title" in data
        says = data.get("says", "")
        step = MARKS.index(says[0]) + 1 if says[:1] in MARKS and says else None
        unit = {
            "id": run.place,
            "number": page.number(self.kind) if titled else None,
            "title": page.inline(data["title"], block) if titled else None,
            "equation": _equation(block.parsed) if "equation" in data else None,
            "steps": [_step(text, block, page) for text in data.get("steps", [])],
            "parts": _parts(_code_lines(run, colour="equation" in data), run),
            "code": run.code,
            "output": _output(result.stdout, block, page),
            "cells": page.value(run.id, data["cells"])["html"] if "cells" in data else None,
            "says": page.inline(says[1:].strip() if step else says, block) if says else None,
            "says_step": step,
            "ran": _provenance(run, result, page),
            "quiet": not run.shown,
        }
        return page.fill(self.kind, unit=unit)

    def text(self, block: Block, page: PageView) -> str:
        if not block.run:
            return ""
        data, run = block.data, page.run(block.run)
        parts = [
            f"**{page.filled(data['title'], run.id)}**" if "title" in data else "",
            f"$$\n{data['equation'].strip()}\n$$" if "equation" in data else "",
            f"```python\n{run.code.strip()}\n```",
            f"```text\n{page.result(run.id).stdout.rstrip()}\n```",
            page.filled(data.get("says", ""), run.id),
        ]
        return "\n\n".join(part for part in parts if part)


def _output(text: str, block: Block, page: PageView) -> Markup:
    """The output as HTML, with the piece underlined that the unit is about."""
    if "mark" not in block.data:
        return escape(text)
    piece = str(page.value(block.run, block.data["mark"]))
    before, found, after = text.partition(piece)
    if not found:
        wrong = f"mark is {piece!r}, which the output does not hold."
        raise block.fault(wrong, "Write an expression that gives it as printed.")
    return Markup("{}<u>{}</u>{}").format(before, found, after)


def _equation(unit: Block) -> str:
    """The equation as MathML; a fault in it names its line in the YAML."""
    tex = unit.data["equation"]
    return maths.located(tex, unit.path, unit.line_of(("equation",), tex), display=True)


def _step(text: str, block: Block, page: PageView) -> dict:
    name, _, note = text[1:].partition(":")
    note = page.inline(note.strip(), block)
    return {"mark": text[0], "number": MARKS.index(text[0]) + 1, "name": name.strip(), "note": note}


def _provenance(run: Run, result: Result, page: PageView) -> dict:
    """When and with what the code ran."""
    seed = re.search(r"manual_seed\((\d+)\)", run.code)
    ran = time.gmtime(result.ran)
    pinned = dict(line.split("==") for line in versions().split("\n") if "==" in line)
    return {
        "same": page.same_as_approved(run.id),
        "date": f"{ran.tm_mday} {time.strftime('%b %Y', ran)}",
        "python": versions().split("\n")[0],
        "torch": pinned.get("torch", ""),
        "seconds": f"{result.seconds:.2f}",
        "seed": seed[1] if seed else None,
        "sources": run.sources,
    }


def _code_lines(run: Run, *, colour: bool) -> list[dict]:
    """Each line as highlighted HTML with its step marks; query, key and value coloured beside an equation."""
    lines = coloured(run.code, _named if colour else str).rstrip("\n").split("\n")
    return [{"html": line, "steps": steps} for line, steps in zip(lines, run.steps, strict=False)]


def _named(html: str) -> str:
    """Query, key and value in their colours."""
    for name, letter in (("query", "q"), ("key", "k"), ("value", "v")):
        name = rf'<span class="n">({name}|{letter.upper()}|{letter})</span>'
        html = re.sub(name, rf'<span class="n {letter}">\1</span>', html)
    return html


def _parts(lines: list[dict], run: Run) -> list[dict]:
    """A long listing in parts, shown or folded: around its marked lines, or after its first ones where none is marked.

    The first line of a class or function is shown too. A fold hides at least three lines.
    """
    if len(lines) <= LONG:
        return [{"folded": False, "lines": lines}]
    if any(line["steps"] for line in lines):
        starts = (text.lstrip().startswith(("class ", "def ")) for text in run.code.split("\n"))
        shown = [bool(line["steps"]) or start for line, start in zip(lines, starts, strict=False)]
    else:
        shown = [at < FIRST for at in range(len(lines))]
    parts: list[dict] = []
    for whole, group in groupby(zip(shown, lines, strict=True), key=lambda pair: pair[0]):
        own = [line for _, line in group]
        folded = not whole and len(own) >= 3
        if parts and parts[-1]["folded"] == folded:
            parts[-1]["lines"] += own
        else:
            parts.append({"folded": folded, "lines": own})
    return parts


DIRECTIVE = Unit(__file__, shows_runs=True)
