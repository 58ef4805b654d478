"""The page of a topic, written in Markdown with front matter."""

from collections.abc import Iterable

from hooks.base import links, markdown, templates
from hooks.course import paths
from hooks.lesson.page import manifest_script
from hooks.lesson.slots import CLOSING
from hooks.page_kinds.plain import Plain
from hooks.search import records


class Topic(Plain):
    """Inside the element that carries its id, under its heading, with the manifest of its neighbours."""

    def has(self, path: str) -> bool:
        source = self.site.course.sources.get(path)
        return source is not None and source.topic is not None

    def topic(self, path: str) -> dict:
        """The topic of a page."""
        topic = self.site.course.sources[path].topic
        assert topic is not None, "`has` says that it has one"
        return topic

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        made, _ = super().markdown(path, text)
        topic = self.topic(path)
        return made, {"title": topic["title"], "description": topic["summary"], "topic": topic}

    def found_as(self, path: str) -> str:
        return records.LESSON

    def searched(self, path: str, html: str) -> Iterable[records.Record]:
        sections = {section["id"]: section for section in self.topic(path)["sections"]}
        found = records.read(links.url(path), html, self.found_as(path), sections)
        return [one for one in found if one.url.partition("#")[2] not in CLOSING]

    def framed(self, path: str, html: str) -> str:
        topic, course = self.topic(path), self.site.course
        head, html = self.opening(topic, path, html)
        return f'<div data-topic-id="{topic["id"]}">\n{head}\n{html}\n</div>' + manifest_script(
            {**course.excerpt(topic), "paths": paths.on(self.site.paths, topic)}
        )

    def opening(self, topic: dict, path: str, html: str) -> tuple[str, str]:
        """The topic's heading, and the page below it."""
        course, sections = self.site.course.topics, topic["sections"]
        answer = markdown.inline(topic.get("answer", ""), f"docs/{path}")
        told = {"topic": topic, "course": course, "sections": sections, "answer": answer}
        head = templates.fill("topic_head", links.root(path), **told)
        return head, html
