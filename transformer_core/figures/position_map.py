"""A matrix of positions by dimensions, in the signed colours."""

from transformer_core.figures.figure import Figure
from transformer_core.figures.legend import signed_legend
from transformer_core.figures.markup import Markup, join, svg, tag
from transformer_core.figures.matrix import Rows, number_rows
from transformer_core.figures.palette import STEPS, signed_step
from transformer_core.figures.pixels import step_paths
from transformer_core.figures.scale import linear_scale, number

HEIGHT = 300


def position_map(matrix: object) -> Figure:
    """Position encodings as a picture: a row per position, a column per dimension.

    Args:
        matrix: (T, D), for instance `sinusoidal_positions(64, 128)`.

    Raises:
        ValueError: the rows differ in length, or a number is not finite.
    """
    rows = number_rows(matrix)
    largest = max(abs(value) for row in rows for value in row) or 1.0
    count, width = len(rows), len(rows[0])
    return Figure(
        html=_markup(rows, largest),
        alt=_say(rows),
        data={"positions": count, "dimensions": width, "matrix": rows},
        table=[
            ["Position", *(f"Dimension {i}" for i in range(width))],
            *([i, *row] for i, row in enumerate(rows)),
        ],
    )


def _markup(rows: Rows, largest: float) -> Markup:
    count, width = len(rows), len(rows[0])
    picture = svg(
        tag("rect", class_="d10", y=-0.5, width="100%", height="100%"),
        step_paths([[signed_step(value, largest) for value in row] for row in rows], "d", ground=STEPS // 2),
        viewBox=f"0 -0.5 {width} {count}",
        preserveAspectRatio="none",
        width="100%",
        height=HEIGHT,
        class_="pixels",
    )
    down = [(HEIGHT * (tick + 0.5) / count, number(tick)) for tick in _ticks(count)]
    left = svg(
        join(tag("text", said, x="100%", dx=-8, y=f"{y + 4:.1f}", class_="fig-end") for y, said in down),
        width=10 + 7 * max(len(said) for _, said in down),
        height=HEIGHT + 26,
    )
    plot = svg(
        picture,
        join(
            tag(
                "text",
                number(tick),
                x=f"{100 * (tick + 0.5) / width:.2f}%",
                y=HEIGHT + 20,
                class_="fig-middle",
            )
            for tick in _ticks(width)
        ),
        width="100%",
        height=HEIGHT + 26,
        class_="plot",
    )
    return tag(
        "div",
        tag("p", "↓ position", class_="fig-small"),
        tag("div", left, plot, class_="chart"),
        tag("p", "dimension →", class_="fig-small fig-x-title"),
        signed_legend("Value", largest),
        class_="fig fig-positions",
    )


def _ticks(count: int) -> list[int]:
    """Whole positions only."""
    if count == 1:
        return [0]
    return sorted({round(tick) for tick in linear_scale([0, count - 1], snug=True).ticks})


def _say(rows: Rows) -> str:
    """How fast the first and the last column swing: how often each changes its sign."""
    changes = [sum(a[i] * b[i] < 0 for a, b in zip(rows, rows[1:], strict=False)) for i in (0, -1)]
    values = [value for row in rows for value in row]
    return (
        f"{len(rows)} positions by {len(rows[0])} dimensions, values from {number(min(values))} to "
        f"{number(max(values))}. From the first position to the last, dimension 0 changes its sign "
        f"{changes[0]} times, dimension {len(rows[0]) - 1} {changes[1]} times."
    )
