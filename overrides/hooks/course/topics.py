"""Read what a page says of itself: a topic from its front matter, or from the page where it is written as HTML."""

import re
from dataclasses import dataclass
from pathlib import Path

from directives.exercise import folder as exercises
from directives.quiz import questions as quizzes
from hooks.base import fences, schemas
from hooks.base.errors import PageError
from hooks.course import raw_pages

MODES = ("learn", "practice", "build", "review")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*\n", re.DOTALL)
_SECTION = re.compile(r"^## +(?P<title>.+?) *\{(?P<attributes>[^}]*)\} *$")
_ATTRIBUTE = re.compile(r"#([\w-]+)|data-(mode|minutes)=[\"']?([\w-]+)")


@dataclass(frozen=True)
class Source:
    """A page of the course as written: its topic (or None), its Markdown, and where that starts in the file."""

    path: str  # from docs/, such as part1/transformer-architecture.md
    text: str  # Markdown without front matter
    first_line: int  # of the file, where `text` starts, counted from 1
    topic: dict | None


def read(path: str, text: str, docs: Path) -> Source:
    """Take a page apart; `docs` is where the files of its exercises lie.

    Raises:
        PageError: front matter that does not fit the schema, sections that do not add up.
    """
    if raw_pages.is_raw(text):
        topic = raw_pages.topic(path, text)
        topic["questions"] = quizzes.outline(path, text, 1, topic)
        topic["exercises"] = exercises.outline(path, text, 1, topic, docs)
        return Source(path, text, 1, topic)
    front = _FRONT.match(text)
    if not front or not re.search(r"^study_mode\s*:|^id\s*:", front[1], re.MULTILINE):
        offset = front.end() if front else 0
        return Source(path, text[offset:], text.count("\n", 0, offset) + 1, None)
    data = schemas.read("topic", front[1], f"docs/{path}", 2)
    body, first_line = text[front.end() :], text.count("\n", 0, front.end()) + 1
    sections = _sections(path, body, first_line)
    if not sections:
        cure = f"Write at least one: ## Title {{ #id data-mode={'|'.join(MODES)} data-minutes=20 }}"
        raise PageError(f"docs/{path}", first_line, "no section says how it is studied, and how long.", cure)
    modes = {mode: sum(s["minutes"] for s in sections if s["mode"] == mode) for mode in MODES}
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
        "sections": sections,
        "modes": {mode: minutes for mode, minutes in modes.items() if minutes},
        "minutes": sum(modes.values()),
        "exercises": exercises.outline(path, body, first_line, data, docs),
        "questions": quizzes.outline(path, body, first_line, data),
    }
    _check_time(topic, front[1])
    return Source(path, body, first_line, topic)


def _sections(path: str, body: str, first_line: int) -> list[dict]:
    """Every `## Title { #id data-mode=learn data-minutes=20 }`, in order."""
    found = []
    for at, line in enumerate(fences.prose_lines(body)):
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
        found.append({"id": given["id"], "mode": given["mode"], "minutes": int(given["minutes"])})
    return found


def _check_time(topic: dict, front: str) -> None:
    """The minutes of the sections add up to the time that the page promises."""
    numbers, unit = topic["time"].split()
    low, _, high = numbers.partition("-")
    minutes = 60 if unit == "hours" else 1
    low, high = int(low) * minutes, int(high or low) * minutes
    if not low <= topic["minutes"] <= high:
        line = 2 + front[: front.index("time:")].count("\n")
        wrong = f"time says {topic['time']}, the sections add up to {topic['minutes']} minutes."
        cure = f"Write data-minutes that add up to {low} to {high}, or another time."
        raise PageError(f"docs/{topic['path']}", line, wrong, cure)
