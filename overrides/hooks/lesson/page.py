"""A page between Markdown and HTML, and how its pieces come together."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from hooks.base import templates

_HEADING = re.compile(r"<h2(?P<attributes>(?: [\w-]+=\"[^\"]*\")+)>")
_ATTRIBUTE = re.compile(r" ([\w-]+)=\"([^\"]*)\"")
_SLOT = r'<div data-slot="(?P<{}>[\w-]+)"></div>'
_SLOTS = re.compile(
    rf"<p>\s*{_SLOT.format('inside')}\s*</p>|{_SLOT.format('name')}"
)  # a box makes a paragraph of it
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
        given = dict(_ATTRIBUTE.findall(match["attributes"]))
        if not {"data-mode", "data-minutes"} <= set(given):
            return match[0]
        mode, minutes = given.pop("data-mode"), int(given.pop("data-minutes"))
        rest = "".join(f' {name}="{value}"' for name, value in given.items())
        return templates.fill("mode_tag", "", mode=mode, minutes=minutes) + f"\n<h2{rest}>"

    content = _HEADING.sub(tagged, content)
    return _SLOTS.sub(lambda m: page.slots.get(m["inside"] or m["name"], m[0]), content)


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
