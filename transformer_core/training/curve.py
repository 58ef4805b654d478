"""The loss curve: as a figure for a page or a notebook, and as an SVG file that any viewer opens."""

from transformer_core.figures import Figure, line_chart
from transformer_core.figures.markup import join, tag
from transformer_core.figures.palette import SERIES
from transformer_core.figures.scale import linear_scale, number

POINTS = 400  # a screen shows no more
SPAN = 1 / 40  # of all steps, over which the smooth line averages
WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 44, 44  # around the plot
INK, GRID, PAPER, FAINT = "#1C1F26", "#DFDBD1", "#FFFFFF", "#B8BEDF"


def loss_curve(losses: list[float]) -> Figure:
    """Every step's loss, which jumps with the batch, and its running mean, which shows the trend.

    Args:
        losses: one per step, two or more.

    Raises:
        ValueError: too few, or one that is not finite.
    """
    steps, each, smooth = _drawn(losses)
    return line_chart(steps, {"smoothed": smooth, "each step": each}, x_title="step", y_title="loss")


def loss_svg(losses: list[float], *, title: str) -> str:
    """The same curve as the text of an SVG file, with colours of its own.

    Args:
        losses: one per step, two or more.
        title: what was trained.

    Raises:
        ValueError: as loss_curve.
    """
    loss_curve(losses)  # refuses what cannot be drawn
    steps, each, smooth = _drawn(losses)
    said = f"{title}: the loss over {len(losses)} steps, from {number(smooth[0])} to {number(smooth[-1])}"
    to_x, to_y = linear_scale(steps, snug=True), linear_scale([*each, *smooth])
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def path(values: list[float], colour: str, width: float):
        places = (f"{LEFT + (right - LEFT) * to_x.share(x):.1f} {bottom - (bottom - TOP) * to_y.share(y):.1f}"
                  for x, y in zip(steps, values, strict=True))
        return tag("path", d="M" + "L".join(places), fill="none", stroke=colour, stroke_width=width,
                   stroke_linejoin="round")

    def text(words: str, x: float, y: float, anchor: str = "middle", size: int = 13):
        return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, font_size=size, fill=INK)

    rows = [(bottom - (bottom - TOP) * to_y.share(tick), number(tick)) for tick in to_y.ticks]
    columns = [(LEFT + (right - LEFT) * to_x.share(tick), number(tick)) for tick in to_x.ticks]
    drawing = tag(
        "svg",
        tag("title", said),
        tag("rect", width=WIDTH, height=HEIGHT, fill=PAPER),
        join(tag("line", x1=LEFT, x2=right, y1=f"{y:.1f}", y2=f"{y:.1f}", stroke=GRID) for y, _ in rows),
        path(each, FAINT, 1),
        path(smooth, SERIES["light"][0], 2.25),
        join(text(words, LEFT - 8, y + 4, "end") for y, words in rows),
        join(text(words, x, bottom + 18) for x, words in columns),
        text(title, LEFT, 22, "start", 15),
        text("loss: each step's, and smoothed", right, 22, "end"),
        text("step", right, HEIGHT - 8, "end"),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT,
        font_family="system-ui, sans-serif", role="img",
    )
    return str(drawing) + "\n"


def smoothed(losses: list[float]) -> list[float]:
    r"""A running mean in which older steps count ever less; the first ones are means of what there is.

    $$\bar{l}_n = \frac{\sum_{i \le n} \beta^{n-i} l_i}{\sum_{i \le n} \beta^{n-i}}$$
    """
    keep = 1 - 1 / max(SPAN * len(losses), 1)  # beta
    total = weight = 0.0
    means = []
    for loss in losses:
        total, weight = keep * total + loss, keep * weight + 1
        means.append(total / weight)
    return means


def _drawn(losses: list[float]) -> tuple[list[int], list[float], list[float]]:
    """Steps, losses and their running mean, at no more places than can be seen; the last is among them."""
    every = max(-(-len(losses) // POINTS), 1)
    steps = list(range(len(losses) - 1, -1, -every))[::-1]
    means = smoothed(losses)
    return steps, [losses[step] for step in steps], [means[step] for step in steps]
