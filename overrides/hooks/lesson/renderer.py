"""From a page's plan and the results of its runs to its Markdown with slots, and the HTML for each slot."""

import html
import re
from collections import Counter
from typing import Any

from directives.directive import Block, Run
from directives.kinds import KINDS
from hooks.base import fences, links, markdown, templates
from hooks.base.errors import PageError, suggest
from hooks.course.course import Course
from hooks.execution import approved
from hooks.execution.runner import Result, Task
from hooks.lesson.page import Page
from hooks.lesson.slots import CLOSING, SLOTS
from hooks.lesson.snippets import INLINE, Plan

LARGEST = 2_000  # characters of a value within a sentence
# What Markdown or HTML could take for its own, and what would begin a line with a list or code.
_MARKUP = re.compile(r"[!\"#$&'()*+:-@\[-`{-~\n\r\t]|[-.](?=[-.\s]|$)|(?<=[-.])[-.]|^ |(?<= ) ")
_SLOT = re.compile(r"^<!-- slot: *(?P<name>[\w-]+) *-->$")


class Renderer:
    """Renders one page; what its blocks and slots are given is `directives.directive.PageView`.

    Args:
        plan: what the page asked.
        results: what came of all tasks of the build, by key.
        known: the page's approved outputs, by run.
    """

    def __init__(self, plan: Plan, results: dict[str, Result], course: Course, known: dict):
        self.plan, self.course, self._known, self._all = plan, course, known, results
        self._results = {id: plan.checked(run, results[plan.task(run).key]) for id, run in plan.runs.items()}
        self.root = links.root(plan.source.path)
        self.topic = plan.source.topic
        self.page = Page("", shared={file: {} for kind in KINDS.values() for file in kind.shared_files})
        self.files, self.shared = self.page.files, self.page.shared
        self._counts: Counter[str] = Counter()
        self._chapter = 1 + list(course.topics).index(self.topic["id"]) if self.topic else 0

    def render(self) -> Page:
        """The page, with everything that its blocks and slots show.

        Raises:
            PageError: what a block or slot refuses, maths that is wrong.
        """
        lines = list(self.plan.page.lines)
        for at, line in enumerate(self.plan.page.prose):
            if slot := _SLOT.match(line.strip()):
                indent = line[: len(line) - len(line.lstrip())]
                lines[at] = self._slot(slot["name"], self._filled_slot(slot["name"], at), indent)
            for match in reversed(list(INLINE.finditer(line))):  # `line` has inline code blanked out
                value = self._values(match[0], self.plan.above(at))
                lines[at] = lines[at][: match.start()] + value + lines[at][match.end() :]
        for run in self.plan.runs.values():
            self._approve(run)
        blocks = list(enumerate(self.plan.blocks))
        indents: list[str] = []
        for number, block in reversed(blocks):
            first = lines[block.start]
            indents.append(first[: len(first) - len(first.lstrip())])  # in a box, a tab or a list
            lines[block.start : block.end + 1] = [f"<!-- block {number} -->"]
        text = "\n".join(lines)
        for number, block in blocks:
            made = block.directive.render(block, self)
            shown = self._slot(f"block-{number}", made, indents[-1 - number]) if made else ""
            text = text.replace(f"<!-- block {number} -->", shown, 1)
        self.page.markdown = text + self._closing()
        return self.page

    # --- what blocks and slots may ask ------------------------------------------------------------------

    def fill(self, template: str, /, **data) -> str:
        """HTML of a template."""
        return templates.fill(template, self.root, **data)

    def inline(self, words: str, block: Block, *, line: int | None = None, run: str | None = None) -> str:
        """A sentence of Markdown as HTML, with its values and links."""
        return markdown.inline(self._linked(words, run or block.run), self.plan.path, line or block.line)

    def block(self, words: str, block: Block) -> str:
        """Markdown as HTML, with its values and links."""
        return markdown.block(self._linked(words, block.run), self.plan.path, block.line)

    def filled(self, words: str, run: str | None) -> str:
        """A text with its values."""
        return html.unescape(self._values(words, run))

    def value(self, run: str | None, expression: str) -> Any:
        """What an expression gave in a run."""
        assert run is not None, "the plan refuses what is asked of no run"
        expressions = [asked for asked, _ in self.plan.asked[run]]
        return self._results[run].values[expressions.index(expression.strip())]

    def run(self, id: str) -> Run:
        """A run of the page."""
        return self.plan.runs[id]

    def result(self, id: str) -> Result:
        """What came of a run of the page."""
        return self._results[id]

    def proof(self, task: Task) -> Result:
        """What came of a task that a block asked besides the page's runs."""
        return self._all[task.key]

    def same_as_approved(self, id: str) -> bool | None:
        """Whether the output is as approved; None for a measurement, and where nothing was approved yet."""
        if self.plan.runs[id].timing or id not in self._known:
            return None
        return approved.same(self._known[id], self.page.outputs[id])

    def count(self, kind: str) -> int:
        """1 for the first of a kind on the page, 2 for the next."""
        self._counts[kind] += 1
        return self._counts[kind]

    def number(self, kind: str) -> str:
        """1.3 for the third of its kind on the course's first topic; plain 3 on a page that is no topic."""
        count = str(self.count(kind))
        return f"{self._chapter}.{count}" if self._chapter else count

    # --- the page's own ---------------------------------------------------------------------------------

    def _slot(self, name: str, content: str, indent: str = "") -> str:
        self.page.slots[name] = content
        return f'\n{indent}<div data-slot="{name}"></div>\n'

    def _filled_slot(self, name: str, at: int = 0) -> str:
        slot = SLOTS.get(name)
        if slot is None or (slot.of_topics and not self.topic):
            line = self.plan.source.first_line + at
            wrong = f"there is no slot '{name}' for this page."
            raise PageError(self.plan.path, line, wrong, suggest(name, SLOTS))
        return slot.fill(name, self)

    def _closing(self) -> str:
        """A topic ends with its rubric, notes and next steps, unless the page has put them elsewhere."""
        if not self.topic or not self.topic["sections"]:
            return ""
        missing = {name: title for name, title in CLOSING.items() if name not in self.page.slots}
        return "".join(
            f"\n\n## {title} {{ #{name} }}\n\n" + self._slot(name, self._filled_slot(name))
            for name, title in missing.items()
        )

    def _values(self, words: str, run: str | None) -> str:
        """The text with the value of each {= expression =}, in which Markdown and HTML find nothing to read."""

        def value(match: re.Match) -> str:
            asked, expression = match["run"] or run, match["expression"].strip()
            shown = str(self.value(asked, expression))
            if len(shown) > LARGEST:
                line = next(line for one, line in self.plan.asked[asked or ""] if one == expression)
                wrong = f"the value of {expression} has {len(shown):,} characters."
                raise PageError(self.plan.path, line, wrong, f"Show at most {LARGEST:,}.")
            return shown

        def line(written: str, bare: str) -> str:
            """A line; `bare` has its code blanked out, in which Markdown reads nothing anyway."""

            def shown(match: re.Match) -> str:
                if not bare[match.start() : match.end()].strip():
                    return value(match)
                return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", value(match))

            return INLINE.sub(shown, written)

        text = fences.Text(words)
        return "\n".join(map(line, text.lines, text.prose))

    def _linked(self, words: str, run: str | None) -> str:
        links = self.plan.links
        return self._values(links.in_words(words) if links else words, run)

    def _approve(self, run: Run) -> None:
        if run.timing:
            return
        result = self._results[run.id]
        asked = [expression for expression, _ in self.plan.asked[run.id]]
        values = {
            expression: self.plan.essence(run.id, expression, value)
            for expression, value in zip(asked, result.values, strict=True)
        }
        self.page.outputs[run.id] = {"stdout": result.stdout.splitlines(), "values": approved.rounded(values)}
