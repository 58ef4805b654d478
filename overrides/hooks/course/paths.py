"""Learning paths: ways through the course, each with its steps, its minutes and its own progress."""

import math
from pathlib import Path

from directives import kinds
from hooks.base import files, links, schemas
from hooks.base.errors import PageError, suggest
from hooks.course.course import Course
from hooks.course.topics import Source

FILE = "docs/paths.yml"
SCHEMA = schemas.Schema("paths", Path(__file__).with_name("paths.json"))


def load(course: Course) -> tuple[list[dict], list[links.Anchor]]:
    """Read `paths.yml`, where there is one.

    Returns:
        The paths, each {id, title, summary, minutes, length, steps}, each step {id, number, title, url, minutes,
        topic, evidence}: `topic` is the topic that the step is as a whole, or None; `url` is None where it is planned;
        `evidence` is what shows that the step is done, {topic, section, questions, exercises}, or None.
        And the places that the steps name, to be checked when all pages are built.

    Raises:
        PageError: a field that does not fit the schema, an id given twice, minutes that are not those of the
            section, a page or topic that does not exist.
    """
    file = course.docs / "paths.yml"
    if not file.exists():
        return [], []
    text = files.text(file, FILE)
    read = SCHEMA.read(text, FILE, 1)["paths"]
    lines, anchors, paths, seen = schemas.lines(text), [], [], set()
    for number, path in enumerate(read):
        at = {steps[2:]: line + 1 for steps, line in lines.items() if steps[:2] == ("paths", number)}
        _once(path["id"], at[("id",)], seen)
        if "steps" in path:
            steps, places = _listed(path, at, course, seen)
            anchors += places
        elif "sections_of" in path:
            steps = _sections(path, at[("sections_of",)], course)
        else:
            steps = [_whole(topic) for topic in course.topics.values()]
        said = {key: path[key] for key in ("id", "title", "summary")}
        numbered = [{**step, "number": place} for place, step in enumerate(steps, start=1)]
        minutes = sum(step["minutes"] for step in steps)
        paths.append({**said, "minutes": minutes, "length": len(steps), "steps": numbered})
    return paths, anchors


def on(paths: list[dict], topic: dict) -> list[dict]:
    """The paths that lead through a topic, each with its steps there alone."""
    mine = [
        {**path, "steps": [step for step in path["steps"] if _topic_of(step) == topic["id"]]}
        for path in paths
    ]
    return [path for path in mine if path["steps"]]


def _topic_of(step: dict) -> str | None:
    return step["topic"] or (step["evidence"] or {}).get("topic")


def _listed(path: dict, at: dict, course: Course, seen: set[str]) -> tuple[list[dict], list[links.Anchor]]:
    steps, anchors = [], []
    for number, step in enumerate(path["steps"]):
        id = f"{path['id']}.{step['id']}"
        _once(id, at[("steps", number, "id")], seen)
        page, _, fragment = step["at"].partition("#")
        line = at[("steps", number, "at")]
        if page not in course.sources and not page.endswith(".ipynb"):
            raise PageError(FILE, line, f"there is no docs/{page}.", suggest(page, course.sources))
        if page in course.sources and course.sources[page].is_raw:
            fragment = ""  # a page written as HTML has sections of its own: the step leads to its top
        place = f"#{fragment}" if fragment else ""
        if fragment:
            anchors.append(links.Anchor(FILE, line, page, fragment))
        source = course.sources.get(page)
        steps.append(
            {
                "id": id,
                "title": step["title"],
                "url": links.url(page) + place,
                "minutes": _minutes(step, at, number, source, fragment),
                "topic": None,
                "evidence": _evidence(source, fragment) if source and source.topic and fragment else None,
            }
        )
    return steps, anchors


def _minutes(step: dict, at: dict, number: int, source: Source | None, fragment: str) -> int:
    """Of the section that the step is; where it is a part of one, or a lab, the step says its minutes itself."""
    sections = source.topic["sections"] if source and source.topic else []
    whole = [section["minutes"] for section in sections if section["id"] == fragment]
    said = [step["minutes"]] if "minutes" in step else []
    if whole and said:
        wrong = f"the step '{step['id']}' says its minutes, and is a whole section, which says {whole[0]}."
        raise PageError(FILE, at[("steps", number, "minutes")], wrong, "Leave minutes out.")
    if source and source.is_raw and not said:
        return 0  # a page written as HTML does not say how long its parts take
    if not whole and not said:
        wrong = f"the step '{step['id']}' is no whole section, and does not say its minutes."
        raise PageError(FILE, at[("steps", number, "id")], wrong, "Write minutes: 5")
    return (whole or said)[0]


def _evidence(source: Source, fragment: str) -> dict:
    """What a place on a topic's page holds, from its heading to the next one that is not below it."""
    topic = source.topic
    assert topic is not None, "the caller has asked"
    after = links.headings(source.page)
    here = next((heading for heading in after if heading.id == fragment), None)
    end = next((h.line for h in after if here and h.line > here.line and h.depth <= here.depth), math.inf)
    inside = [block for block in source.blocks if here and here.line < block.start < end]

    def ids(field: str) -> list[str]:
        kind = next(kind for kind in kinds.KINDS.values() if kind.manifest == field)
        return [entry.data["id"] for entry in kind.entries(kinds.of_kind(kind, inside), topic)]

    return {
        "topic": topic["id"],
        "section": fragment,
        "questions": ids("questions"),
        "exercises": ids("exercises"),
    }


def _sections(path: dict, line: int, course: Course) -> list[dict]:
    """The sections of a topic that say how they are studied, under their own titles."""
    topic = course.topics.get(path["sections_of"])
    if topic is None or topic["planned"]:
        written = [topic["id"] for topic in course.topics.values() if not topic["planned"]]
        wrong = f"sections_of names '{path['sections_of']}', which is no written topic."
        raise PageError(FILE, line, wrong, suggest(path["sections_of"], written))
    if not topic["sections"]:  # a page written as HTML says nothing of them
        return [_whole(topic)]
    source = course.sources[topic["path"]]
    return [
        {
            "id": f"{path['id']}.{section['id']}",
            "title": section["title"],
            "url": f"{topic['url']}#{section['id']}",
            "minutes": section["minutes"],
            "topic": None,
            "evidence": _evidence(source, section["id"]),
        }
        for section in topic["sections"]
    ]


def _whole(topic: dict) -> dict:
    return {
        "id": topic["id"],
        "title": topic["title"],
        "url": topic["url"],
        "minutes": topic["minutes"],
        "topic": topic["id"],
        "evidence": None,
    }


def _once(id: str, line: int, seen: set[str]) -> None:
    if id in seen:
        raise PageError(FILE, line, f"the id {id} is given twice.", "Ids are unique: choose another.")
    seen.add(id)
