"""Bars from zero, the value above each."""

from collections.abc import Sequence

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import join, svg, tag
from transformer_core.figures.matrix import as_list, finite
from transformer_core.figures.scale import number

HEIGHT = 140


def bar_chart(
    labels: Sequence[str],
    values: object,
    *,
    y_title: str,
    unit: str = "",
    highlight: int | None = None,
) -> Figure:
    """One bar per label.

    Args:
        labels: what each bar is.
        values: its height, from 0 up.
        y_title: what the bars count, in words.
        unit: printed after the values in the text alternative, "ms".
        highlight: position of the bar that stands out.

    Raises:
        ValueError: labels and values differ in number, a value is negative or not finite, no such position.
    """
    numbers = [float(value) for value in as_list(values)]
    finite(numbers, "values")
    if len(numbers) != len(labels) or not numbers:
        raise ValueError(f"{len(numbers)} values for {len(labels)} labels; give one label per value")
    if min(numbers) < 0:
        raise ValueError(
            f"values holds {min(numbers)}; bars start at 0, draw negative numbers as a line chart"
        )
    if highlight is not None and not 0 <= highlight < len(numbers):
        raise ValueError(
            f"highlight {highlight} is outside 0 to {len(numbers) - 1}; give the position of a bar"
        )
    tallest = max(numbers) or 1.0
    bars = [
        tag(
            "div",
            tag(
                "div",
                tag("span", number(value)),
                svg(tag("rect", width="100%", height="100%"), height=f"{HEIGHT * value / tallest:.1f}"),
            ),
            tag("span", label, class_="bar-label"),
            class_="bar s2" if index == highlight else "bar",
            role="listitem",
        )
        for index, (label, value) in enumerate(zip(labels, numbers, strict=True))
    ]
    title = f"{y_title} ({unit})" if unit else y_title
    said = [f"{label}, {number(value)} {unit}".rstrip() for label, value in zip(labels, numbers, strict=True)]
    highest, lowest = numbers.index(max(numbers)), numbers.index(min(numbers))
    alt = f"{title}: highest {said[highest]}; lowest {said[lowest]}."
    if highlight is not None:
        alt += f" Marked is {said[highlight]}."
    return Figure(
        html=tag(
            "div",
            tag("p", "↑ ", title, class_="fig-small"),
            tag("div", join(bars), class_="bars", role="list"),
            class_="fig fig-bars",
        ),
        alt=alt,
        data={
            "y_title": y_title,
            "unit": unit,
            "labels": list(labels),
            "values": numbers,
            "highlight": highlight,
        },
        table=[["Bar", title], *([label, value] for label, value in zip(labels, numbers, strict=True))],
    )
