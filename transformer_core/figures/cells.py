"""A row of numbers as coloured cells."""

from collections.abc import Sequence

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import join, tag
from transformer_core.figures.matrix import PLACES, as_list, finite, ranked, token_names
from transformer_core.figures.palette import signed_step, step


def cells(values: object, labels: Sequence[str], *, mark: int | None = None) -> Figure:
    """One cell per number, its label beneath.

    Numbers between 0 and 1 have the colours of attention weights; where one lies outside,
    all have the signed colours, up to the largest size among them.

    Args:
        values: the numbers.
        labels: one per number.
        mark: position of the cell to point out.

    Raises:
        ValueError: a number is not finite, the labels are too few or too many, no such position.
    """
    numbers = [round(float(value), PLACES) for value in as_list(values)]
    finite(numbers, "values")
    if len(numbers) != len(labels) or not numbers:
        raise ValueError(f"{len(numbers)} values for {len(labels)} labels; give one label per value")
    if mark is not None and not 0 <= mark < len(numbers):
        raise ValueError(f"mark {mark} is outside 0 to {len(numbers) - 1}; give the position of a value")
    largest = max(abs(number) for number in numbers)
    weights = all(0 <= number <= 1 for number in numbers)
    names = token_names(labels)
    items = [
        tag(
            "div",
            tag("b", _printed(number, weights), class_=_class(number, weights, largest)),
            tag("span", label),
            class_="cell marked" if index == mark else "cell",
            role="listitem",
        )
        for index, (number, label) in enumerate(zip(numbers, labels, strict=True))
    ]
    pointed = ranked(numbers)[0] if mark is None else mark
    said = "marked is" if mark is not None else "the largest is"
    return Figure(
        html=tag("div", tag("div", join(items), class_="cells", role="list"), class_="fig"),
        alt=f"{len(numbers)} values; {said} {names[pointed]}, {numbers[pointed]:.2f}.",
        data={"labels": list(labels), "values": numbers, "mark": mark},
        table=[["Label", "Value"], *([name, number] for name, number in zip(names, numbers, strict=True))],
    )


def _class(number: float, weights: bool, largest: float) -> str:
    return f"a{step(number)}" if weights else f"d{signed_step(number, largest)}"


def _printed(number: float, weights: bool) -> str:
    if not weights:
        return f"{number:z.1f}".replace("-", "−")
    return "1.0" if f"{number:.2f}" == "1.00" else f"{number:.2f}"[1:]
