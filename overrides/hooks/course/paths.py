"""Learning paths: ways through the course, each with its steps, its minutes and its own progress."""

from pathlib import Path

from hooks.base import files, links, schemas
from hooks.base.errors import PageError, suggest
from hooks.course.course import Course

FILE = "docs/paths.yml"
SCHEMA = schemas.Schema("paths", Path(__file__).with_name("paths.json"))


def load(course: Course) -> tuple[list[dict], list[links.Anchor]]:
    """Read `paths.yml`, where there is one.

    Returns:
        The paths, each {id, title, summary, minutes, steps}, each step {id, title, url, minutes, topic}: `topic` is
        the topic that the step is, or None where the learner ticks it; `url` is None where it is planned.
        And the places that the steps name, to be checked when all pages are built.

    Raises:
        PageError: a field that does not fit the schema, an id given twice, minutes that do not add up, a page or
            topic that does not exist.
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
        minutes = sum(step["minutes"] for step in steps)
        if path.get("minutes", minutes) != minutes:
            wrong = f"{path['id']} says {path['minutes']} minutes, its steps add up to {minutes}."
            raise PageError(FILE, at[("minutes",)], wrong, f"Write minutes: {minutes}, or change the steps.")
        paths.append(
            {key: path[key] for key in ("id", "title", "summary")} | {"minutes": minutes, "steps": steps}
        )
    return paths, anchors


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
        steps.append(
            {
                "id": id,
                "title": step["title"],
                "url": links.url(page) + place,
                "minutes": step["minutes"],
                "topic": None,
            }
        )
    return steps, anchors


def _sections(path: dict, line: int, course: Course) -> list[dict]:
    """The sections of a topic that say how they are studied, under their own titles."""
    topic = course.topics.get(path["sections_of"])
    if topic is None or topic["planned"]:
        written = [topic["id"] for topic in course.topics.values() if not topic["planned"]]
        wrong = f"sections_of names '{path['sections_of']}', which is no written topic."
        raise PageError(FILE, line, wrong, suggest(path["sections_of"], written))
    if not topic["sections"]:  # a page written as HTML says nothing of them
        return [_whole(topic)]
    titles = course.sources[topic["path"]].sections
    return [
        {
            "id": f"{path['id']}.{section['id']}",
            "title": titles[section["id"]],
            "url": f"{topic['url']}#{section['id']}",
            "minutes": section["minutes"],
            "topic": None,
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
    }


def _once(id: str, line: int, seen: set[str]) -> None:
    if id in seen:
        raise PageError(FILE, line, f"the id {id} is given twice.", "Ids are unique: choose another.")
    seen.add(id)
