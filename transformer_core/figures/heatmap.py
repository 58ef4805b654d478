"""One head's weights as a table that a finger, a mouse or a keyboard can read."""

from collections.abc import Sequence

from transformer_core.figures.figure import Figure
from transformer_core.figures.legend import attention_legend
from transformer_core.figures.markup import Markup, data_script, join, tag
from transformer_core.figures.matrix import (
    Rows,
    as_list,
    attention_rows,
    position_of,
    ranked,
    say_row,
    shown,
    strongest,
    token_names,
)
from transformer_core.figures.palette import SCALE, step
from transformer_core.figures.readout import read_out

Shut = frozenset[tuple[int, int]]  # places, query and key, where a mask forbids to look
PRINTED = 0.10  # from this weight on, a cell shows its number


def heatmap(
    weights: object, tokens: Sequence[str], *, chosen: int | str | None = None, mask: object = None
) -> Figure:
    """A heatmap of attention weights: a row per query, a column per key.

    Args:
        weights: (T, T), one head; each row sums to 1, or is all 0.
        tokens: the T tokens.
        chosen: the query outlined at first, as a position or as a token that occurs once;
            without it the one with the largest weight.
        mask: (T, T), True where a query may look; the other cells are hatched.

    Raises:
        ValueError: the weights are none, or do not fit the tokens or the mask.
    """
    rows = attention_rows(weights, tokens)
    names = token_names(tokens)
    query = position_of(chosen, rows, tokens)
    shut = _shut(mask, rows, names)
    data = {"tokens": list(tokens), "names": names, "chosen": query, "weights": rows}
    hatched = f" Hatched are the {len(shut)} places where the mask forbids to look." if shut else ""
    return Figure(
        html=heatmap_markup(rows, tokens, query, shut),
        alt=say_heatmap(rows, names, query) + hatched,
        data=data,
        table=[["Query", *names], *([name, *row] for name, row in zip(names, rows, strict=True))],
    )


def _shut(mask: object, rows: Rows, names: Sequence[str]) -> Shut:
    """The places, query and key, where the mask forbids to look."""
    if mask is None:
        return frozenset()
    allowed = as_list(mask)
    if [len(row) for row in allowed] != [len(row) for row in rows]:
        raise ValueError(f"the mask does not fit {len(rows)} tokens; give a row and a column for each")
    shut = frozenset(
        (query, key) for query, row in enumerate(allowed) for key, may in enumerate(row) if not may
    )
    for query, key in sorted(shut):
        if rows[query][key]:
            raise ValueError(
                f"{say_pair(rows, names, query, key)}, where the mask forbids to look; "
                "give weights that were computed with this mask"
            )
    return shut


def heatmap_markup(rows: Rows, tokens: Sequence[str], query: int, shut: Shut = frozenset()) -> Markup:
    """The table, its read-out, and the data for the browser."""
    names = token_names(tokens)
    key = ranked(rows[query])[0]
    head = tag(
        "tr",
        tag("td", "Query ↓", class_="heat-corner"),
        join(tag("th", tag("span", token), scope="col") for token in tokens),
    )
    body = join(_row(index, row, tokens, index == query, shut) for index, row in enumerate(rows))
    table = tag(
        "table",
        tag("caption", "Key: the token looked at →"),
        tag("thead", head),
        tag("tbody", body),
        class_="heat",
    )
    side = tag(
        "div",
        read_out(rows[query], names, query),
        tag("p", say_pair(rows, names, query, key), class_="fig-status", role="status"),
        attention_legend(),
        class_="heat-side",
    )
    data = {"names": names, "chosen": query, "weights": rows, "scale": SCALE, "printed": PRINTED}
    return tag("div", table, side, data_script(data), class_="fig fig-heat", data_figure="heatmap")


def _row(index: int, row: Sequence[float], tokens: Sequence[str], on: bool, shut: Shut) -> Markup:
    top = ranked(row)[0]
    button = tag(
        "button",
        tokens[index],
        type="button",
        aria_pressed="true" if on else "false",
        tabindex="0" if on else "-1",
    )
    cells = join(
        tag("td", _printed(weight), class_=_class(weight, key == top and on, (index, key) in shut))
        for key, weight in enumerate(row)
    )
    return tag("tr", tag("th", button, scope="row"), cells, class_="on" if on else None, data_row=index)


def _class(weight: float, at: bool, shut: bool) -> str:
    return f"a{step(weight)}" + " at" * at + " shut" * shut


def _printed(weight: float) -> Markup | None:
    if weight < PRINTED:
        return None
    return tag("span", "1.0" if shown(weight) == "1.00" else shown(weight)[1:])


def say_pair(rows: Rows, names: Sequence[str], query: int, key: int) -> str:
    """The status line: it → cat, 0.46."""
    return f"{names[query]} → {names[key]}, {shown(rows[query][key])}"


def say_heatmap(rows: Rows, names: Sequence[str], query: int) -> str:
    """The finding: the chosen row, and the largest weight where that is another row's."""
    said = f"Attention weights of {len(names)} tokens. {say_row(rows[query], names, query)}"
    far, key = strongest(rows)
    if far == query:
        return f"{said} No weight is larger."
    return f"{said} The largest weight is {say_pair(rows, names, far, key)}."
