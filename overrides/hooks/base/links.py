"""Internal links: each leads to a page, a file or a planned topic's entry on the map, or the build stops."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from markdown.extensions import toc

from hooks.base import fences
from hooks.base.errors import PageError, suggest

TOPIC_MAP = "reference/topic-map.md"
_TITLE = r"""(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\([^()]*\)))?\s*"""
_MARKDOWN = re.compile(
    rf"(?P<before>\]\(\s*<?)(?P<target>[^()<>\s]+(?:\([^()<>\s]*\)[^()<>\s]*)*)(?P<after>>?{_TITLE}\))"
)
_DEFINITION = re.compile(
    rf"(?P<before>^ {{0,3}}\[[^\]^][^\]]*\]:\s*<?)(?P<target>[^<>\s]+)(?P<after>>?{_TITLE}$)"
)
_RAW = re.compile(
    r"""(?P<before>(?<![\w-])(?:href|src)\s*=\s*(?P<quote>["']))(?P<target>(?:(?!(?P=quote)).)+)(?P<after>(?P=quote))""",
    re.IGNORECASE,
)
_PATTERNS = (_MARKDOWN, _DEFINITION, _RAW)
_HEADING = re.compile(r"^#{1,6} +(?P<title>.+?)(?: *\{:?(?P<attributes>[^{}=]*#[^{}]*)\})? *#* *$")
_ELSEWHERE = re.compile(r"^(?:[a-zA-Z][a-zA-Z+.-]*:|//)")


@dataclass(frozen=True)
class Anchor:
    """A link to a place within a page, to be checked when all pages are built."""

    path: str
    line: int
    target: str  # docs path of the page that should hold it
    fragment: str


def url(path: str) -> str:
    """Where a page of docs/ is served, from the site's root: part1/x.md -> part1/x/."""
    page = PurePosixPath(path)
    if page.suffix not in (".md", ".ipynb"):
        return path
    folder = page.parent if page.stem in ("index", "README") else page.with_suffix("")
    return "" if str(folder) == "." else f"{folder}/"


def joined(path: str, target: str) -> str:
    """The docs path that a link from the page `path` names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def root(path: str) -> str:
    """From a page back to the site's root: part1/x.md -> ../../"""
    return "../" * url(path).count("/") or "./"


@dataclass(frozen=True)
class Links:
    """The internal links of one page: where each leads, and what it is on the built page.

    Args:
        path: the page, from docs/.
        files: every file of docs/.
        planned_at: from a docs path to the id of the topic planned there, or None.
    """

    path: str
    files: Collection[str] = ()
    planned_at: Callable[[str], str | None] = lambda path: None

    def resolve(self, page: fences.Text, first_line: int) -> tuple[list[str], list[Anchor]]:
        """Check and rewrite every link of the page, whose Markdown starts on `first_line` of the file.

        Returns:
            The lines, raw HTML links rewritten to built pages and links to planned topics to the topic map,
            and the anchors to check later.

        Raises:
            PageError: a link that leads nowhere.
        """
        lines, anchors = list(page.lines), []
        for at, line in enumerate(page.prose_and_directives):
            for pattern in _PATTERNS:
                if pattern.search(line):
                    raw = pattern is _RAW or not page.prose[at]  # MkDocs sees neither raw HTML nor directives
                    rewritten = partial(self._rewritten, raw=raw, line=first_line + at, anchors=anchors)
                    lines[at] = pattern.sub(rewritten, lines[at])
        return lines, anchors

    def in_words(self, words: str) -> str:
        """Rewrite the links in a text of a directive, which `resolve` has checked on the page."""
        page = fences.Text(words)
        lines, rewritten = list(page.lines), partial(self._rewritten, raw=True, line=1, anchors=[])
        for at, line in enumerate(page.prose):
            for pattern in _PATTERNS:
                if pattern.search(line):
                    lines[at] = pattern.sub(rewritten, lines[at])
        return "\n".join(lines)

    def _rewritten(self, match: re.Match, *, raw: bool, line: int, anchors: list[Anchor]) -> str:
        target, path = match["target"], self.path
        if _ELSEWHERE.match(target):
            return match[0]
        name, _, fragment = target.partition("#")
        if name.startswith("/"):
            wrong = f"the link {target} starts at the server's root."
            cure = "Write it relative to this page, such as ../dashboard.md"
            raise PageError(f"docs/{path}", line, wrong, cure)
        full = joined(path, name) if name else path
        if id := self.planned_at(full):
            full, fragment = TOPIC_MAP, id
        elif full not in self.files:
            wrong = f"the link {target} leads nowhere: there is no docs/{full}."
            raise PageError(f"docs/{path}", line, wrong, suggest(name, self._near()))
        elif fragment:
            anchors.append(Anchor(f"docs/{path}", line, full, fragment))
        place = f"#{fragment}" if fragment else ""
        if raw:
            new = (root(path) + url(full) if name or full != path else "") + place
        else:
            new = (posixpath.relpath(full, posixpath.dirname(path) or ".") if name else "") + place
        return match["before"] + new + match["after"]

    def _near(self) -> list[str]:
        """The pages of the course, as a link from this one would name them."""
        here = posixpath.dirname(self.path) or "."
        return [posixpath.relpath(file, here) for file in self.files if file.endswith(".md")]


@dataclass(frozen=True)
class Heading:
    """A heading as written."""

    id: str
    title: str
    depth: int
    line: int  # of the Markdown, counted from 0


def sections(page: fences.Text) -> dict[str, str]:
    """Id and title of every heading of a page, as the page will have them."""
    return {heading.id: heading.title for heading in headings(page)}


def headings(page: fences.Text) -> list[Heading]:
    """Every heading of a page, in order, with the ids that the page will have."""
    found: dict[str, Heading] = {}
    for at, line in enumerate(page.prose):
        if not (heading := _HEADING.match(line)):
            continue
        written = (_HEADING.match(page.lines[at]) or heading)[
            "title"
        ]  # with the inline code that `line` has blanked out
        given = re.search(r"#([\w-]+)", heading["attributes"] or "")
        title = re.sub(r"\{=.*?=\}", "", written).strip()
        bare = re.sub(r"[`*$]", "", title)
        id = given[1] if given else toc.unique(toc.slugify(bare, "-"), set(found))
        found[id] = Heading(id, title, len(line) - len(line.lstrip("#")), at)
    return list(found.values())


def check_anchors(anchors: Iterable[Anchor], ids: Callable[[str], Collection[str]]) -> None:
    """Refuse an anchor that no page has; `ids` gives the ids in the built page at a docs path."""
    for anchor in anchors:
        known = ids(anchor.target)
        if anchor.fragment not in known:
            wrong = f"the link to #{anchor.fragment} leads nowhere: docs/{anchor.target} has no such place."
            raise PageError(anchor.path, anchor.line, wrong, suggest(anchor.fragment, known))
