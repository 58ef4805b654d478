"""Heatmap, head view, head grid and cells state the numbers they are given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import bars, data_beside, tree, with_class, words

from transformer_core.figures import cells, head_grid, head_view, heatmap, side_by_side


def test_the_read_out_has_five_bars_the_others_and_the_sum(sentence):
    figure = heatmap(*sentence, chosen="cat")
    assert bars(tree(figure)) == [
        ("cat", "46.00%", "0.46"),
        ("[CLS]", "30.00%", "0.30"),
        ("saw", "13.00%", "0.13"),
        ("the (4)", "4.00%", "0.04"),
        ("dog", "3.00%", "0.03"),
        ("2 others", "4.00%", "0.04"),
    ]
    side = with_class(tree(figure), "heat-side")[0]
    assert "Where “ cat ” looks" in words(side)
    assert "Row adds up to 1.00" in words(side)
    assert words(with_class(side, "fig-status")[0]) == "cat → cat, 0.46"
    assert figure.alt == (
        "Attention weights of 7 tokens. “cat” looks at cat 0.46, [CLS] 0.30 and saw 0.13. "
        "The largest weight is the (4) → dog, 1.00."
    )


def test_cells_are_painted_by_the_fixed_scale_and_printed_from_a_tenth(sentence):
    rows = tree(heatmap(*sentence, chosen=2)).findall(".//tbody/tr")
    assert [words(cell) for cell in rows[2].findall("td")] == [".30", "", ".46", ".13", "", "", ""]
    painted = [cell.get("class") for cell in rows[2].findall("td")]
    assert painted == ["a9", "a1", "a12 at", "a5", "a2", "a2", "a1"]
    assert words(rows[4].findall("td")[5]) == "1.0"
    assert [row.get("class") for row in rows].index("on") == 2


def test_what_a_mask_forbids_is_hatched():
    weights, mask = [[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5]], [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    figure = heatmap(weights, ["a", "b", "c"], mask=mask)
    painted = [
        [cell.get("class") for cell in row.findall("td")] for row in tree(figure).findall(".//tbody/tr")
    ]
    assert [["shut" in cell.split() for cell in row] for row in painted] == [
        [False, True, True],
        [False, False, True],
        [False, False, False],
    ]
    assert figure.alt.endswith("Hatched are the 3 places where the mask forbids to look.")
    assert "atched" not in heatmap(weights, ["a", "b", "c"]).alt


def test_each_query_is_a_button_and_one_is_pressed(sentence):
    buttons = tree(heatmap(*sentence, chosen=3)).findall(".//tbody/tr/th/button")
    assert [words(button) for button in buttons] == sentence[1]
    assert [button.get("aria-pressed") for button in buttons].index("true") == 3
    assert [button.get("tabindex") for button in buttons] == ["-1", "-1", "-1", "0", "-1", "-1", "-1"]


def test_without_a_choice_the_largest_weight_stands_out(sentence):
    figure = heatmap(*sentence)
    assert figure.data["chosen"] == 4
    assert figure.alt.endswith("“the (4)” looks at dog 1.00. No weight is larger.")


def test_a_query_that_may_look_at_nothing_is_said(sentence):
    weights, tokens = sentence
    weights[3] = [0.0] * 7
    figure = heatmap(weights, tokens, chosen="saw")
    assert "“saw” may look at nothing." in figure.alt
    assert "Row adds up to 0.00" in words(tree(figure))


def test_few_tokens_have_no_others():
    assert bars(tree(heatmap([[0.25, 0.75], [1.0, 0.0]], ["a", "b"], chosen="a"))) == [
        ("b", "75.00%", "0.75"),
        ("a", "25.00%", "0.25"),
    ]


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(st.lists(st.integers(1, 1000), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_the_read_out_always_accounts_for_the_whole_row(counts):
    weights = [[count / sum(row) for count in row] for row in counts]
    figure = heatmap(weights, [f"t{i}" for i in range(len(counts))], chosen=0)
    shown = bars(tree(figure))
    widths = [float(width.rstrip("%")) for _, width, _ in shown]
    assert sum(widths) == pytest.approx(100, abs=0.3)
    top = widths[: min(5, len(counts))]
    assert top == sorted(top, reverse=True)
    assert top[0] == pytest.approx(100 * max(weights[0]), abs=0.01)
    assert len(shown) == min(len(counts), 6)


def test_head_view_draws_the_chosen_query_down_to_four_hundredths(sentence):
    figure = head_view(*sentence, chosen="cat", name="Layer 1, head 2", finding="looks at itself", series=2)
    root = tree(figure)
    lines = with_class(root, "lines")[0]
    last = lines.findall("g")[-1]
    assert (last.get("data-lines"), last.get("class")) == ("2", "on")
    assert [path.get("stroke-width") for path in last] == ["3.60", "5.52", "1.56", "0.48"]
    assert [path.get("class") for path in last] == [None, None, None, "thin"]
    assert last[0].get("d") == "M0 65C50 65 50 13 100 13"  # from the middle of row 2 to that of row 0
    assert [words(key) for key in with_class(root, "key")] == [
        "[CLS] 0.30", "the ·", "cat 0.46", "saw 0.13", "the 0.04", "dog ·", "[SEP] ·",
    ]  # fmt: skip
    assert with_class(root, "s2") and not with_class(root, "s1")
    assert figure.alt.startswith("Layer 1, head 2: looks at itself. “cat” looks at cat 0.46")


def test_heads_side_by_side_share_one_table(sentence):
    weights, tokens = sentence
    pair = side_by_side(one=head_view(weights, tokens, chosen=2), other=head_view(weights, tokens, chosen=3))
    assert pair.table[0][:3] == ["Picture", "Query", "[CLS]"]
    assert [row[0] for row in pair.table[1:]] == ["one"] * 7 + ["other"] * 7
    assert len(with_class(tree(pair), "fig-head")) == 2
    with pytest.raises(ValueError, match="one and other have tables with 2 different headers"):
        side_by_side(one=head_view(weights, tokens), other=head_view([[1.0]], ["a"]))


def test_grid_thumbnails_have_one_path_per_step_and_a_name(heads, sentence):
    figure = head_grid(heads, sentence[1], highlight={(1, 2): "does a thing"}, chosen="cat")
    thumbs = with_class(tree(figure), "thumb")
    assert [words(thumb)[:15] for thumb in thumbs] == [
        f"Layer {i}, head {j}" for i in range(2) for j in range(3)
    ]
    for thumb, weights in zip(thumbs, [head for layer in heads for head in layer], strict=True):
        classes = [path.get("class") for path in thumb.iter("path")]
        steps = {round(20 * w**0.7) for row in weights for w in row} - {0}
        assert sorted(classes) == sorted(f"a{step}" for step in steps)
    assert thumbs[5].get("aria-pressed") == "true"
    assert words(thumbs[5]).endswith("A")
    assert words(with_class(tree(figure), "grid-notes")[0]) == "A Layer 1, head 2: does a thing"
    assert words(with_class(tree(figure), "grid-map")[0]).startswith("Layer 1, head 2 does a thing")


def test_grid_carries_the_weights_and_says_what_heads_do(sentence):
    weights, tokens = sentence
    size = len(tokens)
    back = [[float(key == max(0, query - 1)) for key in range(size)] for query in range(size)]
    itself = [[float(key == query) for key in range(size)] for query in range(size)]
    figure = head_grid([[back, itself, weights]], tokens)
    assert "1 to the token itself, 1 one token back, 0 one token ahead, 0 to [CLS], 0 to [SEP]" in figure.alt
    assert figure.table[1][:4] == [0, 0, 0.143, 1.0]
    assert figure.data["weights"][0][2] == weights
    beside = data_beside(with_class(tree(figure), "fig-grid")[0])
    assert beside["weights"][0][2][2] == [3000, 200, 4600, 1300, 400, 300, 200]


def test_cells_choose_their_colours_by_their_values():
    weights = cells([0.02, 0.46, 1.0], ["a", "b", "a"], mark=1)
    assert [b.get("class") for b in tree(weights).iter("b")] == ["a1", "a12", "a20"]
    assert [words(cell) for cell in with_class(tree(weights), "cell")] == [".02 a", ".46 b", "1.0 a"]
    assert weights.table == [["Label", "Value"], ["a (0)", 0.02], ["b", 0.46], ["a (2)", 1.0]]
    assert weights.alt == "3 values; marked is b, 0.46."
    signed = cells([-2.0, 1.0, -0.04], ["a", "b", "c"])
    assert [b.get("class") for b in tree(signed).iter("b")] == ["d0", "d15", "d10"]
    assert [words(b) for b in tree(signed).iter("b")] == ["−2.0", "1.0", "0.0"]
