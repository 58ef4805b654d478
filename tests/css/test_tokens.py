"""The contrast of the colours, computed from tokens.css itself, against the floors of the visual language."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "overrides/css/base/tokens.css").read_text(encoding="utf-8")
GROUNDS = ("page", "surface", "sunken")
# Token: the least contrast on page, surface and sunken, in light and in dark.
FLOORS = {
    "ink": (14.6, 13.2),
    "ink2": (7.9, 9.3),
    "ink3": (5.1, 6.3),
    "edge": (3.2, 3.8),
    "accent": (7.8, 8.2),
    "ok": (5.8, 8.7),
    "warn": (5.9, 8.6),
    "bad": (5.8, 8.1),
    "q": (4.9, 6.5),
    "k": (5.0, 6.5),
    "v": (8.5, 12.5),
}
ON_SOFT = (
    "ink",
    "ink2",
    "accent",
    "code-keyword",
    "code-function",
    "code-number",
    "code-string",
    "code-comment",
    "q",
    "k",
    "v",
)


def block(start: str) -> dict[str, str]:
    body = CSS[CSS.index(start) :].split("}")[0]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", body))


SCHEMES = {
    "light": block('[data-md-color-scheme="default"] {'),
    "dark": block('[data-md-color-scheme="slate"] {'),
}


def colour(scheme: str, name: str) -> str:
    value = SCHEMES[scheme][name]
    return colour(scheme, value[6:-1]) if value.startswith("var(--") else value


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(scheme: str, text: str, ground: str) -> float:
    high, low = sorted((luminance(colour(scheme, text)), luminance(colour(scheme, ground))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_one_of_wcag():
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)
    assert luminance("#777777") == pytest.approx(0.18447, abs=1e-5)


@pytest.mark.parametrize("token", FLOORS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_every_ground(token, scheme):
    worst = min(contrast(scheme, token, ground) for ground in GROUNDS)
    assert round(worst, 1) >= FLOORS[token][scheme == "dark"]


@pytest.mark.parametrize(("scheme", "least"), [("light", 8.8), ("dark", 9.2)])
def test_text_on_the_accent(scheme, least):
    assert round(contrast(scheme, "on-accent", "accent"), 1) >= least


@pytest.mark.parametrize("token", ON_SOFT)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_a_tinted_line(token, scheme):
    assert round(contrast(scheme, token, "accent-soft"), 1) >= 4.7


@pytest.mark.parametrize("token", ["code-function", "code-number", "code-string", "code-comment"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_on_every_ground(token, scheme):
    assert min(contrast(scheme, token, ground) for ground in GROUNDS) >= 4.5


@pytest.mark.parametrize("token", ["ok", "warn", "bad"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_its_own_soft_ground(token, scheme):
    assert contrast(scheme, token, f"{token}-soft") >= 4.5


def test_dark_sets_every_colour_again_and_only_on_screens():
    assert SCHEMES["dark"].keys() == SCHEMES["light"].keys()
    before = CSS[: CSS.index('[data-md-color-scheme="slate"] {')]
    assert before.rstrip().endswith("@media screen {"), "paper must stay light"
