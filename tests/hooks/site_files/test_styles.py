"""styles.py: one sheet with every part in it, and figures in the site's own colours."""

import re
from pathlib import Path

import pytest

from hooks.site_files import styles
from transformer_core.figures.style import NEUTRALS

OVERRIDES = Path(__file__).parents[3] / "overrides"
TOKENS = (OVERRIDES / "css/base/tokens.css").read_text(encoding="utf-8").lower()


def test_every_sheet_is_in_the_order():
    own = set((OVERRIDES / "css").rglob("*.css")) | set((OVERRIDES / "directives").rglob("*.css"))
    found = styles.sheets(OVERRIDES)
    assert set(found) == own and len(found) == len(own)


def test_figures_have_the_colours_of_the_site_in_both_schemes():
    light, dark = styles.figures().split("@media screen{", 1)
    assert light.startswith(":root,[data-md-color-scheme=default]{")
    assert dark.startswith("[data-md-color-scheme=slate]{")
    for name in [*NEUTRALS["light"], "sans", "mono"]:
        assert (
            f"--fig-{name}:var(--{name});" in light and f"--fig-{name}:var(--{name});" in dark.split("}")[0]
        )
        assert re.search(rf"--{name}: ", TOKENS), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_notebook_has_the_colours_of_the_site(scheme):
    block = TOKENS.split("slate", 1)[scheme == "dark"]
    for name, colour in NEUTRALS[scheme].items():
        assert f"--{name}: {colour.lower()};" in block, name


def test_the_sheet_of_a_new_directive_is_found_by_its_folder(tmp_path):
    for path, text in {
        "css/base/print.css": "p",
        "directives/b/style.css": "b",
        "directives/a/style.css": "a",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert styles.join(tmp_path) == f"a\nb\n{styles.figures()}\np"
