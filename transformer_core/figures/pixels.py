"""A matrix as a picture: one path for each step of colour."""

from collections.abc import Sequence

from transformer_core.figures.markup import Markup, join, tag


def step_paths(steps: Sequence[Sequence[int]], palette: str, ground: int) -> Markup:
    """Each step's cells as one path of horizontal strokes, one unit thick; neighbours share a stroke.

    The step `ground` is not drawn: it is the colour behind. Cell (row, column) fills the unit
    square whose left side has its middle at (column, row), so the viewBox starts at y = -0.5.
    """
    drawn: dict[int, list[str]] = {}
    for y, row in enumerate(steps):
        start = 0
        for x in range(1, len(row) + 1):
            if x < len(row) and row[x] == row[start]:
                continue
            if row[start] != ground:
                drawn.setdefault(row[start], []).append(f"M{start} {y}h{x - start}")
            start = x
    return join(tag("path", class_=f"{palette}{at}", d="".join(drawn[at])) for at in sorted(drawn))
