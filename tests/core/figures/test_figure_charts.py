"""Charts put numbers where they belong."""

import math

import pytest
from reading import tree, with_class, words

from transformer_core.figures import architecture, bar_chart, line_chart, position_map, ratio_plot
from transformer_core.figures.architecture import PARTS
from transformer_core.figures.ratio_plot import span
from transformer_core.figures.scale import linear_scale, log_scale, number


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0, 500], (0, 200, 400, 600)),
        ([0, 3], (0, 1, 2, 3)),
        ([20.1, 20.3], (20.1, 20.15, 20.2, 20.25, 20.3)),
        ([-1, 1], (-1, -0.5, 0, 0.5, 1)),
        ([2, 2], (1.5, 2.0, 2.5)),
    ],
)
def test_ticks_are_round_and_few(values, ticks):
    scale = linear_scale(values)
    assert len(scale.ticks) <= 5
    assert scale.low <= min(values) and scale.high >= max(values)
    assert scale.ticks == pytest.approx(ticks)


def test_every_layer_has_its_tick():
    assert linear_scale([0, 1, 2, 3, 4, 5], snug=True).ticks == (0, 1, 2, 3, 4, 5)
    assert linear_scale(range(14), snug=True).ticks == (0, 5, 10)
    assert linear_scale([0, 1, 3], snug=True).ticks != (0, 1, 3)


def test_log_ticks_follow_the_data():
    assert log_scale([32, 64, 1024]).ticks == (32, 64, 128, 256, 512, 1024)
    assert log_scale([0.05, 24.0]).ticks == (0.1, 1, 10)
    assert log_scale([0.17, 1.5]).ticks == pytest.approx((0.2, 0.5, 1.0))
    assert log_scale([1, 100, 10_000]).share(100) == pytest.approx(0.5)


def test_numbers_are_written_for_people():
    written = [number(value) for value in (0, 1024, 12.34, 0.0456, -3.5, 1e-7, 2.5e8)]
    assert written == ["0", "1,024", "12.3", "0.0456", "−3.5", "1e-07", "2.5e+08"]


def test_lines_go_through_their_points():
    figure = line_chart([0, 5, 10], {"up": [0, 5, 10], "down": [10, 5, 0]}, x_title="step", y_title="loss")
    curves = with_class(tree(figure), "curve")
    assert [curve.get("d") for curve in curves] == [
        "M0.0 220.0L500.0 110.0L1000.0 0.0",
        "M0.0 0.0L500.0 110.0L1000.0 220.0",
    ]
    assert [curve.get("class") for curve in curves] == ["curve s1", "curve s2"]
    stretched = with_class(tree(figure), "curves")[0]
    assert stretched.get("preserveAspectRatio") == "none" and not list(stretched.iter("text"))
    markers = [m for m in with_class(tree(figure), "marker") if m.get("class") == "marker s1"]
    assert [(m.get("x"), m.get("y")) for m in markers] == [
        ("0.00%", "220.0"), ("50.00%", "110.0"), ("100.00%", "0.0"),
    ]  # fmt: skip
    assert figure.alt == (
        "loss over step, 0 to 10: up from 0 to 10, down from 10 to 0. At the end up is highest, down lowest."
    )


def test_a_log_axis_makes_a_power_straight():
    figure = line_chart(
        [1, 10, 100], {"square": [1, 100, 10_000]}, x_title="n", y_title="t", x_log=True, y_log=True
    )
    points = [
        tuple(map(float, p.split())) for p in with_class(tree(figure), "curve")[0].get("d")[1:].split("L")
    ]
    assert [x for x, _ in points] == [0, 500, 1000]
    assert points[0][1] - points[1][1] == pytest.approx(points[1][1] - points[2][1], abs=0.2)


def test_names_at_the_ends_never_touch():
    series = {f"line number {i}": [1, 1 + i / 1000] for i in range(5)}
    figure = line_chart([0, 1], series, x_title="step", y_title="loss")
    rows = sorted(float(label.get("y")) for label in with_class(tree(figure), "end-label"))
    assert min(b - a for a, b in zip(rows, rows[1:], strict=False)) >= 16
    assert rows[0] > 0 and rows[-1] < 240


