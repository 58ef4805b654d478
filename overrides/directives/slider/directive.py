"""A figure that a reader moves: frames computed at the build over one value, such as a training step."""

import ast
import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from directives.directive import Block, Directive, Expression, PageView, Words, fields
from directives.slider.strip import strip
from hooks.base.errors import suggest

FEWEST = 3  # frames: paper shows the first, the one it opens on, and the last
LARGEST_INLINE = (
    16_000  # characters of all frames; more are a file of their own, fetched when the slider is near
)


class Slider(Directive):
    """`frames` gives a figure for each value; `numbers` what changes with it."""

    def expressions(self, block: Block) -> Iterator[Expression]:
        yield Expression(block.data["frames"], block.line)
        if "numbers" in block.data:
            yield Expression(block.data["numbers"], block.line)

    def words(self, block: Block) -> Iterator[Words]:
        yield from fields(block, "title", "caption")

    def drawings(self, block: Block) -> Iterable[str]:
        tree = ast.parse(block.data["frames"].strip(), mode="eval")
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        return [f"{name.id}()" for name in calls if isinstance(name, ast.Name)]

    def essence(self, value: Any) -> Any:
        """Of frames what each says; their drawings follow from it."""
        if isinstance(value, dict) and all(isinstance(one, dict) and "alt" in one for one in value.values()):
            return {name: one["alt"] for name, one in value.items()}
        return value

    def render(self, block: Block, page: PageView) -> str:
        data = block.data
        assert block.run, "the plan refuses a slider without a run"
        frames = self._frames(block, page.value(block.run, data["frames"]))
        numbers = self._numbers(block, page, len(frames))
        values = list(frames)
        opens = self._opens(block, values)
        figures = list(frames.values())
        place = PurePosixPath("assets/figures", block.path.removeprefix("docs/")).with_suffix("") / data["id"]
        page.files[f"{place}.csv"] = _csv(data["value"], frames, numbers)
        page.files[f"{place}.json"] = json.dumps(
            [
                {
                    data["value"]: value,
                    **{name: column[at] for name, column in numbers.items()},
                    "data": figure["data"],
                }
                for at, (value, figure) in enumerate(frames.items())
            ],
            ensure_ascii=False,
        )
        pictures = json.dumps([figure["html"] for figure in figures], ensure_ascii=False)
        large = len(pictures) > LARGEST_INLINE
        if large:
            page.files[f"{place}.frames.json"] = pictures
        said = [
            [f"{data['value'].capitalize()} {_shown(value)}", *_said(numbers, at)]
            for at, value in enumerate(values)
        ]
        slider = {
            "id": data["id"],
            "number": page.number("figure"),
            "title": page.inline(data["title"], block),
            "caption": page.inline(data["caption"], block),
            "value": data["value"],
            "opens": opens,
            "stills": [
                {
                    "head": said[at][0],
                    "rest": ", ".join(said[at][1:2]),
                    "html": figures[at]["html"],
                    "alt": figures[at]["alt"],
                }
                for at in sorted({0, opens, len(values) - 1})
            ],
            "strip": strip(values, next(iter(numbers.values()), None), opens),
            "strip_name": next(iter(numbers), ""),
            "rows": [
                {"name": name, "column": [_shown(one) for one in column]} for name, column in numbers.items()
            ],
            "shown": [_shown(value) for value in values],
            "live": _for_script(
                {
                    "opens": opens,
                    "said": said,
                    "alt": [figure["alt"] for figure in figures],
                    "values": [_shown(value) for value in values],
                    "numbers": [[_shown(one) for one in column] for column in numbers.values()],
                    "frames": page.root + f"{place}.frames.json"
                    if large
                    else [figure["html"] for figure in figures],
                }
            ),
            "csv": page.root + f"{place}.csv",
            "json": page.root + f"{place}.json",
            "made_by": f"#{page.run(block.run).place}",
        }
        return page.fill(self.kind, slider=slider)

    def _frames(self, block: Block, found: Any) -> dict[str, dict]:
        cure = "Give a dict from each value to a figure, such as {step: heatmap(maps[step], tokens) for step in steps}."
        if not isinstance(found, dict) or not all(
            isinstance(one, dict) and "html" in one for one in found.values()
        ):
            raise block.fault(f"frames gave no figures: {block.data['frames']!r}.", cure)
        if len(found) < FEWEST:
            wrong = f"frames gave {len(found)} figures; a slider needs {FEWEST} or more."
            raise block.fault(wrong, "Add values, or write a `yaml figure`.")
        return found

    def _numbers(self, block: Block, page: PageView, count: int) -> dict[str, list[float]]:
        if "numbers" not in block.data:
            return {}
        found = page.value(block.run, block.data["numbers"])
        cure = "Give a dict from a name to one number for each frame, such as {'loss': losses}."
        if (
            not isinstance(found, dict)
            or not found
            or not all(isinstance(column, list) for column in found.values())
        ):
            raise block.fault(f"numbers gave no columns: {block.data['numbers']!r}.", cure)
        for name, column in found.items():
            if len(column) != count:
                raise block.fault(f"{name} has {len(column)} numbers for {count} frames.", cure)
            for value in column:
                if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                    raise block.fault(f"{name} holds {value!r}, which is no finite number.", cure)
        return found

    def _opens(self, block: Block, values: list[str]) -> int:
        wanted = str(block.data["opens"])
        if wanted not in values:
            raise block.fault(f"opens is {wanted}, which is no frame's value.", suggest(wanted, values))
        return values.index(wanted)


def _said(numbers: dict[str, list[float]], at: int) -> list[str]:
    """Each number of a frame in words: loss 2.03."""
    return [f"{name} {_shown(column[at])}" for name, column in numbers.items()]


def _shown(value: object) -> str:
    """As a reader sees it: whole numbers with commas, others with three digits or two places."""
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return text
    if number.is_integer() and abs(number) < 1e15 and "." not in text:
        return f"{int(number):,}"
    return f"{number:.2f}" if 0.1 <= abs(number) < 1000 else f"{number:.3g}"


def _for_script(data: object) -> str:
    """JSON that no text in it can end."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _csv(value: str, frames: dict[str, dict], numbers: dict[str, list[float]]) -> str:
    """A row for each row of each frame's table, with its value and numbers first."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    first = next(iter(frames.values()))
    rows.writerow([value, *numbers, *first["table"][0]])
    for at, (name, figure) in enumerate(frames.items()):
        before = [name, *(column[at] for column in numbers.values())]
        rows.writerows([*before, *row] for row in figure["table"][1:])
    return text.getvalue()


DIRECTIVE = Slider(__file__)
