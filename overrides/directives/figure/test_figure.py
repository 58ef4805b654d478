"""A figure: its picture, its data as table and files, and what is refused."""

import pytest
from support.one_page import RUN, render

from hooks.base.errors import PageError


def test_a_figure_brings_picture_table_and_files():
    text = (
        RUN
        + '```yaml figure\nid: f\ndraw: heatmap([[0.25, 0.75], [0.5, 0.5]], ["a", "b"], chosen=0)\ntitle: "{= weights[0, 1].item() =} goes to b"\ncaption: C\n```\n'
    )
    page = render(text)
    figure = page.slots["block-1"]
    assert "0.75 goes to b" in figure and '<b class="figure-number">Figure 1</b>' in figure
    assert (
        'data-later="./assets/figures/x/f.table.html"' in figure
        or 'data-later="../assets/figures/x/f.table.html"' in figure
    )
    assert set(page.files) == {f"assets/figures/x/f.{kind}" for kind in ("csv", "json", "table.html")}
    assert "0.75" in page.files["assets/figures/x/f.csv"]
    (drawn,) = [value for value in page.outputs["a"]["values"].values() if isinstance(value, dict)]
    assert set(drawn) == {"data", "alt"}, "the drawing itself is not approved"


def test_a_drawing_that_is_none_is_refused():
    text = RUN + "```yaml figure\nid: f\ndraw: weights.sum()\ntitle: T\ncaption: C\n```\n"
    with pytest.raises(
        PageError, match=r"docs/x.md:7: draw gave no figure: 'weights.sum\(\)'. Use a function of"
    ):
        render(text)
