"""Lines over a common axis, each named at its end."""

from collections.abc import Mapping, Sequence

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import Markup, join, svg, tag
from transformer_core.figures.matrix import as_list, finite
from transformer_core.figures.scale import Scale, linear_scale, log_scale, number

HEIGHT = 220
WIDTH = 1000  # of the stretched drawing; only proportions matter
MOST_SERIES = 5
LINE = 17  # height of a label
AIR = 1.15  # below and above the curves of a log axis
FEW = 20  # points that get a marker each
MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-3.5 -3.5h7v7h-7z",
    "M0 -5L4.5 3.5H-4.5z",
    "M0 -5L5 0L0 5L-5 0z",
    "M-5 -3.5H5L0 4.5z",
)

Numbers = Sequence[float]


def line_chart(
    x: object,
    series: Mapping[str, object],
    *,
    x_title: str,
    y_title: str,
    x_log: bool = False,
    y_log: bool = False,
    bands: Mapping[str, tuple[object, object]] | None = None,
) -> Figure:
    """One line per series, with a marker at each point where there are few.

    Args:
        x: positions, rising.
        series: values by name, as many as positions; up to five series.
        x_title: what the horizontal axis counts, in words and with its unit.
        y_title: what the vertical axis counts.
        x_log: horizontal axis logarithmic.
        y_log: vertical axis logarithmic.
        bands: (low, high) by name of a series: a shaded spread around its line.

    Raises:
        ValueError: lengths differ, a number is not finite, a log axis has a number that is not
            positive, there is no series or more than five, a band is of no series.
    """
    across = _numbers(as_list(x), "x", None, x_log)
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"{len(series)} series; give 1 to {MOST_SERIES}, and draw more as several charts")
    if any(one >= other for one, other in zip(across, across[1:], strict=False)):
        raise ValueError(f"x does not rise: {across}; sort the points")
    lines = {name: _numbers(as_list(ys), repr(name), len(across), y_log) for name, ys in series.items()}
    spread = {}
    for name, (low, high) in (bands or {}).items():
        if name not in lines:
            raise ValueError(
                f"a band for {name!r}, which is not among {list(lines)}; name it like its series"
            )
        spread[name] = tuple(
            _numbers(as_list(edge), f"band of {name!r}", len(across), y_log) for edge in (low, high)
        )
    every = [value for ys in lines.values() for value in ys]
    every += [value for edges in spread.values() for edge in edges for value in edge]
    to_x = log_scale(across) if x_log else linear_scale(across, snug=True)
    to_y = log_scale([min(every) / AIR, max(every) * AIR]) if y_log else linear_scale(every)
    data = {"x_title": x_title, "y_title": y_title, "x": across, "series": lines, "bands": spread}
    columns = {x_title: across, **lines}
    for name, (low, high) in spread.items():
        columns |= {f"{name}, low": low, f"{name}, high": high}
    return Figure(
        html=_markup(across, lines, spread, to_x, to_y, x_title, y_title),
        alt=_say(across, lines, x_title, y_title),
        data=data,
        table=[list(columns), *(list(row) for row in zip(*columns.values(), strict=True))],
    )


def _numbers(values: list, name: str, count: int | None, log: bool) -> list[float]:
    numbers = [float(value) for value in values]
    finite(numbers, name)
    if count is None and len(numbers) < 2:
        raise ValueError(f"{name} has {len(numbers)} points; a line needs at least 2")
    if count is not None and len(numbers) != count:
        raise ValueError(f"{name} has {len(numbers)} values for {count} positions; give one per position")
    if log and min(numbers) <= 0:
        raise ValueError(f"{name} holds {min(numbers)}, which a log axis cannot show; give numbers above 0")
    return numbers


