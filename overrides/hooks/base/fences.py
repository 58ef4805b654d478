"""Find fenced blocks in Markdown, so that no other step mistakes code for prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_OPEN = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Fence:
    """One fenced block. Lines count from 0; the body starts on `start + 1` and ends before `end`."""

    info: str
    body: str
    start: int
    end: int

    @property
    def words(self) -> list[str]:
        """The words behind the opening backticks."""
        return self.info.split()

    @property
    def is_directive(self) -> bool:
        """Whether this is YAML for the build, such as `yaml figure`: its texts are prose too."""
        return self.words[:1] == ["yaml"] and len(self.words) > 1


@dataclass(frozen=True)
class Text:
    """A page's Markdown, scanned for fences once."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines as written."""
        return self.text.split("\n")

    @cached_property
    def fences(self) -> list[Fence]:
        """Every fence, in order."""
        return list(find(self.lines))

    @cached_property
    def prose(self) -> list[str]:
        """The lines with fenced blocks and inline code blanked out, line for line."""
        return [without_code(line) for line in self._outside(self.fences)]

    @cached_property
    def prose_and_directives(self) -> list[str]:
        """The same, but the lines of directives are kept."""
        return [without_code(line) for line in self._outside(f for f in self.fences if not f.is_directive)]

    def with_lines(self, lines: list[str]) -> "Text":
        """The page with other words on the same lines: the fences stay where they are."""
        changed = Text("\n".join(lines))
        same = [Fence(f.info, _body(lines, f.start, f.end), f.start, f.end) for f in self.fences]
        changed.__dict__["fences"] = same  # what `cached_property` would compute
        return changed

    def _outside(self, fences) -> list[str]:
        lines = list(self.lines)
        for fence in fences:
            for at in range(fence.start, min(fence.end + 1, len(lines))):
                lines[at] = ""
        return lines


def find(lines: list[str]) -> Iterator[Fence]:
    """Every fence, in order; one that is never closed runs to the end of the page."""
    at = 0
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        if not opened:
            at += 1
            continue
        indent, fence = opened["indent"], opened["fence"]
        close = re.compile(rf"^{indent}{re.escape(fence[0])}{{{len(fence)},}} *$")
        end = at + 1
        while end < len(lines) and not close.match(lines[end]):
            end += 1
        yield Fence(opened["info"].strip(), _body(lines, at, end), at, end)
        at = end + 1


def _body(lines: list[str], start: int, end: int) -> str:
    """What is between the two lines of a fence, without the fence's own indent."""
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip(" "))]
    body = lines[start + 1 : end]
    return "\n".join(line[len(indent) :] if line.startswith(indent) else line.lstrip() for line in body)


def without_code(line: str) -> str:
    """A line with inline code blanked out; every other character keeps its column."""
    return _INLINE_CODE.sub(lambda code: " " * len(code[0]), line)


def prose_lines(text: str) -> list[str]:
    """The lines of a text with fenced blocks and inline code blanked out, line for line."""
    return Text(text).prose
