"""Every figure: well-formed, without style and code, with its data as table and JSON."""

import json
import re

import pytest
import torch
from reading import data_beside, tree, with_class, words

from transformer_core.figures import (
    architecture,
    bar_chart,
    cells,
    figure_css,
    head_grid,
    head_view,
    heatmap,
    line_chart,
    position_map,
    ratio_plot,
)

EVIL = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&b",
    "שלום",
    "🦊",
    "##s",
    "'",
]


@pytest.fixture
def figures(sentence, heads):
    """One of each kind, with tokens that try to be markup."""
    weights, _ = sentence
    return {
        "heatmap": heatmap(weights, EVIL),
        "head_view": head_view(weights, EVIL, name=EVIL[0], finding=EVIL[1]),
        "head_grid": head_grid(heads, EVIL, highlight={(0, 1): EVIL[0]}),
        "cells": cells(weights[0], EVIL, mark=0),
        "bar_chart": bar_chart(EVIL, weights[0], y_title=EVIL[0]),
        "line_chart": line_chart([1, 2], {EVIL[0]: [1, 2]}, x_title=EVIL[1], y_title=EVIL[2]),
        "ratio_plot": ratio_plot([{"name": EVIL[0], "ratios": [0.5, 0.7], "own": True}]),
        "position_map": position_map(weights),
        "architecture": architecture("attention"),
    }


def test_markup_is_well_formed_and_passive(figures):
    for name, figure in figures.items():
        for element in tree(figure).iter():
            assert "style" not in element.attrib, name
            assert not [key for key in element.attrib if key.startswith("on")], name
            assert element.tag not in ("style", "img", "foreignObject", "a"), name
            assert element.tag != "script" or element.get("type") == "application/json", name
        assert "</script><script>" not in figure.html.replace("</script><script type", ""), name


def test_tokens_are_text(figures):
    for name in ("heatmap", "head_view", "cells", "bar_chart"):
        text = words(tree(figures[name]))
        assert all(re.sub(r"\s+", " ", token) in text for token in EVIL), name
    beside = data_beside(with_class(tree(figures["heatmap"]), "fig-heat")[0])
    assert beside["names"] == EVIL


def test_text_in_svg_does_not_stretch(figures):
    for name, figure in figures.items():
        for drawing in tree(figure).iter("svg"):
            assert not (drawing.get("viewBox") and list(drawing.iter("text"))), name


def test_everything_drawn_is_hidden_from_readers_who_hear(figures):
    """The words stand beside the drawing, so nothing is said twice."""
    for name, figure in figures.items():
        root = tree(figure)
        parents = {child: parent for parent in root.iter() for child in parent}
        for drawing in root.iter("svg"):
            above = drawing
            while above is not None and above.get("aria-hidden") != "true":
                above = parents.get(above)
            assert above is not None, name


def test_data_is_json_and_the_table_is_its_twin(figures):
    for name, figure in figures.items():
        assert json.loads(json.dumps(figure.data, allow_nan=False)) == json.loads(json.dumps(figure.data)), (
            name
        )
        width = len(figure.table[0])
        assert len(figure.table) > 1 and all(len(row) == width for row in figure.table), name
    for name in ("heatmap", "head_view"):
        figure = figures[name]
        assert [row[1:] for row in figure.table[1:]] == figure.data["weights"], name
        assert [row[0] for row in figure.table[1:]] == figure.data["names"] == figure.table[0][1:], name
    assert [row[1:] for row in figures["position_map"].table[1:]] == figures["position_map"].data["matrix"]
    line = figures["line_chart"]
    assert [row[0] for row in line.table[1:]] == line.data["x"]
    assert [row[1] for row in line.table[1:]] == line.data["series"][EVIL[0]]


def test_alt_texts_state_numbers(figures):
    for name, figure in figures.items():
        assert len(figure.alt) > 20 and figure.alt.endswith("."), name
        assert name == "architecture" or re.search(r"\d", figure.alt), name


def test_tensors_are_taken_as_they_are(sentence):
    weights, tokens = sentence
    exact = heatmap(torch.tensor(weights, dtype=torch.float64), tokens)
    assert exact == heatmap(weights, tokens)
    assert heatmap(torch.tensor(weights), tokens).data == exact.data  # float32 rounds to the same four places


def test_a_notebook_gets_its_own_style(figures):
    alone = figures["cells"]._repr_html_()
    style, rest = alone.split("</style>")
    assert rest.startswith('<div class="fig-alone"><div class="fig">')
    assert "prefers-color-scheme:dark" in style and "--fig-ink:" in style and "md-" not in style


def test_css_is_one_text_with_nothing_fetched():
    css = figure_css()
    assert css.count("{") == css.count("}")
    assert "url(" not in css and "@import" not in css
    assert css.startswith(":root{--a0:")