def _markup(
    across: Numbers,
    lines: Mapping[str, Numbers],
    spread: Mapping[str, tuple],
    to_x: Scale,
    to_y: Scale,
    x_title: str,
    y_title: str,
) -> Markup:
    ticks = [(HEIGHT * (1 - to_y.share(tick)), number(tick)) for tick in to_y.ticks]
    curves = join(
        [*(_band(across, edges, to_x, to_y, list(lines).index(name)) for name, edges in spread.items())]
        + [_curve(across, ys, to_x, to_y, index) for index, ys in enumerate(lines.values())]
    )
    plot = svg(
        join(
            tag("line", x1="0", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid-line") for y, _ in ticks
        ),
        svg(
            curves,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            preserveAspectRatio="none",
            width="100%",
            height=HEIGHT,
            class_="curves",
        ),
        join(_markers(across, lines, to_x, to_y)) if len(across) <= FEW else None,
        join(
            tag("text", number(tick), x=f"{100 * to_x.share(tick):.2f}%", y=HEIGHT + 20, class_="fig-middle")
            for tick in to_x.ticks
        ),
        width="100%",
        height=HEIGHT + 26,
        class_="plot",
    )
    left = svg(
        join(tag("text", said, x="100%", dx=-8, y=f"{y + 4:.1f}", class_="fig-end") for y, said in ticks),
        width=10 + 7 * max(len(said) for _, said in ticks),
        height=HEIGHT + 26,
    )
    return tag(
        "div",
        tag("p", "↑ ", y_title, class_="fig-small"),
        tag("div", left, plot, _end_labels(lines, to_y, len(across) > FEW), class_="chart"),
        tag("p", x_title, " →", class_="fig-small fig-x-title"),
        class_="fig fig-lines",
    )


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _points(across: Numbers, ys: Numbers, to_x: Scale, to_y: Scale) -> list[tuple[float, float]]:
    places = zip(across, ys, strict=True)
    return [(WIDTH * to_x.share(x), HEIGHT * (1 - to_y.share(y))) for x, y in places]


def _curve(across: Numbers, ys: Numbers, to_x: Scale, to_y: Scale, index: int) -> Markup:
    return tag("path", d=_path(_points(across, ys, to_x, to_y)), class_=f"curve s{index + 1}")


def _band(across: Numbers, edges: tuple, to_x: Scale, to_y: Scale, index: int) -> Markup:
    low, high = (_points(across, edge, to_x, to_y) for edge in edges)
    return tag("path", d=_path([*low, *reversed(high)]) + "z", class_=f"spread s{index + 1}")


def _markers(across: Numbers, lines: Mapping[str, Numbers], to_x: Scale, to_y: Scale) -> list[Markup]:
    return [
        _marker(index, f"{100 * to_x.share(x):.2f}%", HEIGHT * (1 - to_y.share(y)))
        for index, ys in enumerate(lines.values())
        for x, y in zip(across, ys, strict=True)
    ]


def _marker(index: int, x: str, y: float) -> Markup:
    """A marker keeps its shape: it stands outside the stretched drawing."""
    return tag("svg", tag("path", d=MARKERS[index]), x=x, y=f"{y:.1f}", class_=f"marker s{index + 1}")


def _end_labels(lines: Mapping[str, Numbers], to_y: Scale, bare: bool) -> Markup:
    """The name at the end of each line; its marker too where the line has none or the name had to move."""
    ends = sorted((HEIGHT * (1 - to_y.share(ys[-1])), i) for i, ys in enumerate(lines.values()))
    rows = [_two_rows(list(lines)[index]) for _, index in ends]
    tops = _pushed_apart([y for y, _ in ends], [LINE * len(row) for row in rows])
    labels = []
    for (y, index), row, top in zip(ends, rows, tops, strict=True):
        middle = top + LINE * len(row) / 2
        if bare or abs(middle - y) > LINE:
            labels.append(_marker(index, "14", top + LINE / 2))
        labels += [
            tag("text", part, x=24, y=f"{top + LINE * (i + 0.75):.1f}", class_="end-label")
            for i, part in enumerate(row)
        ]
    longest = max(len(part) for row in rows for part in row)
    return svg(join(labels), width=28 + round(7.2 * longest), height=HEIGHT + 26)


def _pushed_apart(middles: list[float], heights: list[int]) -> list[float]:
    """Tops of labels at these middles, moved as little as keeps them apart and inside the drawing."""
    tops: list[float] = []
    floor = -LINE / 2
    for middle, height in zip(middles, heights, strict=True):
        tops.append(max(middle - height / 2, floor))
        floor = tops[-1] + height
    ceiling = HEIGHT + LINE / 2
    for index in reversed(range(len(tops))):
        tops[index] = min(tops[index], ceiling - heights[index])
        ceiling = tops[index]
    return tops


def _two_rows(name: str) -> list[str]:
    """A long name breaks at the space nearest to its middle."""
    spaces = [i for i, letter in enumerate(name) if letter == " "]
    if len(name) <= 12 or not spaces:
        return [name]
    middle = min(spaces, key=lambda i: abs(i - len(name) / 2))
    return [name[:middle], name[middle + 1 :]]


def _say(across: Numbers, lines: Mapping[str, Numbers], x_title: str, y_title: str) -> str:
    ends = ", ".join(f"{name} from {number(ys[0])} to {number(ys[-1])}" for name, ys in lines.items())
    said = f"{y_title} over {x_title}, {number(across[0])} to {number(across[-1])}: {ends}."
    if len(lines) > 1:
        low, high = min(lines, key=lambda n: lines[n][-1]), max(lines, key=lambda n: lines[n][-1])
        said += f" At the end {high} is highest, {low} lowest."
    return said
