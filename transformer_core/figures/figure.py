"""What every drawing function returns."""

from dataclasses import dataclass
from typing import Any

from transformer_core.figures.markup import Markup, join, tag
from transformer_core.figures.style import Look, figure_css

# Around a figure in a notebook, whose page is not ours.
_ALONE = Look(light=".fig-alone", dark=".fig-alone")


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
        frame = ".fig-alone{padding:16px;background:var(--fig-page)}"
        return f'<style>{figure_css(_ALONE)}{frame}</style><div class="fig-alone">{self.html}</div>'


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
