"""Every page as plain Markdown beside its HTML, and `llms.txt`, which lists them: for assistants, and for any reader of text.

What the page computed stands in it: values, code, output, tables. What only a browser can show does not: figures are their
title and caption, and the answers of questions and exercises stay on the page.
"""

import json
import re
from collections.abc import Mapping

from hooks.base import links
from hooks.course.course import Course
from hooks.lesson.renderer import Renderer
from hooks.lesson.snippets import INLINE, Plan

NAME = "index.md"  # beside the page's index.html
_ATTRIBUTES = re.compile(r" ?\{:? *[.#][a-zA-Z][^{}=]*\}| +\{ *#[^{}]*\}$|^\{ *[.#][^{}]*\}$")
_SLOT = re.compile(r"^<!-- slot: .* -->$")


def address(path: str) -> str:
    """Site path of a page's Markdown: part1/x.md -> part1/x/index.md."""
    return links.url(path) + NAME


def page(plan: Plan, renderer: Renderer) -> str:
    """A page in Markdown, with what its code gave."""
    lines = [_line(at, plan, renderer) for at in range(len(plan.page.lines))]
    for block in reversed(plan.blocks):
        text = block.directive.text(block, renderer)
        lines[block.start : block.end + 1] = [text] if text else []
    topic = plan.source.topic
    head = [f"# {topic['title']}", "", topic["summary"], ""] if topic else []
    return re.sub(r"\n{3,}", "\n\n", "\n".join([*head, *lines])).strip() + "\n"


def _line(at: int, plan: Plan, renderer: Renderer) -> str:
    line, prose = plan.page.lines[at], plan.page.prose[at]  # in `prose`, code is blanked out
    if _SLOT.match(prose.strip()):
        return ""
    for match in reversed(list(INLINE.finditer(prose))):
        line = line[: match.start()] + renderer.filled(match[0], plan.above(at)) + line[match.end() :]
    return _ATTRIBUTES.sub("", line) if prose else line


def notebook(text: str) -> str:
    """A notebook's words and code."""
    cells = json.loads(text)["cells"]
    parts = [("".join(cell["source"]).strip(), cell["cell_type"]) for cell in cells]
    return "\n\n".join(f"```python\n{one}\n```" if kind == "code" else one for one, kind in parts) + "\n"


def module(name: str, source: str) -> str:
    """A module of the package: its source says everything that its page says."""
    return f"# {name}\n\n```python\n{source.strip()}\n```\n"


def index(course: Course, pages: Mapping[str, str]) -> str:
    """`llms.txt`: the lessons by parts, then the other pages, each with its address from the site's root.

    Args:
        pages: the Markdown of every page, by path from docs/.
    """
    lines = [
        "# The Running Transformer",
        "",
        "> Learn how Transformers work on pages that run their own code.",
    ]
    rest = dict(pages)
    for part in course.parts:
        mine = [t for t in course.topics.values() if t["part"] == part["number"] and not t["planned"]]
        if mine:
            lines += ["", f"## {part['title']}", ""]
            lines += [f"- [{one['title']}]({address(one['path'])}): {one['summary']}" for one in mine]
        for one in mine:
            rest.pop(one["path"], None)
    named = [(_title(text) or links.url(path), path) for path, text in rest.items()]
    lines += ["", "## Optional", "", *(f"- [{name}]({address(path)})" for name, path in named)]
    return "\n".join(lines) + "\n"


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").strip() if text.startswith("# ") else ""
