"""The bars beside a heatmap: where one query looks."""

from collections.abc import Sequence

from transformer_core.figures.markup import Markup, join, svg, tag
from transformer_core.figures.matrix import ranked, shown

BARS = 5


def read_out(row: Sequence[float], names: Sequence[str], query: int) -> Markup:
    """The five largest weights of a row, the sum of the others, and the sum of all.

    The bars run from 0 to 1 in every row and every head, so their lengths may be compared.
    """
    top = ranked(row)[:BARS]
    bars = [_bar(names[key], row[key]) for key in top]
    if others := len(row) - len(top):
        rest = sum(row) - sum(row[key] for key in top)
        bars.append(_bar(f"{others} other{'s' * (others > 1)}", max(0.0, rest), rest=True))
    total = shown(sum(row))
    return tag(
        "div",
        tag("p", "Where “", tag("b", names[query], data_query=True), "” looks", class_="read-title"),
        tag("div", join(bars), role="list"),
        tag("p", "Row adds up to ", tag("span", total, data_sum=True), class_="fig-small"),
        class_="read",
    )


def _bar(name: str, weight: float, rest: bool = False) -> Markup:
    return tag(
        "div",
        tag("span", name, class_="read-name"),
        svg(tag("rect", width=f"{100 * weight:.2f}%", height="100%"), class_="read-bar"),
        tag("span", shown(weight), class_="read-weight"),
        class_="read-row read-rest" if rest else "read-row",
        role="listitem",
    )
