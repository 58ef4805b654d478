"""The fonts: what the maths subset must keep, what they may weigh, and what happens when they are missing."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from hooks.base.errors import MissingFileError
from hooks.execution.cache import ResultCache
from hooks.site_files import fonts

REPO = Path(__file__).parents[3]
pytestmark = pytest.mark.slow  # it cuts a font
LIMITS = {  # bytes
    "source-serif-4.woff2": 22_000,
    "source-serif-4-more.woff2": 22_000,
    "source-serif-4-italic.woff2": 24_000,
    "source-serif-4-italic-more.woff2": 22_000,
    "source-sans-3.woff2": 18_000,
    "source-sans-3-more.woff2": 20_000,
    "source-code-pro.woff2": 13_000,
    "source-code-pro-more.woff2": 15_000,
    "stix-two-math.woff2": 32_000,
    "stix-two-math-more.woff2": 70_000,
}
MATHS = "assets/fonts/stix-two-math.woff2"


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return ResultCache(tmp_path_factory.mktemp("fonts"), REPO)


@pytest.fixture(scope="session")
def built(cache):
    return fonts.build(REPO / "node_modules", cache)


@pytest.fixture(scope="session")
def maths(built):
    return TTFont(built[MATHS])


@pytest.fixture(scope="session")
def characters(built) -> set[int]:
    """Of both parts of the maths font."""
    return {
        point for name in fonts.MATHS_PARTS for point in TTFont(built[f"assets/fonts/{name}"]).getBestCmap()
    }


@pytest.mark.parametrize("name", LIMITS)
def test_weight(built, name):
    file = built[f"assets/fonts/{name}"]
    assert file.read_bytes()[:4] == b"wOF2"
    assert file.stat().st_size <= LIMITS[name]


def test_every_font_face_has_its_file_and_every_font_its_licence(built):
    css = (REPO / "overrides/css/base/fonts.css").read_text(encoding="utf-8")
    for path in built:
        assert path.endswith("-licence.txt") or f"../fonts/{Path(path).name}" in css
    assert css.count("src: url(") == len(LIMITS)
    licences = [file.read_text(encoding="utf-8") for path, file in built.items() if path.endswith(".txt")]
    assert len(licences) == 4 and all("SIL OPEN FONT LICENSE" in licence.upper() for licence in licences)


def test_subset_builds_roots_fractions_and_tall_brackets(maths):
    table = maths["MATH"].table
    stretched = set(table.MathVariants.VertGlyphCoverage.glyphs)
    names = maths.getBestCmap()
    for character in "√()[]{}|∑":
        assert names[ord(character)] in stretched, character
    assert table.MathConstants.FractionRuleThickness.Value > 0
    assert table.MathConstants.RadicalRuleThickness.Value > 0


@pytest.mark.parametrize(
    "kept",
    [
        "√⏞⏟",
        "ˆ\u0302\u0303\u0305→\u20d7",
        "①②③④",
        "αβγθλμσφωΓΔΣΩ",
        "⊤≤≥≠≈∈∑∏∫∂∇∞·×÷−∘⊙⊕",
        "ℝℕℤ𝔼",
        "".join(map(chr, {*range(0x1D434, 0x1D468)} - {0x1D455})),
        "".join(map(chr, range(0x1D400, 0x1D434))),
        "𝛼𝛽𝜃𝜎",
    ],
)
def test_the_two_parts_together_keep(characters, kept):
    assert not [hex(ord(character)) for character in kept if ord(character) not in characters]


@pytest.mark.parametrize(
    ("file", "ranges"), [("stix-two-math", fonts.COMMON), ("source-sans-3", fonts.PLAIN)]
)
def test_the_style_sheet_asks_for_the_first_part_exactly_where_it_has_the_character(file, ranges):
    """A character in the part but not in the range is never shown in it; the other way round it is a box."""
    css = (REPO / "overrides/css/base/fonts.css").read_text(encoding="utf-8")
    asked = re.search(rf"/{file}\.woff2[^}}]*unicode-range: ([^;]+);", css)[1]
    named = [one.removeprefix("U+").split("-") for one in re.split(r",\s*", asked)]
    assert {p for one in named for p in range(int(one[0], 16), int(one[-1], 16) + 1)} == fonts.code_points(
        ranges
    )


def test_a_text_font_keeps_its_characters_and_the_weights_of_the_style_sheets(built):
    whole = TTFont(REPO / "node_modules" / fonts.TEXTS["source-sans-3.woff2"])
    cut, more = (TTFont(built[f"assets/fonts/source-sans-3{part}.woff2"]) for part in ("", "-more"))
    assert cut.getBestCmap().keys() | more.getBestCmap().keys() == whole.getBestCmap().keys()
    (axis,) = cut["fvar"].axes
    css = "".join(file.read_text(encoding="utf-8") for file in (REPO / "overrides").rglob("*.css"))
    named = {int(weight) for weight in re.findall(r"(?:font-weight: |font: (?:italic )?)(\d{3})[; ]", css)}
    assert named and (axis.minValue, axis.maxValue) == fonts.WEIGHTS
    assert fonts.WEIGHTS[0] <= min(named) and max(named) <= fonts.WEIGHTS[1]


def test_made_once(built, cache):
    made = built[MATHS].stat().st_ino  # a font made again would be another file
    assert fonts.build(REPO / "node_modules", cache)[MATHS] == built[MATHS]
    assert built[MATHS].stat().st_ino == made


def test_another_source_makes_another_subset(built, cache, tmp_path):
    """The subset's name follows what it was made from, so that an update is never shadowed by the cache."""
    for name in [*fonts.TEXTS.values(), *fonts.LICENCES.values(), fonts.MATHS_FILE]:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(REPO / "node_modules" / name)
    changed = tmp_path / fonts.MATHS_FILE
    font = TTFont(changed)
    font["name"].setName("changed", 10, 3, 1, 0x409)
    font.flavor = None
    changed.unlink()
    font.save(changed)
    assert fonts.build(tmp_path, cache)[MATHS] != built[MATHS]


def test_missing_package_names_the_cure(tmp_path):
    with pytest.raises(MissingFileError, match=r"source-serif-4-.*\.woff2: .* run `make setup`"):
        fonts.build(tmp_path, ResultCache(tmp_path / "cache", REPO))
