"""A page between Markdown and HTML: what goes into its slots, and what goes around it."""

import json
import re
from dataclasses import dataclass, field

from hooks.base import templates
from hooks.course import raw_pages
from hooks.course.course import Course
from hooks.course.topics import Source

_HEADING = re.compile(
    r'<h2 id="(?P<id>[^"]+)" data-minutes="(?P<minutes>\d+)" data-mode="(?P<mode>\w+)">|'
    r'<h2 data-minutes="(?P<minutes2>\d+)" data-mode="(?P<mode2>\w+)" id="(?P<id2>[^"]+)">'
)


@dataclass
class Page:
    """A page half built: its Markdown, what goes into its slots, and the data files beside it."""

    markdown: str
    slots: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # site path -> text
    outputs: dict[str, dict] = field(default_factory=dict)  # what is approved
    questions: dict[str, dict] = field(default_factory=dict)  # id -> its entry in assets/questions.json


def finish(content: str, page: Page) -> str:
    """Put the slots' HTML into the rendered page, and the mode tag above each section that has one."""

    def tagged(match: re.Match) -> str:
        id, mode, minutes = (match[name] or match[f"{name}2"] for name in ("id", "mode", "minutes"))
        return templates.fill("mode_tag", "", mode=mode, minutes=int(minutes)) + f'\n<h2 id="{id}">'

    content = _HEADING.sub(tagged, content)
    return re.sub(r'<div data-slot="([\w-]+)"></div>', lambda m: page.slots[m[1]], content)


def wrap(content: str, source: Source, course: Course, root: str) -> str:
    """A topic's content inside the element that carries its id, under its heading; the manifest where it is used."""
    topic = source.topic
    if not topic:
        shows_course = any(f"data-{view}" in content for view in ("dashboard", "topic-map", "review", "portfolio"))
        return content + (_manifest(course.manifest()) if shows_course else "")
    head = ""
    if topic["sections"]:
        head = templates.fill("topic_head", root, topic=topic, course=course.topics, sections=topic["sections"])
    else:
        content = raw_pages.finish(content, topic["id"])
    return f'<div data-topic-id="{topic["id"]}">\n{head}\n{content}\n</div>' + _manifest(
        course.excerpt(topic)
    )


def _manifest(manifest: dict) -> str:
    data = json.dumps(manifest, ensure_ascii=False).replace("</", "<\\/")
    return f'\n<script type="application/json" id="course-manifest">{data}</script>'
