"""What every drawing function returns, and the CSS which all of them need."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from transformer_core.figures.markup import Markup, join, tag
from transformer_core.figures.palette import declarations, palette_css

# The site's own tokens for a picture that stands alone in a notebook; on the site tokens.css sets them.
TOKENS = {
    "light": "--page:#FBFAF7;--surface:#FFFFFF;--sunken:#F3F1EB;--ink:#1C1F26;--ink2:#464A54;--ink3:#63666F;"
    "--edge:#8A867C;--line:#DFDBD1;--accent:#6A2C91;--accent-soft:#F3EAF8;",
    "dark": "--page:#15171C;--surface:#1C1F26;--sunken:#101216;--ink:#E8E6E1;--ink2:#BFC2CA;--ink3:#9CA0AA;"
    "--edge:#737987;--line:#343843;--accent:#D0A8EC;--accent-soft:#2C2236;",
}


@dataclass(frozen=True)
class Figure:
    """A picture and everything a page needs around it.

    Attributes:
        html: HTML and SVG with classes only, no style attribute and no code.
        alt: the finding in words, made from the numbers.
        data: what was drawn; JSON-able.
        table: the same as a table: the header, then the rows.
    """

    html: str
    alt: str
    data: dict[str, Any]
    table: list[list[Any]]

    def _repr_html_(self) -> str:
        """What a notebook shows: the picture with its style, in the reader's own scheme."""
        return f'<style>{_alone_css()}</style><div class="fig-alone">{self.html}</div>'


def figure_css() -> str:
    """The whole CSS of the figures: the palette, then the rules. Lengths are rem of 20px."""
    sheets = sorted((sheet for sheet in files(__package__).iterdir() if sheet.name.endswith(".css")), key=str)
    return palette_css() + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def _alone_css() -> str:
    """The CSS for a page that is not ours: its own tokens, and px, for rem there is another size."""
    pixels = re.sub(r"([\d.]+)rem\b", lambda match: f"{float(match[1]) * 20:g}px", figure_css())
    dark = TOKENS["dark"] + declarations("dark")
    return (
        f"{pixels}.fig-alone{{{TOKENS['light']}{declarations('light')}padding:16px;background:var(--page)}}"
        f"@media screen and (prefers-color-scheme:dark){{.fig-alone{{{dark}}}}}"
    )


def side_by_side(**named: Figure) -> Figure:
    """Several pictures of one kind in one figure, side by side where there is room.

    Args:
        named: the pictures; the name says in the table which picture a row is of.

    Raises:
        ValueError: their tables have different headers.
    """
    headers = {tuple(figure.table[0]) for figure in named.values()}
    if len(headers) != 1:
        raise ValueError(
            f"{' and '.join(named)} have tables with {len(headers)} different headers; "
            "put pictures of the same tokens side by side"
        )
    rows = [[name, *row] for name, figure in named.items() for row in figure.table[1:]]
    return Figure(
        html=tag("div", join(Markup(figure.html) for figure in named.values()), class_="fig-pair"),
        alt=" ".join(figure.alt for figure in named.values()),
        data={name: figure.data for name, figure in named.items()},
        table=[["Picture", *headers.pop()], *rows],
    )
