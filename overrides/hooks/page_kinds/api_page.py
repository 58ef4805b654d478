"""A page of the reference: a module of the package, made from its source."""

from hooks.lesson.page import finish
from hooks.page_kinds.kind import PageKind, Site
from hooks.reference import index
from hooks.search import records


class ApiPage(PageKind):
    """Its Markdown comes from docstrings; there is no file in docs/."""

    def __init__(self, site: Site):
        super().__init__(site)
        self._made: dict[str, index.Made] = {}

    def has(self, path: str) -> bool:
        return path in self.site.reference.pages

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        site = self.site
        module = site.reference.pages[path]
        made = index.page(site.reference, path, site.lessons[module.name], site.cache)
        self._made[path], site.pages[path] = made, made.page
        site.anchors += made.anchors
        title = f"{site.reference.package.name}.{module.name}".rstrip(".")
        return made.page.markdown, {"title": title}

    def found_as(self, path: str) -> str:
        return records.CODE

    def content(self, path: str, html: str) -> str:
        return finish(html, self.site.pages[path])

    def output(self, path: str, html: str) -> str:
        return self._made[path].unfold(html)
