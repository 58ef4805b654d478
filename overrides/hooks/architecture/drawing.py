"""Draw the folders of a part as boxes on floors: what stands above imports what is below, along the lines."""

from markupsafe import Markup, escape

from hooks.architecture.imports import Part

WIDTH, BOX_HEIGHT, FLOOR_HEIGHT = 660, 34, 82
LETTER, PADDING, GAP = 8.2, 26, 14  # px: a letter of the mono face, around a name, between boxes


def draw(part: Part) -> Markup:
    """SVG of one part; the first floor is at the bottom."""
    floors = part.floors()
    boxes = _places(part, floors)
    height = FLOOR_HEIGHT * (len(floors) - 1) + BOX_HEIGHT + 2
    lines, names = [], []
    for name, (x, y, width) in boxes.items():
        for below in part.direct(name):
            to_x, to_y, _ = boxes[below]
            middle = (y + BOX_HEIGHT + to_y) / 2
            lines.append(
                f'<path d="M{x:.1f} {y + BOX_HEIGHT}C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y}"/>'
            )
        names.append(
            f'<rect x="{x - width / 2:.1f}" y="{y}" width="{width:.1f}" height="{BOX_HEIGHT}" rx="6"/>'
            f'<text x="{x:.1f}" y="{y + 22}">{escape(name)}</text>'
        )
    return Markup(
        f'<svg class="floors" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" aria-hidden="true" '
        f'focusable="false"><g class="floors-lines">{"".join(lines)}</g>{"".join(names)}</svg>'
    )


def _places(part: Part, floors: list[list[str]]) -> dict[str, tuple[float, int, float]]:
    """Middle, top and width of every box; a box is near what it imports."""
    places: dict[str, tuple[float, int, float]] = {}
    for number, floor in enumerate(floors):
        y = 1 + FLOOR_HEIGHT * (len(floors) - 1 - number)
        ordered = sorted(floor, key=lambda name: (_mean([places[one][0] for one in part.direct(name)]), name))
        widths = [LETTER * len(name) + PADDING for name in ordered]
        gap = min(48.0, (WIDTH - 2 - sum(widths)) / max(1, len(ordered) - 1)) if len(ordered) > 1 else 0.0
        x = (WIDTH - sum(widths) - gap * (len(ordered) - 1)) / 2
        for name, width in zip(ordered, widths, strict=True):
            places[name] = (x + width / 2, y, width)
            x += width + max(gap, GAP)
    return places


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else WIDTH / 2
