"""What of a page can be found: its sections, each with its prose and its code apart. No page is parsed for it."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

LESSON, TRY, SITE, CODE = "lesson", "try", "site", "code"  # `KINDS` of the browser's engine.mjs shows them

_HEADING = re.compile(r"<h(?P<level>[1-3])\b(?P<attributes>[^>]*)>(?P<title>.*?)</h(?P=level)>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')
_PERMALINK = re.compile(r'<a class="(?:headerlink|anchor-link)".*?</a>', re.DOTALL)
_CODE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
# What is drawn, or pressed, or says nothing away from its place.
_SILENT = re.compile(
    r"<(?P<said>details|p|section)\b[^>]*\bdata-search-exclude.*?</(?P=said)>|<p class=\"without-script.*?</p>|"
    r"<(?P<tag>svg|script|style|noscript|textarea|button|select|nav|fieldset)\b.*?</(?P=tag)>|"
    r'<math display="block".*?</math>|<div class="figure-picture".*?(?=<figcaption)|'
    r'<div class="figure-links">.*?</figure>|<p class="(?:band-label|mode-tag)\b.*?</p>|'
    r'<ul class="plain band band-ran">.*?</ul>|<div class="(?:[^"]*InputPrompt|clipboard-copy-txt)".*?</div>',
    re.DOTALL,
)
_MATHS = re.compile(r"<math\b.*?</math>", re.DOTALL)
_SCRIPTED = re.compile(r"<(?P<how>msub|msup)>(?P<base><m\w+\b[^>]*>[^<]*</m\w+>)(?P<index><m\w+\b)")
_TAG = re.compile(r"</?(?P<name>[\w-]+)[^>]*>")
_WITHIN_WORDS = {"a", "abbr", "b", "code", "em", "i", "kbd", "mark", "span", "strong", "sub", "sup", "wbr"}


@dataclass(frozen=True)
class Record:
    """One thing that can be found: the prose of a section, or its code."""

    url: str  # from the site's root, with the place on the page
    title: str
    page: str  # the title of its page; empty where that is its own
    kind: str
    text: str
    mode: str = ""
    minutes: int = 0


def read(
    url: str, content: str, kind: str, sections: Mapping[str, dict] = MappingProxyType({})
) -> Iterator[Record]:
    """Every section of a page.

    Args:
        url: of the page, from the site's root.
        content: the page's HTML between header and footer.
        kind: of its prose; an exercise of a lesson is something to try.
        sections: those of a topic by id, with mode and minutes.
    """
    headings = [one for one in _HEADING.finditer(content) if _opens_a_section(one)]
    ends = [*(one.start() for one in headings[1:]), len(content)][
        : len(headings)
    ]  # a page may have no heading
    page, section = "", {}
    for heading, end in zip(headings, ends, strict=True):
        title, body = plain(_PERMALINK.sub("", heading["title"])), content[heading.end() : end]
        id = "".join(_ID.findall(heading["attributes"]))
        is_page = heading["level"] == "1"
        if "data-search-exclude" in heading["attributes"] and not is_page:
            continue
        if heading["level"] != "3":
            section = sections.get(id, {})
        page = title if is_page else page
        place = (url, title, "") if is_page else (f"{url}#{id}", title, page)
        mine = TRY if kind == LESSON and id.startswith("exercise") else kind
        yield Record(
            *place, mine, plain(_CODE.sub(" ", body)), section.get("mode", ""), section.get("minutes", 0)
        )
        code = " ".join(html.unescape(_TAG.sub("", one)) for one in _CODE.findall(body))
        if code and kind != CODE:
            yield Record(*place, CODE, " ".join(code.split()))


def _opens_a_section(heading: re.Match) -> bool:
    """Not the heading of a card or a unit."""
    attributes = heading["attributes"]
    return heading["level"] == "1" or ('id="' in attributes and 'class="card-title"' not in attributes)


def plain(piece: str) -> str:
    """The words of a piece of HTML, as they are read."""
    piece = _MATHS.sub(_formula, _SILENT.sub(" ", piece))
    piece = _TAG.sub(lambda tag: "" if tag["name"] in _WITHIN_WORDS else " ", piece)
    return " ".join(html.unescape(piece).replace("\u200b", "").split())


def _formula(maths: re.Match) -> str:
    """A formula in a sentence as one would type it: √d_k."""
    piece = _SCRIPTED.sub(lambda m: f"{m['base']}{'_' if m['how'] == 'msub' else '^'}{m['index']}", maths[0])
    return "".join(html.unescape(_TAG.sub("", piece.replace("<msqrt>", "√"))).split())
