"""curve.py: the smooth line by hand, and a file that a viewer can read."""

import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.training.curve import POINTS, loss_curve, loss_svg, smoothed

SVG = "{http://www.w3.org/2000/svg}"
FALLING = [5 * math.exp(-step / 100) for step in range(500)]


def test_the_smooth_line_by_hand():
    # Of 80 steps it averages over 2: each step counts half of the next one.
    losses = [8.0, 2.0, 4.0] + [4.0] * 77
    assert smoothed(losses)[:3] == pytest.approx([8, (4 + 2) / 1.5, (2 + 1 + 4) / 1.75])
    assert smoothed(losses)[-1] == pytest.approx(4)


def test_a_short_run_is_not_smoothed():
    assert smoothed([3.0, 1.0, 2.0]) == pytest.approx([3, 1, 2])


@examples(30)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300))
def test_a_mean_lies_between_what_it_is_of(losses):
    means = smoothed(losses)
    assert len(means) == len(losses) and means[0] == losses[0]
    for step, mean in enumerate(means):
        assert min(losses[: step + 1]) - 1e-9 <= mean <= max(losses[: step + 1]) + 1e-9


def test_the_figure_holds_the_losses():
    figure = loss_curve(FALLING[:40])
    assert figure.data["x"] == list(range(40))
    assert figure.data["series"]["each step"] == FALLING[:40]
    assert "step" in figure.alt and "loss" in figure.alt


@pytest.mark.parametrize("steps", [2, POINTS, POINTS + 1, 12345])
def test_a_long_run_is_drawn_at_as_many_places_as_can_be_seen(steps):
    losses = [1 + 1 / (step + 1) for step in range(steps)]
    x = loss_curve(losses).data["x"]
    assert min(steps, POINTS / 2) <= len(x) <= POINTS
    assert x[-1] == steps - 1 and x == sorted(set(x))


def places(path):
    return [tuple(map(float, pair.split())) for pair in path.get("d")[1:].split("L")]


def test_the_file_is_svg_that_needs_nothing_else():
    text = loss_svg(FALLING, title="digits & <images>")
    drawing = ElementTree.fromstring(text)
    assert drawing.tag == f"{SVG}svg" and drawing.get("viewBox") == "0 0 720 320"
    assert drawing.find(f"{SVG}title").text.startswith(
        "digits & <images>: the loss over 500 steps, from 4.97 to 0.0385"
    )
    assert not any(word in text for word in ("class=", "style=", "href", "var(", "script", "foreignObject"))
    each, smooth = drawing.findall(f"{SVG}path")
    for path in (each, smooth):
        assert path.get("stroke").startswith("#") and path.get("fill") == "none"
        assert all(64 <= x <= 696 and 44 <= y <= 276 for x, y in places(path))
    # The loss falls, so on a screen, where y counts downwards, the line goes down from left to right.
    assert places(each) == sorted(places(each)) and [y for _, y in places(each)] == sorted(
        y for _, y in places(each)
    )


def test_the_axes_name_round_numbers_where_they_are():
    drawing = ElementTree.fromstring(loss_svg([4.0, 3.0, 2.0, 1.0, 0.0], title="counting"))
    words = {text.text: text for text in drawing.findall(f"{SVG}text")}
    assert {"0", "4", "step", "counting"} <= set(words)
    each = places(drawing.findall(f"{SVG}path")[0])
    assert each[0] == (64, 44) and each[-1] == (696, 276)  # from 4 at the top to 0 at the bottom


@pytest.mark.parametrize("losses", [[], [1.0], [1.0, math.nan]])
def test_what_is_no_curve_is_refused(losses):
    with pytest.raises(ValueError, match="points; a line needs at least 2|not finite|nan"):
        loss_svg(losses, title="counting")
