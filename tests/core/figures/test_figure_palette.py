"""The palettes mean what they say: order, distance and contrast, for normal and colour-blind eyes."""

import re
from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_converter

from transformer_core.figures import palette
from transformer_core.figures.style import NEUTRALS, Look, figure_css

SCHEMES = ("light", "dark")
VISIONS = (None, "protanomaly", "deuteranomaly", "tritanomaly")
both = pytest.mark.parametrize("scheme", SCHEMES)
seen = pytest.mark.parametrize("vision", VISIONS, ids=["normal", "protan", "deutan", "tritan"])


def ucs(colours, vision):
    """CAM02-UCS coordinates of hex colours, as an eye with that vision sees them."""
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    if vision:
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        rgb = np.clip(cspace_converter(space, "sRGB1")(rgb), 0, 1)
    return cspace_converter("sRGB1", "CAM02-UCS")(rgb)


def distance(one, other):
    return float(np.linalg.norm(one - other))


@both
def test_the_ramps_go_through_their_stops(scheme):
    attention, signed = palette.attention(scheme), palette.signed(scheme)
    assert (len(attention), len(signed)) == (21, 21)
    assert [attention[0], attention[-1]] == [palette.ATTENTION[scheme][0], palette.ATTENTION[scheme][-1]]
    assert [signed[0], signed[10], signed[20]] == [palette.SIGNED[scheme][i] for i in (0, 3, 6)]


@both
@seen
def test_more_weight_is_always_more_contrast(scheme, vision):
    steps = ucs(palette.attention(scheme), vision)
    growth = np.diff(steps[:, 0]) * (-1 if scheme == "light" else 1)
    assert growth.min() > 2.5
    assert growth.max() < 2 * growth.min()  # equal steps look about equal


@both
@seen
def test_neighbouring_steps_can_be_told_apart(scheme, vision):
    for ramp in (palette.attention(scheme), palette.signed(scheme)):
        assert np.linalg.norm(np.diff(ucs(ramp, vision), axis=0), axis=1).min() > 3.5


@both
@seen
def test_the_sign_is_seen(scheme, vision):
    steps = ucs(palette.signed(scheme), vision)
    assert distance(steps[4], steps[16]) >= 44
    size = steps[:, 0] * (-1 if scheme == "light" else 1)
    assert (np.diff(size[10:]) > 0).all() and (np.diff(size[:11]) < 0).all()


@seen
@pytest.mark.parametrize(("scheme", "least"), [("light", 20.1), ("dark", 18.7)])
def test_series_can_be_told_apart(scheme, least, vision):
    series = ucs(palette.SERIES[scheme], vision)
    assert min(distance(one, other) for one, other in combinations(series, 2)) >= least - 0.05


@pytest.mark.parametrize(("scheme", "least"), [("light", 3.5), ("dark", 5.2)])
def test_series_stand_out_from_every_ground(scheme, least):
    grounds = [NEUTRALS[scheme][name] for name in ("page", "surface", "sunken")]
    worst = min(palette.contrast(c, ground) for c in palette.SERIES[scheme] for ground in grounds)
    assert worst >= least - 0.05


@both
def test_numbers_can_be_read_on_every_cell(scheme):
    for colour in palette.attention(scheme) + palette.signed(scheme):
        assert palette.text_on(colour) in ("#000000", "#FFFFFF")
        assert palette.contrast(palette.text_on(colour), colour) >= 4.6


def test_contrast_is_that_of_the_guideline():
    assert palette.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=1e-3)


def test_steps_have_a_fixed_domain():
    assert [palette.step(w) for w in (0, 0.1, 0.25, 0.5, 1)] == [0, 4, 8, 12, 20]
    assert [palette.signed_step(v, 2.0) for v in (-2, -1, 0, 1, 2)] == [0, 5, 10, 15, 20]
    assert palette.signed_step(0.0, 0.0) == 10


def test_css_paints_every_class_in_both_schemes():
    css = figure_css(Look(light="main", dark=".night main", dark_media="screen"))
    light, dark = css.split("@media screen{", 1)
    assert light.startswith("main{") and dark.startswith(".night main{")
    for name, colour in palette.classes("light").items():
        assert f"--{name}:{colour};" in light
        assert f"--{name}:{palette.classes('dark')[name]};" in dark
        assert f".{name}{{--c:var(--{name});--t:var(--{name}-t)}}" in css


@both
def test_a_page_without_a_look_gets_neutral_colours_and_pixels(scheme):
    declared = Look().declarations(scheme)
    assert all(f"--fig-{name}:{value};" in declared for name, value in NEUTRALS[scheme].items())
    assert "--fig-px:1px;" in declared and "--fig-sans" not in declared


def test_a_page_lends_figures_its_colours_sizes_and_fonts():
    look = Look(neutrals={"ink": "var(--text)"}, px="0.05rem", fonts={"sans": "Inter"})
    for scheme in ("light", "dark"):
        declared = look.declarations(scheme)
        assert "--fig-ink:var(--text);--fig-px:0.05rem;--fig-sans:Inter;" in declared
        assert NEUTRALS[scheme]["ink"] not in declared


def test_rules_use_only_what_a_look_declares():
    css = figure_css(Look(fonts={"sans": "a", "mono": "b"}))
    used, declared = set(re.findall(r"var\((--[\w-]+)", css)), set(re.findall(r"(--[\w-]+):", css))
    assert used <= declared
    assert not re.search(
        r"\d(rem|ex|ch)\b", css
    )  # lengths are --fig-px times a number: the page says how long that is
