"""Find fenced blocks in Markdown, so that no other step mistakes code for prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")


@dataclass(frozen=True)
class Fence:
    """One fenced block. Lines count from 0; the body starts on `start + 1` and ends before `end`."""

    info: str
    body: str
    start: int
    end: int

    @property
    def words(self) -> list[str]:
        return self.info.split()


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
        body = [
            line[len(indent) :] if line.startswith(indent) else line.lstrip() for line in lines[at + 1 : end]
        ]
        yield Fence(opened["info"].strip(), "\n".join(body), at, end)
        at = end + 1


def is_directive(fence: Fence) -> bool:
    """Whether this is YAML for the build, such as `yaml figure`: its texts are prose too."""
    return fence.words[:1] == ["yaml"] and len(fence.words) > 1


def prose_lines(text: str, *, directives: bool = False) -> list[str]:
    """The page's lines with fenced blocks and inline code blanked out, line for line.

    Args:
        directives: whether to keep the lines of directives.
    """
    lines = text.split("\n")
    for fence in find(lines):
        if directives and is_directive(fence):
            continue
        for at in range(fence.start, min(fence.end + 1, len(lines))):
            lines[at] = ""
    return [re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", lambda m: " " * len(m[0]), line) for line in lines]
