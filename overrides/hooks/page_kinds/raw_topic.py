"""The page of a topic written as HTML: see `hooks.course.raw_pages`."""

from hooks.course import raw_pages
from hooks.page_kinds.topic import Topic


class RawTopic(Topic):
    """Keeps its own heading; its checkboxes and notes get what the browser modules look for."""

    def has(self, path: str) -> bool:
        return super().has(path) and self.site.course.sources[path].is_raw

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        markdown, meta = super().markdown(path, text)
        return raw_pages.unwrap(markdown), meta

    def opening(self, topic: dict, path: str, html: str) -> tuple[str, str]:
        return "", raw_pages.finish(html, topic["id"])
