"""The browser modules outside a browser: their types, and the pure ones under Node."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.generated import NODE

REPO = Path(__file__).parents[2]
MODULES = sorted((REPO / "overrides").rglob("*.mjs"))
TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


def node(*arguments: object) -> subprocess.CompletedProcess:
    command = [NODE, *map(str, arguments)]
    return subprocess.run(command, cwd=REPO, capture_output=True, encoding="utf-8")


@pytest.fixture(scope="module")
def tested() -> tuple[ElementTree.Element, str]:
    """What one run of all Node tests reports, and what it said beside the report."""
    ran = node("--test", "--test-reporter", "junit", *TESTS)
    return ElementTree.fromstring(ran.stdout), ran.stderr


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_pure_modules(tested, file):
    report, said = tested
    cases = [case for case in report.iter("testcase") if case.get("file") == str(file)]
    failed = [
        f"{case.get('name')}\n{found.text}"
        for case in cases
        for found in case
        if found.tag in ("failure", "error")
    ]
    assert not failed, "\n\n".join([*failed, said])
    assert cases, f"nothing was tested\n{said}"
    assert not [case.get("name") for case in cases for found in case if found.tag == "skipped"]


def test_every_node_test_is_in_the_report(tested):
    """A file that cannot be loaded is a failed case of its own."""
    report, said = tested
    assert {case.get("file") for case in report.iter("testcase")} == set(map(str, TESTS)), said


def test_types():
    """Every module says @ts-check, and the strict compiler finds nothing."""
    unchecked = [
        module.name for module in MODULES if not module.read_text(encoding="utf-8").startswith("// @ts-check")
    ]
    assert MODULES and not unchecked
    flags = (
        "--allowJs --checkJs --noEmit --strict --target es2022 --module es2022 --lib es2022,dom,dom.iterable"
    )
    ran = node(REPO / "node_modules" / "typescript" / "bin" / "tsc", *flags.split(), *MODULES)
    assert ran.returncode == 0, f"\n{ran.stdout}{ran.stderr}"
