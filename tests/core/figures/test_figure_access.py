"""Every figure in both schemes, small and large: no overflow, text and targets large enough, axe silent."""

import math
from pathlib import Path

import pytest
from support.windows import MATERIAL, windows

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
    side_by_side,
)

AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"
LONG = ["[CLS]", "the", "internationalisation", "sat", "because", "dog", "[SEP]"]


@pytest.fixture
def every_figure(sentence, heads):
    weights, tokens = sentence
    wide = [[1 / 20] * 20 for _ in range(20)]
    steps = list(range(0, 200, 5))
    return [
        heatmap(weights, LONG, chosen=2),
        heatmap(wide, [f"token{i}" for i in range(20)]),
        side_by_side(
            one=head_view(weights, tokens, chosen="cat", name="Layer 0, head 0", finding="looks at itself"),
            other=head_view(weights, LONG[:2] + tokens[2:], chosen="cat", series=2),
        ),
        head_grid(
            [layer * 4 for layer in heads * 3], tokens, highlight={(1, 2): "does a thing", (0, 0): "more"}
        ),
        position_map([[math.sin(t / 10 ** (d / 8)) for d in range(32)] for t in range(20)]),
        line_chart(
            steps,
            {f"number of heads {n}": [n + math.exp(-x / 50) for x in steps] for n in (1, 2, 4, 8, 16)},
            x_title="training step",
            y_title="loss",
        ),
        bar_chart(
            ["Embeddings", "Attention", "Feed-forward", "Layer norm", "Pooler"],
            [9, 5, 7, 1, 0.1],
            y_title="n",
        ),
        ratio_plot([{"name": "Fused attention on this machine", "ratios": [0.2, 0.25, 0.3], "own": True}]),
        cells([0.1, 0.2, 0.7], ["a", "b", "c"], mark=2),
        cells([(-1) ** i * i for i in range(13)], [f"dimension{i}" for i in range(13)]),
        architecture("attention"),
    ]


both = pytest.mark.parametrize("scheme", ["default", "slate"])
sizes = pytest.mark.parametrize(
    "width", [320, *(pytest.param(width, marks=pytest.mark.long) for width in (360, 768)), 1280]
)


@sizes
def test_nothing_overflows(opened, every_figure, width):
    page = opened(*every_figure, width=width)
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(element => {
            if (element.closest('.fig-heard, svg svg') || element.closest('td span')) return false
            const box = element.getBoundingClientRect()
            return box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)
        }).map(element => element.outerHTML.slice(0, 120))"""
    )
    if width == 320:  # the diagram's 328px are the one thing that may be wider
        too_wide = [markup for markup in too_wide if "arch" not in markup and "N ×" not in markup]
    assert too_wide == []
    assert width == 320 or page.evaluate("document.scrollingElement.scrollWidth") <= width


@sizes
def test_no_text_is_smaller_than_12px(opened, every_figure, width):
    page = opened(*every_figure, width=width)
    small = page.evaluate(
        """() => {
            const found = []
            const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
            while (walk.nextNode()) {
                const parent = walk.currentNode.parentElement
                if (!walk.currentNode.data.trim() || parent.closest('script')) continue
                const size = parseFloat(getComputedStyle(parent).fontSize)
                const scale = parent.ownerSVGElement?.getScreenCTM().a ?? 1
                if (size * scale < 11.99) found.push([size, scale, walk.currentNode.data])
            }
            return found
        }"""
    )
    assert small == []


@sizes
def test_targets_are_large_enough(opened, every_figure, width):
    page = opened(*every_figure, width=width)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button')]
            .map(button => [button.textContent, button.offsetWidth, button.offsetHeight])
            .filter(([, width, height]) => width < 24 || height < 24)"""
    )
    assert small == []


@windows
def test_axe_finds_nothing(opened, every_figure, scheme, width):
    page = opened(*every_figure, scheme=MATERIAL[scheme], width=width)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => {
            const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
            const { violations } = await axe.run(document, { runOnly: rules })
            const told = ({ id, nodes }) => nodes.map(node => [id, node.html, node.failureSummary])
            return violations.flatMap(told)
        }"""
    )
    assert found == []


@both
def test_data_has_the_colours_of_its_scheme(opened, sentence, scheme):
    page = opened(heatmap(*sentence, chosen="cat"), scheme=scheme)
    colour = page.locator("td.at").evaluate(
        "cell => [getComputedStyle(cell).backgroundColor, getComputedStyle(cell).color]"
    )
    assert (
        colour
        == {
            "default": ["rgb(143, 68, 154)", "rgb(255, 255, 255)"],
            "slate": ["rgb(202, 119, 175)", "rgb(0, 0, 0)"],
        }[scheme]
    )


def test_print_is_light(opened, sentence):
    page = opened(heatmap(*sentence, chosen="cat"), scheme="slate")
    page.emulate_media(media="print")
    assert (
        page.locator("td.at").evaluate("cell => getComputedStyle(cell).backgroundColor")
        == "rgb(143, 68, 154)"
    )


@pytest.mark.parametrize("preference", ["light", "dark"])
def test_a_bare_notebook_follows_the_reader(page, sentence, preference):
    page.emulate_media(color_scheme=preference)
    page.set_content(f"<!doctype html><body>{heatmap(*sentence, chosen='cat')._repr_html_()}")
    ground, text, size = page.evaluate(
        """() => {
            const style = selector => getComputedStyle(document.querySelector(selector))
            return [style('.fig-alone').backgroundColor, style('.read-title').color, style('td.at').fontSize]
        }"""
    )
    assert (ground, text) == {
        "light": ("rgb(251, 250, 247)", "rgb(28, 31, 38)"),
        "dark": ("rgb(21, 23, 28)", "rgb(232, 230, 225)"),
    }[preference]
    assert size == "12px"


def test_nothing_moves_for_those_who_asked_for_it(opened, sentence):
    page = opened(heatmap(*sentence))
    page.emulate_media(reduced_motion="no-preference")
    seconds = "() => getComputedStyle(document.querySelector('td')).transitionDuration"
    assert set(page.evaluate(seconds).split(", ")) == {"0.12s"}
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(seconds) == "0s"


def test_drawings_follow_a_readers_own_colours(opened):
    page = opened(architecture(), line_chart([1, 2], {"a": [1, 2]}, x_title="n", y_title="t"), scheme="slate")
    page.emulate_media(forced_colors="active")
    fills = page.evaluate(
        "[...document.querySelectorAll('.fig text')].map(text => getComputedStyle(text).fill)"
    )
    assert set(fills) == {page.evaluate("getComputedStyle(document.querySelector('h1')).color")}