def test_a_band_is_in_the_table_too():
    figure = line_chart([1, 2], {"a": [2, 3]}, x_title="n", y_title="t", bands={"a": ([1, 2], [3, 4])})
    assert figure.table == [["n", "a", "a, low", "a, high"], [1, 2, 1, 3], [2, 3, 2, 4]]
    assert len(with_class(tree(figure), "spread")) == 1


def test_bars_start_at_zero():
    figure = bar_chart(["a", "b", "c"], [4.0, 1.0, 0.0], y_title="Parameters", unit="million", highlight=1)
    root = tree(figure)
    assert [svg.get("height") for svg in root.iter("svg")] == ["140.0", "35.0", "0.0"]
    assert [words(bar) for bar in with_class(root, "bar")] == ["4 a", "1 b", "0 c"]
    assert words(with_class(root, "s2")[0]) == "1 b"
    assert (
        figure.alt
        == "Parameters (million): highest a, 4 million; lowest c, 0 million. Marked is b, 1 million."
    )


def test_ratios_have_their_median_and_the_middle_four_fifths():
    runs = [i / 10 for i in range(1, 12)]  # 0.1 to 1.1
    assert span(runs) == pytest.approx((0.2, 0.6, 1.0))
    assert span([0.5]) == (0.5, 0.5, 0.5)
    figure = ratio_plot(
        [{"name": "ours", "ratios": runs, "own": True}, {"name": "theirs", "ratios": [2, 2], "own": False}]
    )
    root = tree(figure)
    assert [words(value) for value in with_class(root, "ratio-value")] == [
        "0.60× 0.20–1.00",
        "2.00× 2.00–2.00",
    ]
    assert len(list(root.iter("circle"))) == 13
    assert len(with_class(root, "own")) == 1
    assert figure.table[1] == ["ours", 0.6, 0.2, 1.0, 11]
    one = {line.get("x1") for line in with_class(root, "ratio-one")}
    assert len(one) == 1  # the same axis in every row


def test_position_map_paints_every_cell_once():
    matrix = [[math.sin(t), 1.0, -1.0, 0.0] for t in range(3)]
    figure = position_map(matrix)
    pixels = with_class(tree(figure), "pixels")[0]
    painted = {}
    for path in pixels.findall("path"):
        for stroke in path.get("d").split("M")[1:]:
            start, rest = stroke.split(" ")
            y, length = rest.split("h")
            for x in range(int(start), int(start) + int(length)):
                assert painted.setdefault((x, int(y)), path.get("class")) == path.get("class")
    assert {at: c for at, c in painted.items() if at[0] in (1, 2)} == {
        **{(1, y): "d20" for y in range(3)},
        **{(2, y): "d0" for y in range(3)},
    }
    assert not any(x == 3 for x, _ in painted)  # zero is the ground
    assert painted[0, 1] == "d18"  # sin 1 = 0.84
    assert figure.alt.startswith("3 positions by 4 dimensions, values from −1 to 1.")


def test_architecture_points_at_its_part():
    for name, part in PARTS.items():
        figure = architecture(name)
        marked = with_class(with_class(tree(figure), "arch-steps")[0], "current")
        assert [words(one).startswith(part.name) for one in marked] == [True]
        assert figure.alt.endswith(f"Marked is {part.name}.")
    assert len(with_class(tree(architecture("residual")), "arch-box")) == 6
    assert not with_class(tree(architecture()), "current")


def test_a_decoder_looks_back_only_and_ends_in_scores():
    encoder, decoder = architecture(), architecture(stack="decoder")
    assert [row[0] for row in decoder.table if row not in encoder.table] == [
        "Masked attention",
        "Decoder layer, N times",
    ]
    assert "itself and the tokens before it" in str(decoder.table)
    assert "scores of the next token" in decoder.html and "scores of the next token" not in encoder.html
