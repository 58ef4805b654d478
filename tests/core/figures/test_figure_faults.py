"""What cannot be drawn is refused, with the value and the cure."""

import math

import pytest

from transformer_core.figures import (
    architecture,
    bar_chart,
    cells,
    head_grid,
    head_view,
    heatmap,
    line_chart,
    position_map,
    ratio_plot,
)

TWO = ["a", "b"]
GOOD = [[0.5, 0.5], [1.0, 0.0]]
AXES = {"x_title": "steps", "y_title": "loss"}


@pytest.mark.parametrize("draw", [heatmap, head_view])
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[0.5, 0.4], [1.0, 0.0]], r"row 0 \('a'\) of weights sums to 0.9, not to 1; give .* after softmax"),
        (
            [[0.5, 0.5], [math.nan, 1.0]],
            r"row 1 \('b'\) of weights holds nan; give the weights after softmax",
        ),
        ([[1.5, -0.5], [1.0, 0.0]], r"row 0 \('a'\) of weights holds 1.5"),
        ([[1.0, 0.0]], r"weights has 1 rows for 2 tokens; give one row per token"),
        ([[0.5, 0.5], [1.0]], r"row 1 \('b'\) of weights has 1 weights for 2 tokens"),
        ([GOOD, GOOD], r"holds lists; choose one sentence and one head"),
    ],
)
def test_weights_that_are_none(draw, weights, message):
    with pytest.raises(ValueError, match=message):
        draw(weights, TWO)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (2, r"position 2 is outside 0 to 1; give the position of a token"),
        ("c", r"the token 'c' is at no position in \['a', 'b'\]"),
    ],
)
def test_a_query_that_is_not_there(chosen, message):
    with pytest.raises(ValueError, match=message):
        heatmap(GOOD, TWO, chosen=chosen)


def test_a_token_that_stands_twice_needs_its_position():
    with pytest.raises(ValueError, match=r"'a' is at \[0, 1\]"):
        heatmap(GOOD, ["a", "a"], chosen="a")


def test_no_tokens():
    with pytest.raises(ValueError, match="there are no tokens; give at least one"):
        heatmap([], [])


def test_a_head_that_is_not_there_and_one_that_is_wrong():
    with pytest.raises(ValueError, match="layer 1, head 0 is not among 1 layers of 1 heads; count from 0"):
        head_grid([[GOOD]], TWO, highlight={(1, 0): "nothing"})
    with pytest.raises(ValueError, match=r"row 0 \('a'\) of layer 0, head 1 sums to 2"):
        head_grid([[GOOD, [[1.0, 1.0], [1.0, 0.0]]]], TWO)
    with pytest.raises(ValueError, match="series 6 has no colour; give 1 to 5"):
        head_view(GOOD, TWO, series=6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cells([0.1], TWO), "1 values for 2 labels; give one label per value"),
        (lambda: cells([0.1, math.inf], TWO), "values holds inf at position 1"),
        (lambda: cells([0.1, 0.2], TWO, mark=2), "mark 2 is outside 0 to 1"),
        (lambda: bar_chart(TWO, [1.0, -1.0], y_title="n"), "values holds -1.0; bars start at 0"),
        (lambda: bar_chart(TWO, [1.0], y_title="n"), "1 values for 2 labels"),
        (lambda: bar_chart(TWO, [1.0, 2.0], y_title="n", highlight=5), "highlight 5 is outside 0 to 1"),
        (lambda: position_map([[1.0, 2.0], [1.0]]), r"the rows have the lengths \[1, 2\]"),
        (lambda: position_map([[1.0, math.nan]]), "row 0 holds nan at position 1"),
        (lambda: line_chart([1, 2], {}, **AXES), "0 series; give 1 to 5"),
        (lambda: line_chart([1], {"a": [1]}, **AXES), "x has 1 points; a line needs at least 2"),
        (
            lambda: line_chart([2, 1], {"a": [1, 2]}, **AXES),
            r"x does not rise: \[2.0, 1.0\]; sort the points",
        ),
        (lambda: line_chart([1, 2], {"a": [1]}, **AXES), "'a' has 1 values for 2 positions"),
        (lambda: line_chart([1, 2], {"a": [1, math.nan]}, **AXES), "'a' holds nan at position 1"),
        (lambda: line_chart([1, 2], {"a": [0, 1]}, y_log=True, **AXES), "'a' holds 0.0, which a log axis"),
        (lambda: line_chart([1, 2], {"a": [1, 1]}, bands={"b": ([1, 1], [1, 1])}, **AXES), "a band for 'b'"),
        (lambda: ratio_plot([]), "there are no rows; give at least one"),
        (lambda: ratio_plot([{"name": "x", "ratios": [0.0], "own": True}]), r"'x' has the ratios \[0.0\]"),
        (lambda: architecture(stack="tower"), "'tower' is no stack; give one of encoder, decoder"),
        (
            lambda: heatmap([[0.5, 0.5], [0, 1]], ["a", "b"], mask=[[1, 0], [1, 1]]),
            "a → b, 0.50, where the mask forbids to look; give weights that were computed with this mask",
        ),
        (lambda: heatmap([[1, 0], [0, 1]], ["a", "b"], mask=[[1, 1]]), "the mask does not fit 2 tokens"),
        (lambda: architecture("decoder"), "'decoder' is no part of the encoder; give one of embedding, "),
    ],
)
def test_numbers_that_cannot_be_drawn(call, message):
    with pytest.raises(ValueError, match=message):
        call()
