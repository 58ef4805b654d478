"""All heads of all layers, small; each opens its map."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from transformer_core.figures.figure import Figure
from transformer_core.figures.heatmap import heatmap_markup
from transformer_core.figures.markup import Markup, data_script, hidden, join, svg, tag
from transformer_core.figures.matrix import (
    PLACES,
    Rows,
    as_list,
    attention_rows,
    position_of,
    say_row,
    token_names,
)
from transformer_core.figures.palette import step
from transformer_core.figures.pixels import step_paths

Head = tuple[int, int]
Maps = list[list[Rows]]
ONE = 10**PLACES  # what a weight of 1 is written as


def head_grid(
    weights: object,
    tokens: Sequence[str],
    *,
    highlight: Mapping[Head, str] | None = None,
    chosen: int | str | None = None,
) -> Figure:
    """A thumbnail per head, layers from top to bottom, with one head's map beneath.

    Args:
        weights: (L, H, T, T); each row sums to 1, or is all 0.
        tokens: the T tokens.
        highlight: what a head does, by (layer, head); the first one's map is open at first.
        chosen: the query outlined in the open map, as for a heatmap.

    Raises:
        ValueError: the weights are none or do not fit the tokens, or a highlighted head does not exist.
    """
    maps = [
        [attention_rows(head, tokens, f"layer {i}, head {j}") for j, head in enumerate(as_list(layer))]
        for i, layer in enumerate(as_list(weights))
    ]
    marked = dict(highlight or {})
    for layer, head in marked:
        if not (0 <= layer < len(maps) and 0 <= head < len(maps[layer])):
            raise ValueError(
                f"layer {layer}, head {head} is not among {len(maps)} layers of {len(maps[0])} heads; "
                "count from 0"
            )
    data = {
        "tokens": list(tokens),
        "names": token_names(tokens),
        "highlight": _highlight(marked),
        "weights": maps,
    }
    table = _habits(maps, tokens)
    opened = next(iter(marked), (0, 0))
    query = position_of(chosen, maps[opened[0]][opened[1]], tokens)
    html = _markup(maps, tokens, marked, opened, query)
    return Figure(html=html, alt=_say(maps, tokens, marked, query), data=data, table=table)


def _markup(
    maps: Maps, tokens: Sequence[str], marked: Mapping[Head, str], opened: Head, query: int
) -> Markup:
    letters = {head: chr(ord("A") + i) for i, head in enumerate(marked)}
    panel = tag(
        "div",
        tag("p", _title(opened), class_="fig-name", role="status", data_title=True),
        tag("p", marked.get(opened, ""), class_="fig-finding", data_finding=True),
        heatmap_markup(maps[opened[0]][opened[1]], tokens, query),
        class_="grid-map",
    )
    layers = []
    for index, layer in enumerate(maps):
        thumbs = join(_thumb((index, j), rows, (index, j) == opened, letters) for j, rows in enumerate(layer))
        place = "layer last" if index == len(maps) - 1 else "layer"
        layers.append(
            tag("div", tag("p", f"Layer {index}"), tag("div", thumbs, class_="thumbs"), class_=place)
        )
        if index == opened[0]:
            layers.append(panel)
    notes = [
        tag("div", tag("b", letter, class_="badge"), f" {_title(head)}: {marked[head]}", role="listitem")
        for head, letter in letters.items()
    ]
    return tag(
        "div",
        tag("div", join(notes), class_="grid-notes", role="list") if notes else None,
        join(layers),
        data_script({"highlight": _highlight(marked), "one": ONE, "weights": _whole(maps)}),
        class_="fig fig-grid",
        data_figure="head-grid",
    )


def _thumb(head: Head, rows: Rows, on: bool, letters: Mapping[Head, str]) -> Markup:
    size = len(rows)
    picture = svg(
        step_paths([[step(weight) for weight in row] for row in rows], "a", ground=0),
        viewBox=f"0 -0.5 {size} {size}",
        preserveAspectRatio="none",
    )
    letter = letters.get(head)
    return tag(
        "button",
        picture,
        tag("span", hidden(f"Layer {head[0]}, head "), head[1], class_="thumb-name"),
        tag("b", letter, class_="badge") if letter else None,
        type="button",
        class_="thumb",
        data_head=f"{head[0]} {head[1]}",
        aria_pressed="true" if on else "false",
        tabindex="0" if on else "-1",
    )


def _whole(maps: Maps) -> list:
    """The weights as whole numbers, half as long to write."""
    return [[[[round(ONE * w) for w in row] for row in rows] for rows in layer] for layer in maps]


def _highlight(marked: Mapping[Head, str]) -> list[dict]:
    return [{"layer": layer, "head": head, "what": what} for (layer, head), what in marked.items()]


def _title(head: Head) -> str:
    return f"Layer {head[0]}, head {head[1]}"


def _habits(maps: Maps, tokens: Sequence[str]) -> list[list]:
    """Where each head's weight goes on average: four habits that tell heads apart."""
    last = len(tokens) - 1
    table: list[list] = [
        ["Layer", "Head", "to itself", "one back", "one ahead", f"to {tokens[0]}", f"to {tokens[last]}"]
    ]
    for i, layer in enumerate(maps):
        for j, rows in enumerate(layer):
            means = (
                fmean(row[q] for q, row in enumerate(rows)),
                fmean(row[q - 1] for q, row in enumerate(rows) if q) if last else 0.0,
                fmean(row[q + 1] for q, row in enumerate(rows) if q < last) if last else 0.0,
                fmean(row[0] for row in rows),
                fmean(row[last] for row in rows),
            )
            table.append([i, j, *(round(mean, 3) for mean in means)])
    return table


def _say(maps: Maps, tokens: Sequence[str], marked: Mapping[Head, str], query: int) -> str:
    names = token_names(tokens)
    habits = _habits(maps, tokens)
    counts = [
        f"{sum(row[column] > 0.5 for row in habits[1:])} {what}"
        for column, what in ((2, "to the token itself"), (3, "one token back"), (4, "one token ahead"))
    ]
    said = [
        f"{len(maps)} layers of {len(maps[0])} heads on {len(tokens)} tokens. "
        f"Heads that send more than half of their weight: {', '.join(counts)}, "
        f"{sum(row[5] > 0.5 for row in habits[1:])} to {tokens[0]}, "
        f"{sum(row[6] > 0.5 for row in habits[1:])} to {tokens[-1]}."
    ]
    for (layer, head), what in marked.items():
        said.append(f"{_title((layer, head))}, {what}: {say_row(maps[layer][head][query], names, query)}")
    return " ".join(said)
