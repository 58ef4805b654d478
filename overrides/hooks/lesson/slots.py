"""What a page may ask for with `<!-- slot: name -->`, and what every topic ends with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hooks.architecture import drawing as floors
from hooks.architecture import imports
from hooks.base import project
from hooks.course import paths
from hooks.course.course import Course
from hooks.execution import cache
from hooks.topic_map import drawing

_REPO = Path(__file__).parents[3]


class SlotView(Protocol):
    """What a page gives a slot."""

    root: str
    topic: dict | None
    course: Course

    def fill(self, template: str, /, **data) -> str:
        """HTML of a template."""
        ...


@dataclass(frozen=True)
class Slot:
    """One kind of slot.

    Args:
        fill: its HTML on a page.
        of_topics: whether only the page of a topic has it.
        reads_course: whether the browser fills it from the manifest of the whole course.
    """

    fill: Callable[[str, SlotView], str]
    of_topics: bool = False
    reads_course: bool = False


def _of_topic(name: str, page: SlotView) -> str:
    return page.fill(name, topic=page.topic, course=page.course.topics)


def _empty(name: str, page: SlotView) -> str:
    return page.fill(name)


def _of_course(name: str, page: SlotView) -> str:
    return page.fill(name, manifest=page.course.manifest())


def _newcomer(name: str, page: SlotView) -> str:
    first = next(topic for topic in page.course.topics.values() if not topic["planned"])
    return page.fill(name, first=first, lesson=paths.load(page.course)[0][0])


def _topic_map(name: str, page: SlotView) -> str:
    manifest = page.course.manifest()
    svg = drawing.draw(manifest, lambda topic: page.root + topic["url"])
    return page.fill(name, manifest=manifest, svg=svg)


def _paths(name: str, page: SlotView) -> str:
    return page.fill(name, paths=paths.load(page.course)[0])


def _architecture(name: str, page: SlotView) -> str:
    parts = [
        {
            "name": part.name,
            "modules": sum(folder.modules for folder in part.folders.values()),
            "alt": f"{part.name}. From the top: "
            + "; ".join(", ".join(floor) for floor in part.floors()[::-1]),
            "svg": floors.draw(part),
            "rows": [
                [one.name, one.says, one.modules, ", ".join(one.imports) or "none"]
                for one in part.folders.values()
            ],
        }
        for part in imports.kept_parts(_REPO, cache.users(_REPO))
    ]
    return page.fill(name, parts=parts)


def _install(name: str, page: SlotView) -> str:
    return page.fill(name, project=project.read(_REPO), address=project.address())


SLOTS = {
    "architecture": Slot(_architecture),
    "prompts": Slot(_of_topic, of_topics=True),
    "rubric": Slot(_of_topic, of_topics=True),
    "notes": Slot(_of_topic, of_topics=True),
    "finish": Slot(_of_topic, of_topics=True),
    "dashboard": Slot(_of_course, reads_course=True),
    "topic_map": Slot(_topic_map, reads_course=True),
    "home": Slot(_empty),
    "newcomer": Slot(_newcomer),
    "parts": Slot(_of_course),
    "install": Slot(_install),
    "paths": Slot(_paths, reads_course=True),
    "review": Slot(_of_course, reads_course=True),
    "portfolio": Slot(_of_course, reads_course=True),
}
CLOSING = {  # what a topic ends with, unless the page has put it elsewhere
    "rubric": "How well do you know this?",
    "notes": "Your notes",
    "finish": "What next",
}
