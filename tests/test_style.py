"""The linter has nothing to say, and the repository holds nothing that belongs to one machine."""

import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[1]


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, text=True, check=True)
    return [REPO / name for name in listed.stdout.split("\0") if name and (REPO / name).is_file()]


def test_ruff_is_content():
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=REPO, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (REPO / "package-lock.json").read_text()


def test_every_dependency_is_pinned():
    pins = (REPO / "constraints.txt").read_text().split("\n")
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!-]+", pin) for pin in pins if pin and not pin.startswith("#"))
    named = {re.split(r"==", pin)[0].lower().replace("_", "-") for pin in pins if pin}
    wanted = re.findall(
        r'^\s*"([\w-]+)', (REPO / "pyproject.toml").read_text().split("[tool.")[0], re.MULTILINE
    )
    assert {name.lower() for name in wanted} - {"setuptools"} <= named


def test_no_output_is_committed_in_a_notebook():
    for notebook in (file for file in files() if file.suffix == ".ipynb"):
        assert '"output_type"' not in notebook.read_text(), notebook


def test_files_stay_small_enough_to_read_in_one_sitting():
    for file in files():
        if file.suffix in (".py", ".mjs", ".css", ".html"):
            assert file.read_text(encoding="utf-8").count("\n") <= 400, f"{file.name} wants to be two files"
