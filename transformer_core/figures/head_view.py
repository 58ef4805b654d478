"""One head as lines: queries on the left, keys on the right, a line as thick as its weight."""

from collections.abc import Sequence

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import Markup, data_script, join, svg, tag
from transformer_core.figures.matrix import (
    Rows,
    attention_rows,
    position_of,
    ranked,
    say_row,
    shown,
    token_names,
)

ROW = 26
THICKEST = 12
DRAWN_CHOSEN = 0.04
DRAWN_OTHERS = 0.10


def head_view(
    weights: object,
    tokens: Sequence[str],
    *,
    chosen: int | str | None = None,
    name: str = "",
    finding: str = "",
    series: int = 1,
) -> Figure:
    """The lines of one head; those of one query in colour, the others in grey.

    Args:
        weights: (T, T), one head; each row sums to 1, or is all 0.
        tokens: the T tokens.
        chosen: the query drawn in colour at first, as for a heatmap.
        name: which head this is, "Layer 5, head 11".
        finding: what it does, in a few words.
        series: the colour, 1 to 5; heads side by side have different ones.

    Raises:
        ValueError: the weights are none, or do not fit the tokens; no such series.
    """
    if series not in range(1, 6):
        raise ValueError(f"series {series} has no colour; give 1 to 5")
    rows = attention_rows(weights, tokens)
    names = token_names(tokens)
    query = position_of(chosen, rows, tokens)
    said = ": ".join(part for part in (name, finding) if part)
    return Figure(
        html=_markup(rows, tokens, query, name, finding, series),
        alt=" ".join(
            part for part in (f"{said}." if said else "", say_row(rows[query], names, query)) if part
        ),
        data={"name": name, "tokens": list(tokens), "names": names, "chosen": query, "weights": rows},
        table=[["Query", *names], *([name, *row] for name, row in zip(names, rows, strict=True))],
    )


def _markup(rows: Rows, tokens: Sequence[str], query: int, name: str, finding: str, series: int) -> Markup:
    names = token_names(tokens)
    order = [*(i for i in range(len(rows)) if i != query), query]  # the coloured lines lie on top
    lines = svg(
        join(_lines(index, rows[index], index == query) for index in order),
        class_="lines",
        width="100%",
        height=ROW * len(rows),
        viewBox=f"0 0 100 {ROW * len(rows)}",
        preserveAspectRatio="none",
    )
    key = ranked(rows[query])[0]
    data = {"names": names, "chosen": query, "weights": rows, "drawn": DRAWN_CHOSEN}
    return tag(
        "div",
        tag("p", name, class_="fig-name") if name else None,
        tag("p", finding, class_="fig-finding") if finding else None,
        tag(
            "div",
            tag(
                "div",
                join(_query(i, token, i == query) for i, token in enumerate(tokens)),
                class_="head-queries",
            ),
            lines,
            tag(
                "div",
                join(_key(token, w) for token, w in zip(tokens, rows[query], strict=True)),
                class_="head-keys",
            ),
            class_=f"view s{series}",
        ),
        tag(
            "p",
            f"{names[query]} → {names[key]}, {shown(rows[query][key])}",
            class_="fig-status",
            role="status",
        ),
        data_script(data),
        class_="fig fig-head",
        data_figure="head-view",
    )


def _query(index: int, token: str, on: bool) -> Markup:
    return tag(
        "button",
        token,
        type="button",
        class_="on" if on else None,
        data_row=index,
        aria_pressed="true" if on else "false",
        tabindex="0" if on else "-1",
    )


def _key(token: str, weight: float) -> Markup:
    drawn = weight >= DRAWN_CHOSEN
    said = shown(weight) if drawn else "·"
    return tag("div", tag("span", token), tag("span", said), class_="key on" if drawn else "key")


def _lines(query: int, row: Sequence[float], on: bool) -> Markup:
    """One query's lines; those too thin to be drawn in grey are "thin"."""
    start = ROW * query + ROW // 2
    paths = [
        tag(
            "path",
            d=f"M0 {start}C50 {start} 50 {end} 100 {end}",
            stroke_width=f"{THICKEST * weight:.2f}",
            class_=None if weight >= DRAWN_OTHERS else "thin",
        )
        for end, weight in ((ROW * key + ROW // 2, weight) for key, weight in enumerate(row))
        if weight >= DRAWN_CHOSEN
    ]
    return tag("g", join(paths), data_lines=query, class_="on" if on else None)
