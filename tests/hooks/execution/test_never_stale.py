"""Each input in turn is changed: exactly the results that depend on it are made again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import small_repository

OVERRIDES = Path(__file__).parents[3] / "overrides"
pytestmark = pytest.mark.runs_code
READER, PLAIN = "docs/part1/a.md:14", "docs/part1/a.md:20"
HALF = "docs/part1/exercises/half"
PROOFS = {f"{HALF}/{name}" for name in small_repository.EXERCISE if not name.startswith("test_")}
PAGES = {f"page of {name}" for name in ("all", "words", "other", "figures")}
RUNS = {READER, PLAIN, *PROOFS}
ALL = {*RUNS, *PAGES, "package", "notebook", "font"}
MADE_AGAIN = {
    "first build": ALL,
    "nothing": set(),
    "code": {PLAIN},
    "expression": {PLAIN},
    "prose": set(),
    "wrong answer": {f"{HALF}/wrong/kept.py"},
    "imported module": {READER, "notebook", "package", "page of words"},
    "data": {READER},
    "notebook": {"notebook"},
    "test of a module": {"page of words"},
    "worker": RUNS,
    "recorder": {*RUNS, "notebook"},
    "runner": RUNS,
    "notebooks": {"notebook"},
    "docstrings": PAGES,
    "maths": PAGES,
    "renderer": set(),
    "template of the reference": PAGES,
    "template inside another": PAGES,
    "template of the quiz": set(),
    "fonts": {"font"},
    "whole font": {"font"},
    "cache": ALL,
    "version": ALL,
    "second clone": set(),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("stale")
    repo = folder / "repo"
    small_repository.write(repo, OVERRIDES)
    environment = {
        **os.environ,
        "RUNNING_TRANSFORMER_CACHE": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join(
            map(str, (repo / "overrides", repo / "stub", repo, os.environ.get("PYTHONPATH", "")))
        ),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, small_repository.__file__, repo, folder / "clone"]
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


def test_every_change_is_expected(made):
    assert set(made) == set(MADE_AGAIN)


@pytest.mark.parametrize("change", MADE_AGAIN)
def test_a_change_makes_again_what_depends_on_it_and_nothing_else(made, change):
    assert set(made[change]) == MADE_AGAIN[change]
