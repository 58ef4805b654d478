"""A page in Markdown that is no topic: the home page, the dashboard, measurements."""

from hooks.base import links, maths
from hooks.execution import approved
from hooks.lesson.page import finish, manifest_script
from hooks.lesson.renderer import Renderer
from hooks.lesson.slots import SLOTS
from hooks.page_kinds.kind import PageKind
from hooks.search import records


class Plain(PageKind):
    """Its code runs and its blocks are filled, as on a topic's page."""

    def has(self, path: str) -> bool:
        return path in self.site.course.sources

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        site = self.site
        known = approved.read(site.approved, path)
        site.pages[path] = Renderer(site.plans[path], site.results, site.course, known).render()
        return site.pages[path].markdown, {}

    def found_as(self, path: str) -> str:
        is_lesson = path.startswith("reference/") and path != links.TOPIC_MAP
        return records.LESSON if is_lesson else records.SITE

    def content(self, path: str, html: str) -> str:
        source = self.site.course.sources[path]
        html = maths.in_html(html, f"docs/{path}", source.text, source.first_line)
        return self.framed(path, finish(html, self.site.pages[path]))

    def framed(self, path: str, html: str) -> str:
        """With the manifest of the whole course, where one of the page's slots reads it."""
        slots = self.site.pages[path].slots
        reads = any(name in SLOTS and SLOTS[name].reads_course for name in slots)
        manifest = {**self.site.course.manifest(), "paths": self.site.paths}
        return html + (manifest_script(manifest) if reads else "")
