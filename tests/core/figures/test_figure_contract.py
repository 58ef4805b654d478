"""What Python writes is what the view reads: data by name, elements by selector, and the same drawing from both."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from transformer_core.figures import head_grid, head_view, heatmap

VIEWS = Path(__file__).parents[3] / "overrides/directives/figure"
KINDS = ("heatmap", "head-view", "head-grid")


@pytest.fixture
def drawn(sentence, heads):
    """A figure of each kind that has a view, as elements."""
    weights, tokens = sentence
    figures = {
        "heatmap": heatmap(weights, tokens),
        "head-view": head_view(weights, tokens, name="Layer 0, head 1", finding="what it does"),
        "head-grid": head_grid(heads, tokens, highlight={(0, 1): "what it does"}),
    }
    return {
        kind: BeautifulSoup(figure.html, "html.parser").find(attrs={"data-figure": kind})
        for kind, figure in figures.items()
    }


def source(kind):
    """The view's module, without comments."""
    text = (VIEWS / f"{kind.replace('-', '_')}.mjs").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


def test_every_kind_that_is_written_has_a_view_and_every_view_a_kind():
    table = re.search(r"KINDS = \{(.*?)\}", (VIEWS / "view.mjs").read_text(encoding="utf-8"))[1]
    package = Path(heatmap.__code__.co_filename).parent
    written = {
        kind
        for file in package.glob("*.py")
        for kind in re.findall(r'data_figure="([\w-]+)"', file.read_text("utf-8"))
    }
    assert set(re.findall(r'"([\w-]+)":', table)) == written == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_view_reads_every_field_that_is_written_and_no_other(drawn, kind):
    read = re.search(r"const \{([^}]*)\} = readData\(figure\)", source(kind))[1]
    written = json.loads(drawn[kind].find("script", recursive=False).string)
    assert {name.split(":")[0].strip() for name in read.split(",")} == written.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_selector_of_the_view_finds_an_element(drawn, kind):
    found = re.findall(r"(?:querySelector(?:All)?|closest|matches)\(\s*(['\"`])(.+?)\1", source(kind))
    selectors = [selector.replace("${row}", "0") for _, selector in found]
    assert len(selectors) >= 3
    for selector in selectors:
        assert drawn[kind].select(selector), selector


def test_a_map_that_the_browser_fills_is_the_map_that_python_draws(opened, heads, sentence):
    _, tokens = sentence
    page = opened(
        head_grid(heads, tokens, highlight={(0, 0): "first"}, chosen=2),
        heatmap(heads[1][2], tokens, chosen=2),
    )
    page.locator("[data-head='1 2']").click()
    maps = page.evaluate(
        """() => [...document.querySelectorAll('[data-figure=heatmap]')].map((map) => [
            map.querySelector('table').outerHTML, map.querySelector('.read').outerHTML,
            map.querySelector('.fig-status').textContent])"""
    )
    assert len(maps) == 2 and maps[0] == maps[1]


def test_a_chosen_query_has_the_lines_and_numbers_that_python_draws(opened, sentence):
    weights, tokens = sentence
    page = opened(head_view(weights, tokens, chosen=3), head_view(weights, tokens, chosen=2))
    page.locator("[data-figure=head-view]").first.locator("button").nth(2).click()
    page.mouse.move(0, 0)
    views = page.evaluate(
        """() => [...document.querySelectorAll('[data-figure=head-view]')].map((view) => [
            ...[...view.querySelectorAll('.key')].map((key) => key.className + key.textContent),
            view.querySelector('.lines').lastElementChild.outerHTML, view.querySelector('.fig-status').textContent])"""
    )
    assert views[0] == views[1]
