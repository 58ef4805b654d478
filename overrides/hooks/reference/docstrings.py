"""From a docstring to its parts, and from their words to HTML with maths, shapes as code, and names as links."""

import logging
import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import griffe
import markdown

from hooks.base import maths
from hooks.base.errors import PageError, suggest
from hooks.base.markdown import EXTENSIONS

Rows = list[tuple[str, str]]

_SOURCE = re.compile(r"^Source: *(?P<text>.+?)\s*(?=\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"""(.+?[.!?])(?=\s+[A-Z“"`]|\s*\Z)""", re.DOTALL)
_RELATIVE = re.compile(r"(?<![\w\])])\[[^\]\n]+\]\((?!https?:)([^)\s]+)\)")
_EQUATION = re.compile(r"^\$\$.*?\$\$$", re.MULTILINE | re.DOTALL)
_NEXT = re.compile(r"\s*\\qquad *\n\s*")  # two equations, written one below the other: shown so too
_TERMS = re.compile(r"(?<=\n\n)(?: {4}\S.*? {2,}(?!#)\S.*(?:\n|\Z))+(?=\n|\Z)")  # names, and what each is
_TERM = re.compile(r"^ {4}(\S.*?) {2,}", re.MULTILINE)
_LETTER = r"[A-Z][a-z]?"
_AXIS = rf"(?:\.\.\.|{_LETTER}(?: ?[/*+-] ?\w+)?|[a-z_]+ ?[/*+-] ?{_LETTER}|\d+(?: ?{_LETTER})?)"
_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_INNER = r"(?:[^()`$]|\((?:[^()`$]|\([^()`$]*\))*\))*"  # of a call, with brackets up to two deep
_PIECE = re.compile(
    r"(?P<kept>^(?: {4}|\t).*$|```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\))"
    r"|(?P<ticks>`+)(?P<code>.+?)(?P=ticks)"
    rf"|(?P<shape>\((?=[^)]*[A-Z.]){_AXIS}(?:, {_AXIS})*,?\))"
    r"|(?P<arrow>(?<= )->(?=\s))"
    rf"|(?<![\w.\"'/])(?P<name>{_NAME})(?P<call>\((?!s\)){_INNER}\))?",
    re.MULTILINE | re.DOTALL,
)
_CODE_LIKE = re.compile(r"\w_\w|[a-z][A-Z]|[A-Z]{2,}[a-z]")  # d_model, LayerNorm, KVCache


@dataclass
class Docstring:
    """A docstring taken apart. The text of each part is Markdown."""

    summary: str = ""  # its first paragraph
    body: list[tuple[str, str]] = field(default_factory=list)  # (title or "", text)
    arguments: Rows = field(default_factory=list)
    attributes: Rows = field(default_factory=list)
    returns: str = ""
    yields: str = ""
    raises: Rows = field(default_factory=list)
    source: str = ""  # the paper


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = re.split(r"\n[ \t]*\n", text.strip(), maxsplit=1)[0]
    found = _SENTENCE.match(paragraph)
    return " ".join((found[1] if found else paragraph).split())


def read(text: str, file: str, line: int, known: Iterable[str] | None = None) -> Docstring:
    """Take a Google-style docstring apart.

    Args:
        text: the docstring, dedented; it starts on `line` of `file`.
        known: the parameters that may be documented; None: any.

    Raises:
        PageError: it documents a parameter that the signature lacks, a section cannot be read as one, or a
            link is relative to nothing.
    """

    def at(needle: str) -> int:
        found = re.search(needle, text, re.MULTILINE)
        return line + text.count("\n", 0, found.start()) if found else line

    if relative := _RELATIVE.search(text):
        wrong = f"the link to {relative[1]} leads nowhere from a docstring."
        cure = "Write a name of the package, such as attention.causal_mask: it is linked by itself."
        raise PageError(file, line + text.count("\n", 0, relative.start()), wrong, cure)
    made = Docstring()
    if source := _SOURCE.search(text):
        made.source = " ".join(source["text"].split())
        rest = text[: source.start()] + "\n" * source[0].count("\n") + text[source.end() :]
    else:
        rest = text
    for section in _sections(rest, file, line):
        _put(made, section, rest)
    if known is not None:
        for name, _ in made.arguments:
            for one in re.split(r", *", name):
                if one.lstrip("*") not in known:
                    wrong = f"the docstring documents the argument '{one}', which the signature lacks."
                    raise PageError(file, at(rf"^\s+{re.escape(name)}\s*[:(]"), wrong, suggest(one, known))
    return made


def _sections(text: str, file: str, line: int) -> list:
    """Griffe's reading; what it would skip stops the build."""
    with _heard() as said:
        docstring = griffe.Docstring(text, lineno=line)
        docstring.value = text  # with the indent that Griffe takes off where all lines but the first have one
        options = {"warn_missing_types": False, "warn_unknown_params": False}
        sections = griffe.parse_google(
            docstring, returns_multiple_items=False, returns_named_value=False, **options
        )
    for message in said:
        place = re.match(r"<module>:(\d+): (.*(?:Failed to get|section skipped).*)", message)
        if place:
            cure = "Write `name: what it is` under Args:, indented, with an empty line above Args:."
            raise PageError(file, int(place[1]), f"docstring: {place[2]}.", cure)
    return sections


@contextmanager
def _heard():
    """What Griffe logs meanwhile."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    logger, ear = logging.getLogger("griffe"), Ear()
    before = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(ear)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def _put(made: Docstring, section, text: str) -> None:
    kind = section.kind.value
    if kind == "text":
        value = section.value.strip("\n")
        if not made.summary:
            made.summary, _, value = value.partition("\n\n")
        if value.strip():
            made.body.append(("", value.strip("\n")))
    elif kind in ("parameters", "other parameters"):
        made.arguments += [(item.name.strip(), item.description) for item in section.value]
    elif kind == "attributes":
        made.attributes += [(item.name, item.description) for item in section.value]
    elif kind in ("raises", "warns"):
        made.raises += [(str(item.annotation), item.description) for item in section.value]
    elif kind in ("returns", "yields"):
        setattr(made, kind, _block(text, kind))
    elif kind == "admonition":
        made.body.append((section.title or section.value.kind, section.value.description))
    elif kind == "examples":
        made.body += [
            ("Example", value if what.value == "text" else f"```python\n{value}\n```")
            for what, value in section.value
        ]


def _block(text: str, label: str) -> str:
    """The indented text under a label, as written: Griffe would read what is before a colon as a type."""
    found = re.search(
        rf"^{label}:[^\n]*\n((?:[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\n)+)", text, re.MULTILINE | re.IGNORECASE
    )
    lines = found[1].rstrip().split("\n") if found else []
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


@cache
def _converter() -> markdown.Markdown:
    """One for all texts: making it costs ten times what using it does. A `<s>` in a docstring is text, not HTML."""
    made = markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
    made.preprocessors.deregister("html_block")
    made.inlinePatterns.deregister("html")
    return made


@dataclass(frozen=True)
class Writer:
    """Turns the words of one docstring into HTML.

    Args:
        text: the whole docstring, which starts on `line` of `file`: a fault in its maths is found there.
        link: from a name of the package to its address, or None.
        own: names that mean something else here: the parameters.
    """

    text: str
    file: str
    line: int
    link: Callable[[str], str | None]
    own: frozenset[str] = frozenset()

    def block(self, words: str) -> str:
        """HTML of some paragraphs."""
        converter = _converter()
        converter.reset()
        words = _TERMS.sub(lambda terms: _TERM.sub(r"- `\1` ", terms[0]), f"\n\n{words}")
        words = _EQUATION.sub(lambda equation: _NEXT.sub("$$\n\n$$", equation[0]), words)
        html = converter.convert(_PIECE.sub(self._piece, words))
        return maths.in_html(html, self.file, self.text, self.line)

    def inline(self, words: str) -> str:
        """Without the paragraph around it, where it is a single one."""
        html = self.block(words).strip()
        single = html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>")
        return html[3:-4] if single else html

    def rows(self, rows: Rows) -> list[dict]:
        """Names and what each is, the latter as HTML."""
        return [{"name": name, "html": self.inline(words)} for name, words in rows]

    def _piece(self, match: re.Match) -> str:
        """One piece of Markdown: shapes, calls and names with an underscore become code, names of the package links."""
        if match["kept"]:
            return match[0]
        if match["shape"]:
            return f"`{match['shape']}`{{ .shape }}"
        if match["arrow"]:
            return "→"
        text = match["code"] or match[0]
        name = re.match(_NAME, text)
        name = name[0] if name and text[name.end() :][:1] in ("", "(") else ""
        linked = match["code"] or match["call"] or _CODE_LIKE.search(name) or re.match(r"[a-z]\w*\.\w", name)
        href = self.link(name) if linked and name and name not in self.own else None
        if not href and not match["call"] and not re.search(r"\w_\w", name):
            return match[0]
        code = f"`{' '.join(text.split())}`"
        return f"[{code}]({href})" if href else code
