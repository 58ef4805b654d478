"""Read what a page says of itself: a topic from its front matter, or from the page where it is written as HTML."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from directives import kinds
from directives.directive import Block, Entry
from hooks.base import fences, links, markdown, schemas
from hooks.base.errors import PageError
from hooks.course import raw_pages

MODES = ("learn", "practice", "build", "review")
SCHEMA = schemas.Schema("topic", Path(__file__).with_name("topic.json"))
_BEGINS = re.compile(r"\A\s*---[ \t]*\n[A-Za-z_]+[ \t]*:")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*\n", re.DOTALL)
_TIME = re.compile(r"(\d+) (hour|minute)")
_SECTION = re.compile(r"^## +(?P<title>.+?) *\{(?P<attributes>[^}]*)\} *$")
_RUNS = re.compile(rf"(?:`{{3,}}|~{{3,}})[ \t]*(?:python run|yaml (?:{'|'.join(kinds.KINDS)}))\b")
_ATTRIBUTE = re.compile(r"#([\w-]+)|data-(mode|minutes)=[\"']?([\w-]+)")


@dataclass(frozen=True)
class Source:
    """A page of the course as written: scanned, and its blocks read, once."""

    path: str  # from docs/, such as part1/transformer-architecture.md
    text: str  # Markdown without front matter
    first_line: int  # of the file, where `text` starts, counted from 1
    topic: dict | None
    docs: Path = field(default=Path("docs"), repr=False)

    @cached_property
    def page(self) -> fences.Text:
        """The Markdown with its fences."""
        return fences.Text(self.text)

    @cached_property
    def blocks(self) -> list[Block]:
        """Every block of a kind that `directives` knows, in order."""
        return kinds.blocks(self.page.fences, self.path, self.first_line, self.topic, self.docs)

    @cached_property
    def sections(self) -> dict[str, str]:
        """Id and title of every heading."""
        return links.sections(self.page)

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """What the manifest lists of the topic's blocks, by field."""
        assert self.topic is not None, "only a topic has a manifest"
        return {
            kind.manifest: kind.entries(kinds.of_kind(kind, self.blocks), self.topic)
            for kind in kinds.KINDS.values()
            if kind.manifest
        }

    @property
    def is_raw(self) -> bool:
        """Whether it is a topic written as HTML."""
        return raw_pages.is_raw(self.text)


def read(path: str, text: str, docs: Path) -> Source:
    """Take a page apart; `docs` is the folder of all pages, with the files of their exercises.

    Raises:
        PageError: front matter or a block that does not fit its schema, sections that do not add up.
    """
    if raw_pages.is_raw(text):
        return _listed(_with_fences(Source(path, text, 1, raw_pages.topic(path, text), docs)))
    front = _FRONT.match(text)
    if not front and (begins := _BEGINS.match(text)):
        line = 1 + begins[0].count("\n", 0, begins[0].index("---"))
        wrong = "this front matter does not begin on the first line, or has no end."
        raise PageError(f"docs/{path}", line, wrong, "Put it first, between two lines of ---.")
    if not front or not re.search(r"^study_mode\s*:|^id\s*:", front[1], re.MULTILINE):
        offset = front.end() if front else 0
        if front:
            schemas.parse(front[1], "front matter", f"docs/{path}", 2)
        return _with_fences(Source(path, text[offset:], text.count("\n", 0, offset) + 1, None, docs))
    data = SCHEMA.read(front[1], f"docs/{path}", 2)
    _check_levels(data["rubric"], front[1], path)
    if links.url(path) == "":
        raise PageError(
            f"docs/{path}", 1, "the site's first page is no topic.", "Move the topic into its part's folder."
        )
    topic = {
        "short": data["title"],
        "assumes": [],
        "prerequisites": [],
        "next": [],
        "aliases": [],
        "providers": [],
        **data,
        "path": path,
        "planned": False,
    }
    first_line = text.count("\n", 0, front.end()) + 1
    source = _with_fences(Source(path, text[front.end() :], first_line, topic, docs))
    sections = _sections(source)
    modes = {mode: sum(s["minutes"] for s in sections if s["mode"] == mode) for mode in MODES}
    topic["sections"] = sections
    topic["modes"] = {mode: minutes for mode, minutes in modes.items() if minutes}
    topic["minutes"] = sum(modes.values())
    _check_time(topic, front[1])
    return _listed(source)


