"""Internal links: each leads to a page, a file or a planned topic's entry on the map, or the build stops."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from markdown.extensions import toc

from hooks.base import fences
from hooks.base.errors import PageError, suggest

TOPIC_MAP = "reference/topic-map.md"
_MARKDOWN = re.compile(r"(?P<before>\]\()(?P<target>[^()\s]+)(?P<after>(?: +\"[^\"]*\")?\))")
_RAW = re.compile(r"(?P<before>\b(?:href|src)=\")(?P<target>[^\"]+)(?P<after>\")")
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
    folder = page.parent if page.stem == "index" else page.with_suffix("")
    return "" if str(folder) == "." else f"{folder}/"


def joined(path: str, target: str) -> str:
    """The docs path that a link from the page `path` names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def root(path: str) -> str:
    """From a page back to the site's root: part1/x.md -> ../../"""
    return "../" * url(path).count("/") or "./"


def resolve(
    path: str, text: str, first_line: int, files: Iterable[str], planned_at
) -> tuple[str, list[Anchor]]:
    """Check and rewrite a page's internal links.

    Args:
        path: the page, from docs/; text: its Markdown, which starts on `first_line` of the file.
        files: every file of docs/; planned_at: docs path -> id of the topic planned there, or None.

    Returns:
        The text, raw HTML links rewritten to built pages and links to planned topics to the topic map,
        and the anchors to check later.
    """
    files, anchors, lines = set(files), [], text.split("\n")

    def lead(match: re.Match, line: int, raw: bool) -> str:
        target = match["target"]
        if _ELSEWHERE.match(target):
            return match[0]
        name, _, fragment = target.partition("#")
        if name.startswith("/"):
            wrong = f"the link {target} starts at the server's root."
            raise PageError(
                f"docs/{path}", line, wrong, "Write it relative to this page, such as ../dashboard.md"
            )
        full = joined(path, name) if name else path
        if id := planned_at(full):
            full, fragment = TOPIC_MAP, id
        elif full not in files:
            wrong = f"the link {target} leads nowhere: there is no docs/{full}."
            near = [
                posixpath.relpath(file, posixpath.dirname(path) or ".")
                for file in files
                if file.endswith(".md")
            ]
            raise PageError(f"docs/{path}", line, wrong, suggest(name, near))
        elif fragment:
            anchors.append(Anchor(f"docs/{path}", line, full, fragment))
        place = f"#{fragment}" if fragment else ""
        if raw:
            new = (root(path) + url(full) if name or full != path else "") + place
        else:
            new = (posixpath.relpath(full, posixpath.dirname(path) or ".") if name else "") + place
        return match["before"] + new + match["after"]

    prose = fences.prose_lines(text)
    for at, line in enumerate(fences.prose_lines(text, directives=True)):
        for pattern in (_MARKDOWN, _RAW):
            if pattern.search(line):
                raw = pattern is _RAW or not prose[at]  # MkDocs sees neither raw HTML nor directives
                number = first_line + at
                lines[at] = pattern.sub(lambda m, number=number, raw=raw: lead(m, number, raw), lines[at])
    return "\n".join(lines), anchors


def sections(text: str) -> dict[str, str]:
    """Id and title of every heading of a page, as the page will have them."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    for at, line in enumerate(fences.prose_lines(text)):
        if not (heading := _HEADING.match(line)):
            continue
        written = _HEADING.match(lines[at])["title"]  # with the inline code that `line` has blanked out
        given = re.search(r"#([\w-]+)", heading["attributes"] or "")
        title = re.sub(r"\{=.*?=\}", "", written).strip()
        bare = re.sub(r"[`*$]", "", title)
        found[given[1] if given else toc.unique(toc.slugify(bare, "-"), set(found))] = title
    return found


def check_anchors(anchors: Iterable[Anchor], ids) -> None:
    """Every anchor exists. `ids`: docs path -> the ids in the built page."""
    for anchor in anchors:
        known = ids(anchor.target)
        if anchor.fragment not in known:
            wrong = f"the link to #{anchor.fragment} leads nowhere: docs/{anchor.target} has no such place."
            raise PageError(anchor.path, anchor.line, wrong, suggest(anchor.fragment, known))
