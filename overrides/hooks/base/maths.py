"""LaTeX to MathML at build, so that no page needs a script to show an equation.

Of our own: \\query{Q}, \\key{K} and \\value{V} take the colours that those three have everywhere, and the marks
① to ⑥ become the step marks shared with the code.
"""

import html
import re

from math_core import LatexError, LatexToMathML

from hooks.base.errors import PageError

MARKS = "①②③④⑤⑥"  # shared by an equation, the steps below it and the lines of code
_COLOURS = {"query": ("q", "blue"), "key": ("k", "red"), "value": ("v", "green")}
_MACROS = {name: rf"\textcolor{{{colour}}}{{#1}}" for name, (_, colour) in _COLOURS.items()}
_CONVERTER = LatexToMathML(macros=_MACROS, fancy_error=False)
_CLASSES = {  # the style that each colour comes out as -> the class that the site gives it
    re.findall(r'style="[^"]*"', _CONVERTER.convert_with_local_state(rf"\{name}{{x}}", displaystyle=False))[
        0
    ]: letter
    for name, (letter, _) in _COLOURS.items()
}
_ALIGN = {"right": "col-right", "left": "col-left", "center": "col-center"}
_ARITHMATEX = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def convert(tex: str, *, display: bool) -> str:
    """MathML of one formula.

    Raises:
        LatexError: LaTeX that is wrong, or unknown here; the message says what.
    """
    mathml = _CONVERTER.convert_with_local_state(tex.strip(), displaystyle=display)
    for style, letter in _CLASSES.items():
        mathml = mathml.replace(style, f'class="{letter}"')
    mathml = re.sub(
        r'<mtd style="text-align: (\w+);[^"]*">', lambda m: f'<mtd class="{_ALIGN[m[1]]}">', mathml
    )
    mathml = re.sub(r"<m[iot][^>]*>([①-⑥])</m[iot]>", _mark, mathml)
    mathml = re.sub(r' style="[^"]*"', "", mathml)
    return f'<div class="math" tabindex="0">{mathml}</div>' if display else mathml


def _mark(match: re.Match) -> str:
    step = MARKS.index(match[1]) + 1
    return f'<mtext class="step" data-step="{step}">{match[1]}</mtext>'


def located(tex: str, path: str, line: int, *, display: bool) -> str:
    """`convert`, for LaTeX on a known line of a page."""
    try:
        return convert(tex, display=display)
    except LatexError as error:
        offset, _, what = str(error).partition(": ")
        before = tex.strip().encode()[: int(offset) if offset.isdigit() else 0].decode(errors="ignore")
        near = tex.strip()[len(before) :].split("\n")[0][:30]
        wrong = f"maths: {what or error} It is at: {near}"
        raise PageError(path, line + before.count("\n"), wrong, "Fix the LaTeX.") from None


def in_html(content: str, path: str, text: str, first_line: int) -> str:
    """Replace what pymdownx.arithmatex marked; `text` is the page as written, to name the line of a fault."""

    def formula(match: re.Match) -> str:
        tex = html.unescape(match["tex"])
        start = text.find(tex.strip().split("\n")[0])
        line = first_line + text.count("\n", 0, max(start, 0))
        return located(tex, path, line, display=match["tag"] == "div")

    return _ARITHMATEX.sub(formula, content)
