"""Times as ratios to a yardstick, every run a dot."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import Markup, join, svg, tag
from transformer_core.figures.matrix import as_list, finite
from transformer_core.figures.scale import Scale, log_scale, number

HEIGHT = 44
MIDDLE = HEIGHT / 2
LANES = (0, -6, 6, -3, 3)  # runs of the same time lie in different lanes


def ratio_plot(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """One row per contestant: its runs, the middle 80% of them, and the median, on a common log axis.

    Args:
        rows: each {"name", "ratios", "own"}: ratios are times divided by the yardstick's, below 1 is
            faster; own says whether it is ours.

    Raises:
        ValueError: there is no row, a row has no run, or a ratio is not a number above 0.
    """
    if not rows:
        raise ValueError("there are no rows; give at least one")
    runs = {row["name"]: [float(ratio) for ratio in as_list(row["ratios"])] for row in rows}
    for name, ratios in runs.items():
        finite(ratios, repr(name))
        if not ratios or min(ratios) <= 0:
            raise ValueError(f"{name!r} has the ratios {ratios}; give at least one, all above 0")
    spans = {name: span(ratios) for name, ratios in runs.items()}
    scale = _around_one([ratio for ratios in runs.values() for ratio in ratios])
    drawn = [
        _row(row["name"], runs[row["name"]], bool(row["own"]), spans[row["name"]], scale) for row in rows
    ]
    said = [f"{name} {_times(middle)} ({_range(low, high)})" for name, (low, middle, high) in spans.items()]
    return Figure(
        html=tag("div", join(drawn), _axis(scale), class_="fig fig-ratios"),
        alt=f"Time as a multiple of the yardstick's, median and middle 80% of the runs: {', '.join(said)}.",
        data={
            "rows": [
                {"name": row["name"], "own": bool(row["own"]), "ratios": runs[row["name"]]} for row in rows
            ]
        },
        table=[
            ["Name", "Median", "10%", "90%", "Runs"],
            *(
                [n, *(round(v, 4) for v in (middle, low, high)), len(runs[n])]
                for n, (low, middle, high) in spans.items()
            ),
        ],
    )


def span(ratios: Sequence[float]) -> tuple[float, float, float]:
    """The 10th percentile, the median and the 90th percentile."""
    if len(ratios) == 1:
        return ratios[0], ratios[0], ratios[0]
    tenths = quantiles(ratios, n=10, method="inclusive")
    return tenths[0], median(ratios), tenths[-1]


def _around_one(ratios: Sequence[float]) -> Scale:
    """A log axis with 1 on it, and a little air at both ends."""
    return log_scale([min(*ratios, 0.8) / 1.1, max(*ratios, 1.25) * 1.1])


def _row(name: str, ratios: Sequence[float], own: bool, around: tuple, scale: Scale) -> Markup:
    low, middle, high = around
    dots = [
        tag("circle", cx=_at(scale, ratio), cy=MIDDLE + LANES[i % len(LANES)], r=4)
        for i, ratio in enumerate(ratios)
    ]
    wide = f"{100 * (scale.share(high) - scale.share(low)):.2f}%"
    plot = svg(
        tag("line", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE, class_="grid-line"),
        _one(scale, HEIGHT),
        tag("rect", x=_at(scale, low), y=MIDDLE - 11, width=wide, height=22, class_="ratio-span"),
        join(dots),
        tag(
            "line",
            x1=_at(scale, middle),
            x2=_at(scale, middle),
            y1=MIDDLE - 14,
            y2=MIDDLE + 14,
            class_="ratio-median",
        ),
        width="100%",
        height=HEIGHT,
        class_="plot own" if own else "plot",
    )
    value = tag("span", tag("b", _times(middle)), " ", _range(low, high), class_="ratio-value")
    return tag("div", tag("span", name, class_="ratio-name"), plot, value, class_="ratio-row")


def _axis(scale: Scale) -> Markup:
    ticks = join(
        tag("text", f"{number(tick)}×", x=_at(scale, tick), y=18, class_="fig-middle") for tick in scale.ticks
    )
    words = (
        tag("text", "← faster", x="0", y=38, class_="fig-start"),
        tag("text", "slower →", x="100%", y=38, class_="fig-end"),
    )
    plot = svg(_one(scale, 6), ticks, *words, width="100%", height=44, class_="plot")
    return tag("div", plot, class_="ratio-row ratio-axis")


def _one(scale: Scale, height: float) -> Markup:
    return tag("line", x1=_at(scale, 1), x2=_at(scale, 1), y1="0", y2=height, class_="ratio-one")


def _at(scale: Scale, ratio: float) -> str:
    return f"{100 * scale.share(ratio):.2f}%"


def _times(ratio: float) -> str:
    return f"{_short(ratio)}×"


def _range(low: float, high: float) -> str:
    return f"{_short(low)}–{_short(high)}"


def _short(ratio: float) -> str:
    """0.21, 1.26, 12.6: two figures below 1, three above."""
    return f"{ratio:#.{3 if ratio >= 1 else 2}g}".rstrip(".")
