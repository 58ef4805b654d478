"""A page between Markdown and HTML, and how its pieces come together."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from hooks.base import templates

_HEADING = re.compile(
    r'<h2 id="(?P<id>[^"]+)" data-minutes="(?P<minutes>\d+)" data-mode="(?P<mode>\w+)">|'
    r'<h2 data-minutes="(?P<minutes2>\d+)" data-mode="(?P<mode2>\w+)" id="(?P<id2>[^"]+)">'
)
_EXACT = re.compile(
    r'<pre(?=[\s>])(?P<of_code>[^>]*><code)?|<(?:code|kbd|samp)(?=[\s>])|<div(?= class="fig[ "])'
)


@dataclass
class Page:
    """A page half built: its Markdown, what goes into its slots, and the files that it adds to the site."""

    markdown: str
    slots: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # site path -> text
    shared: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # site path -> entries of a file of all pages
    outputs: dict[str, dict] = field(default_factory=dict)  # what is approved


def finish(content: str, page: Page) -> str:
    """Put the slots' HTML into the rendered page, and the mode tag above each section that has one."""

    def tagged(match: re.Match) -> str:
        id, mode, minutes = (match[name] or match[f"{name}2"] for name in ("id", "mode", "minutes"))
        return templates.fill("mode_tag", "", mode=mode, minutes=int(minutes)) + f'\n<h2 id="{id}">'

    content = _HEADING.sub(tagged, content)
    return re.sub(r'<div data-slot="([\w-]+)"></div>', lambda m: page.slots[m[1]], content)


def untranslated(html: str) -> str:
    """The page with code, output and figures marked for browsers that translate: their words stay as they are.

    The attribute has no quotes, so that data of a script which holds such a tag is still data.
    """

    def marked(match: re.Match) -> str:
        rest = match["of_code"] or ""
        return f"{match[0].removesuffix(rest)} translate=no{rest}"

    return _EXACT.sub(marked, html)


def manifest_script(manifest: dict) -> str:
    """The manifest as the browser's modules read it from the page."""
    data = json.dumps(manifest, ensure_ascii=False).replace("</", "<\\/")
    return f'\n<script type="application/json" id="course-manifest">{data}</script>'
