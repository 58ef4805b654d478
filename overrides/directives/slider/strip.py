"""The strip above a slider: where each frame is, and how the first number changes over them."""

from itertools import pairwise

from markupsafe import Markup

TOP, BOTTOM = 8, 64  # px of the strip in which the line runs
LABELS = 5  # values named below the strip


def places(values: list[str]) -> list[float]:
    """Where each value is on the slider, 0 to 1: as far apart as the numbers are, or evenly where they are none."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        numbers = [float(at) for at in range(len(values))]
    if any(after <= before for before, after in pairwise(numbers)):
        numbers = [float(at) for at in range(len(values))]
    first, last = numbers[0], numbers[-1]
    return [round((number - first) / (last - first), 4) for number in numbers]


def strip(values: list[str], numbers: list[float] | None, opens: int) -> dict:
    """What the template draws: the places of the frames, the line through their numbers, and the labels."""
    across = places(values)
    heights = _heights(numbers) if numbers else [float(BOTTOM)] * len(values)
    lines = "".join(
        f'<line x1="{100 * x:.2f}%" y1="{y:.1f}" x2="{100 * next_x:.2f}%" y2="{next_y:.1f}"/>'
        for (x, y), (next_x, next_y) in pairwise(zip(across, heights, strict=True))
    )
    dots = "".join(
        f'<circle cx="{100 * x:.2f}%" cy="{y:.1f}" r="4"/>' for x, y in zip(across, heights, strict=True)
    )
    return {"places": across, "svg": Markup(lines + dots), "at": across[opens], "labels": _labelled(across)}


def _heights(numbers: list[float]) -> list[float]:
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1
    return [BOTTOM - (BOTTOM - TOP) * (number - low) / span for number in numbers]


def _labelled(across: list[float]) -> list[int]:
    """The frames whose values are named: the ends, and those between that have room."""
    chosen = [0]
    for at, place in enumerate(across[1:-1], start=1):
        if place - across[chosen[-1]] >= 1 / LABELS and 1 - place >= 1 / LABELS / 2:
            chosen.append(at)
    return [*chosen, len(across) - 1]
