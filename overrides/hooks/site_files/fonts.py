"""The fonts of the site, cut from what npm delivers to what the pages use.

Each comes in two parts: the first holds the characters that pages write most, the second, fetched by the pages that
need it, the rest. Of the three variable families go the weights and features that no style sheet asks for; both parts
of the maths font keep the MATH table, which tells the browser how to build roots, fractions and tall brackets.
"""

from functools import partial
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from hooks.base.errors import MissingFileError
from hooks.execution import cache
from hooks.execution.cache import ResultCache

FOLDER = "assets/fonts"
SERIF = "source-serif-4"
FAMILIES = (SERIF, "source-sans-3", "source-code-pro")
MATHS = "stix-two-math"
TEXTS = {
    **{
        f"{name}.woff2": f"@fontsource-variable/{name}/files/{name}-latin-wght-normal.woff2"
        for name in FAMILIES
    },
    f"{SERIF}-italic.woff2": f"@fontsource-variable/{SERIF}/files/{SERIF}-latin-wght-italic.woff2",
}
LICENCES = {
    **{f"{name}-licence.txt": f"@fontsource-variable/{name}/LICENSE" for name in FAMILIES},
    f"{MATHS}-licence.txt": f"@fontsource/{MATHS}/LICENSE",
}
WEIGHTS = (400, 700)  # from regular to the boldest that a style sheet names
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum"]
MATHS_FILE = f"@fontsource/{MATHS}/files/{MATHS}-latin-400-normal.woff2"

MATHS_FEATURES = ["ssty", "dtls", "flac", "kern", "ccmp", "mark", "mkmk"]

# fmt: off
# First and last code point of what most sentences are made of: the first part of a text font.
PLAIN = (
    (0x20, 0x7E), (0xA0, 0xA0), (0xA7, 0xA7), (0xA9, 0xA9), (0xB0, 0xB3), (0xB5, 0xB7), (0xBD, 0xBD),
    (0xD7, 0xD7), (0xE4, 0xE4), (0xE9, 0xE9), (0xEF, 0xEF), (0xF6, 0xF7), (0xFC, 0xFC),
    (0x2010, 0x2014), (0x2018, 0x2019), (0x201C, 0x201D), (0x2026, 0x2026), (0x2191, 0x2193), (0x2212, 0x2212),
)

# What most equations are made of: the first part of the maths font.
COMMON = (
    (0x20, 0x7E), (0xAF, 0xB1), (0xB7, 0xB7), (0xD7, 0xD7),      # Latin, ± · ×
    (0x302, 0x305), (0x2061, 0x2064),                            # accents, invisible operators
    (0x3B1, 0x3C9), (0x3D5, 0x3D5), (0x3F5, 0x3F5),              # Greek
    (0x2016, 0x2016), (0x2026, 0x2026), (0x2032, 0x2032), (0x210E, 0x210E), (0x2113, 0x2113),
    (0x2190, 0x2194), (0x21A6, 0x21A6), (0x2202, 0x2202), (0x2207, 0x2208), (0x220F, 0x2212), (0x221A, 0x221A),
    (0x221D, 0x221E), (0x2223, 0x2223), (0x2225, 0x2225), (0x2248, 0x2248), (0x2260, 0x2265),
    (0x2295, 0x2299), (0x22A4, 0x22A5), (0x22C5, 0x22C5),        # operators
    (0x2460, 0x2465),                                            # ① to ⑥, the marks of a unit's steps
    (0x1D434, 0x1D467), (0x1D538, 0x1D551), (0x1D7CF, 0x1D7CF),  # italic, double-struck, a bold 1
    (0x1D6FC, 0x1D71B),                                          # italic Greek
)
# fmt: on

# What a lesson may write in an equation.
# fmt: off
KEEP = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x237, 0x237),  # Latin, dotless i and j under accents
    (0x2C6, 0x2DD), (0x300, 0x338), (0x20D0, 0x20D7),            # accents, alone and combining
    (0x391, 0x3F6),                                              # Greek
    (0x2002, 0x206F),                                            # spaces, dashes, primes, invisible operators
    (0x2102, 0x2134), (0x2190, 0x21D5),                          # script and double-struck letters, arrows
    (0x2200, 0x22FF), (0x2308, 0x230B), (0x23B4, 0x23B5), (0x23DC, 0x23E1),  # operators, braces
    (0x2460, 0x2468),                                            # ① to ⑨, the marks of a unit's steps
    (0x25A0, 0x25CB), (0x27E6, 0x27EB), (0x27F5, 0x27FA), (0x2A00, 0x2A06), (0x2A7D, 0x2A7E),
    (0x1D400, 0x1D467),                                          # bold, italic
    (0x1D49C, 0x1D4CF), (0x1D538, 0x1D56B),                      # script, double-struck
    (0x1D5A0, 0x1D5D3),                                          # sans
    (0x1D6A4, 0x1D6A8), (0x1D6E2, 0x1D71B),                      # italic Greek
    (0x1D7CE, 0x1D7E1),                                          # bold and double-struck digits
)
# fmt: on


def _source(node_modules: Path, name: str) -> Path:
    path = node_modules / name
    if not path.is_file():
        raise MissingFileError(f"{path}: this font is missing; run `make setup` to install the npm packages")
    return path


def code_points(ranges: tuple[tuple[int, int], ...]) -> set[int]:
    """Every character of these ranges."""
    return {point for first, last in ranges for point in range(first, last + 1)}


MATHS_PARTS = {
    f"{MATHS}.woff2": code_points(COMMON),
    f"{MATHS}-more.woff2": code_points(KEEP) - code_points(COMMON),
}


def cut_maths(source: Path, target: Path, characters: set[int]) -> None:
    """Write `target`, a woff2 of these characters with every glyph that their MATH variants need."""
    _cut(source, characters, MATHS_FEATURES).save(target)


def cut_text(source: Path, target: Path, is_first: bool) -> None:
    """Write `target`, a woff2 of `PLAIN` or of all other characters, in the weights that the site uses."""
    with TTFont(source) as whole:
        characters = set(whole.getBestCmap() or ())
    plain = code_points(PLAIN)
    characters = characters & plain if is_first else characters - plain
    font = instancer.instantiateVariableFont(_cut(source, characters, FEATURES), {"wght": WEIGHTS})
    font.flavor = "woff2"
    font.save(target)


def _cut(source: Path, characters: set[int], features: list[str]) -> TTFont:
    options = subset.Options(flavor="woff2", layout_features=features, hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def build(node_modules: Path, kept: ResultCache) -> dict[str, Path]:
    """Site path of every font and licence, and the file that holds it.

    Args:
        node_modules: where npm put the packages.
        kept: the cache that keeps the cut fonts.

    Raises:
        MissingFileError: a package is missing; the message names the file and how to get it.
    """
    made: dict[str, Path] = {}
    for name, path in TEXTS.items():
        source = _source(node_modules, path)
        for part, is_first in ((name, True), (name.replace(".", "-more."), False)):
            key = cache.key("font", [part, cache.sha256(source)], [Path(__file__)])
            made[part] = kept.file(key, ".woff2", partial(cut_text, source, is_first=is_first))
    whole = _source(node_modules, MATHS_FILE)
    for name, characters in MATHS_PARTS.items():
        key = cache.key("font", [name, cache.sha256(whole)], [Path(__file__)])
        made[name] = kept.file(key, ".woff2", partial(cut_maths, whole, characters=characters))
    made |= {name: _source(node_modules, path) for name, path in LICENCES.items()}
    return {f"{FOLDER}/{name}": file for name, file in made.items()}
