"""Markdown to HTML for the short texts inside figures, units and exercises."""

import html
import re

import markdown

from hooks.base import maths

QUOTES = {  # as characters, so that titles and search hold no entities
    "left-single-quote": "‘",
    "right-single-quote": "’",
    "left-double-quote": "“",
    "right-double-quote": "”",
    "ndash": "–",
    "mdash": "—",
    "ellipsis": "…",
}
EXTENSIONS = {
    "attr_list": {},
    "smarty": {"substitutions": QUOTES},
    "tables": {"use_align_attribute": True},
    "pymdownx.superfences": {},
    "pymdownx.highlight": {"use_pygments": True, "guess_lang": False, "auto_title": False},
    "pymdownx.arithmatex": {"generic": True},
}


def block(text: str, path: str = "", line: int = 1) -> str:
    """HTML of a piece of Markdown; maths faults name `path` and `line`."""
    converted = markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
    return maths.in_html(converted, path, text, line)


def plain(title: str) -> str:
    """The words of a heading alone, with the quotes that they get on the page."""
    return html.unescape(re.sub(r"<[^>]+>", "", block(f"# {title}"))).strip()


def inline(text: str, path: str = "", line: int = 1) -> str:
    """The same without the paragraph around it, for a sentence or a title."""
    converted = block(text, path, line).strip()
    return re.sub(r"\A<p>(.*)</p>\Z", r"\1", converted, flags=re.DOTALL)