def _with_fences(source: Source) -> Source:
    """With every fence closed, and every one that runs where it is found."""
    path = f"docs/{source.path}"
    for fence in source.page.fences:
        if fence.end >= len(source.page.lines):
            wrong = f"this fence is never closed: ```{fence.info}"
            cure = "Close it with as many backticks, indented as far, and nothing else on the line."
            raise PageError(path, source.first_line + fence.start, wrong, cure)
    for at, line in enumerate(source.page.prose):
        if _RUNS.search(line):
            wrong = f"this fence is shown and not run: {line.strip()}"
            cure = "Begin its line with spaces alone: no tab, no quote, no words."
            raise PageError(path, source.first_line + at, wrong, cure)
    return source


def _check_levels(rubric: list[dict], front: str, path: str) -> None:
    """Levels count from 1."""
    for place, level in enumerate(rubric):
        if level["level"] != place + 1:
            line = 2 + schemas.lines(front)["rubric", place, "level"]
            wrong = f"level {level['level']} of the rubric is number {place + 1}."
            raise PageError(f"docs/{path}", line, wrong, "Write levels 1, 2, 3, 4 in this order, each once.")


def _listed(source: Source) -> Source:
    """With what its manifest lists of its blocks."""
    assert source.topic is not None, "the caller made it"
    for name, entries in source.entries.items():
        source.topic[name] = [entry.data for entry in entries]
    return source


def _sections(source: Source) -> list[dict]:
    """Every `## Title { #id data-mode=learn data-minutes=20 }`, in order."""
    path, first_line = source.path, source.first_line
    found = []
    for at, line in enumerate(source.page.prose):
        section = _SECTION.match(line)
        if not section or "data-mode" not in section["attributes"]:
            continue
        given = {m[2] or "id": m[1] or m[3] for m in _ATTRIBUTE.finditer(section["attributes"])}
        if (
            set(given) != {"id", "mode", "minutes"}
            or given["mode"] not in MODES
            or not given["minutes"].isdigit()
        ):
            cure = f"Write: ## {section['title']} {{ #id data-mode={'|'.join(MODES)} data-minutes=20 }}"
            raise PageError(
                f"docs/{path}", first_line + at, "this section lacks its id, mode or minutes.", cure
            )
        found.append(
            {
                "id": given["id"],
                "title": markdown.plain(source.sections[given["id"]]),
                "mode": given["mode"],
                "minutes": int(given["minutes"]),
            }
        )
    if not found:
        cure = f"Write at least one: ## Title {{ #id data-mode={'|'.join(MODES)} data-minutes=20 }}"
        raise PageError(f"docs/{path}", first_line, "no section says how it is studied, and how long.", cure)
    return found


def _check_time(topic: dict, front: str) -> None:
    """The time that the page promises is the sum of its sections' minutes, which is what every other page counts."""
    said = sum(int(n) * (60 if unit == "hour" else 1) for n, unit in _TIME.findall(topic["time"]))
    total = topic["minutes"]
    if said != total:
        line = 2 + front[: front.index("time:")].count("\n")
        wrong = f"time says {topic['time']}, the sections add up to {total} minutes."
        raise PageError(
            f"docs/{topic['path']}", line, wrong, f"Write time: {in_words(total)}, or change data-minutes."
        )


def in_words(minutes: int) -> str:
    """A time as front matter says it, such as '2 hours 30 minutes'."""
    parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
    return " ".join(f"{n} {unit}{'s' if n != 1 else ''}" for n, unit in parts if n)
