"""What every kind of page can do, and what all kinds share in one build."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hooks.base.links import Anchor, Links, url
from hooks.course.course import Course
from hooks.execution.cache import ResultCache
from hooks.execution.runner import Result
from hooks.lesson.page import Page
from hooks.lesson.snippets import Plan
from hooks.reference.places import Reference
from hooks.search import records


@dataclass
class Site:
    """What one build knows, whatever the kind of a page."""

    repo: Path
    course: Course
    reference: Reference
    cache: ResultCache
    say: Callable[[str], None]  # progress
    files: set[str] = field(default_factory=set)  # every file of docs/ and every page that the build adds
    plans: dict[str, Plan] = field(default_factory=dict)  # by path from docs/
    results: dict[str, Result] = field(default_factory=dict)  # by key of the task
    lessons: dict[str, list[dict]] = field(default_factory=dict)  # by module of the package
    paths: list[dict] = field(default_factory=list)  # ways through the course
    pages: dict[str, Page] = field(default_factory=dict)  # half built, by path from docs/
    anchors: list[Anchor] = field(default_factory=list)  # places that pages must have when all are built

    @property
    def docs(self) -> Path:
        """The folder of all pages."""
        return self.course.docs

    @property
    def approved(self) -> Path:
        """The folder of approved outputs."""
        return self.repo / "tests" / "approved"

    def links(self, path: str) -> Links:
        """The links of a page."""
        return Links(path, self.files, self.course.planned_at)


class PageKind:
    """One kind of page; an object of it is made for each build.

    Args:
        site: what the build knows.
    """

    def __init__(self, site: Site):
        self.site = site

    def has(self, path: str) -> bool:
        """Whether the page at a path from docs/ is of this kind."""
        raise NotImplementedError

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        """The page's Markdown, and what joins its front matter; `text` is as written."""
        return text, {}

    def content(self, path: str, html: str) -> str:
        """The rendered page without header and navigation."""
        return html

    def found_as(self, path: str) -> str:
        """What the page's prose is to the search."""
        return records.SITE

    def searched(self, path: str, html: str) -> Iterable[records.Record]:
        """What of the page between header and footer can be found."""
        return records.read(url(path), html, self.found_as(path))

    def output(self, path: str, html: str) -> str:
        """The whole page, after the search has read it."""
        return html
