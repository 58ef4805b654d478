"""The fonts of the site: three variable families as npm delivers them, and a subset of the maths font.

The whole maths font weighs 403 kB. The subset keeps what the lessons write (under 105 kB) and its MATH table,
which tells the browser how to build roots, fractions and tall brackets.
"""

from pathlib import Path

from fontTools import subset

from hooks.base.errors import MissingFileError
from hooks.execution import cache
from hooks.execution.cache import ResultCache

FOLDER = "assets/fonts"
SERIF = "source-serif-4"
FAMILIES = (SERIF, "source-sans-3", "source-code-pro")
MATHS = "stix-two-math"
FILES = {
    **{
        f"{name}.woff2": f"@fontsource-variable/{name}/files/{name}-latin-wght-normal.woff2"
        for name in FAMILIES
    },
    "source-serif-4-italic.woff2": f"@fontsource-variable/{SERIF}/files/{SERIF}-latin-wght-italic.woff2",
    **{f"{name}-licence.txt": f"@fontsource-variable/{name}/LICENSE" for name in FAMILIES},
    f"{MATHS}-licence.txt": f"@fontsource/{MATHS}/LICENSE",
}
MATHS_FILE = f"@fontsource/{MATHS}/files/{MATHS}-latin-400-normal.woff2"

# What a lesson may write in an equation, first and last code point.
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


def code_points() -> set[int]:
    """Every character that the maths font keeps."""
    return {point for first, last in KEEP for point in range(first, last + 1)}


def subset_maths(source: Path, target: Path) -> None:
    """Write `target`, a woff2 of the kept characters with every glyph their MATH variants need."""
    options = subset.Options(flavor="woff2", layout_features=["*"], name_IDs=["*"], hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points())
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def build(node_modules: Path, kept: ResultCache) -> dict[str, Path]:
    """Site path of every font and licence, and the file that holds it.

    Args:
        node_modules: where npm put the packages.
        kept: the cache that keeps the subset of the maths font.

    Raises:
        MissingFileError: a package is missing; the message names the file and how to get it.
    """
    fonts = {f"{FOLDER}/{name}": _source(node_modules, path) for name, path in FILES.items()}
    whole = _source(node_modules, MATHS_FILE)
    key = cache.key("maths font", cache.sha256(whole), [Path(__file__)])
    small = kept.file(key, ".woff2", lambda target: subset_maths(whole, target))
    return {**fonts, f"{FOLDER}/{MATHS}.woff2": small}
