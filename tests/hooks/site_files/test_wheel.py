"""What a learner installs: the wheel is made from the package alone, and runs what the pages show."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from hooks.base import project
from hooks.base.errors import BuildError
from hooks.course import topics
from hooks.execution.cache import ResultCache
from hooks.lesson import snippets
from hooks.page_kinds import notebook
from hooks.site_files import wheel

REPO = Path(__file__).parents[3]
TOPIC = "part1/transformer-architecture.md"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    (file,) = wheel.files(REPO, ResultCache(tmp_path_factory.mktemp("kept"), REPO)).values()
    return file


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(built):
    inside = set(zipfile.ZipFile(built).namelist())
    own = {file.relative_to(REPO).as_posix() for file in (REPO / "transformer_core").rglob("*.[pjc][yss]*")}
    assert {name for name in inside if ".dist-info/" not in name} == {
        n for n in own if "__pycache__" not in n
    }


@pytest.mark.slow
def test_a_fresh_environment_installs_the_wheel_and_runs_what_is_copied(built, tmp_path):
    """PyTorch and the others are not downloaded: the environment sees this one's packages by a .pth file, but not its
    editable install of the repository, because a .pth file counts in an environment's own folder alone."""
    venv.create(tmp_path / "new", with_pip=False)
    places = {"base": tmp_path / "new", "platbase": tmp_path / "new"}
    python = Path(sysconfig.get_path("scripts", "venv", places), "python")
    own = Path(sysconfig.get_path("purelib", "venv", places))
    (own / "packages_of_the_tests.pth").write_text(sysconfig.get_path("purelib"))
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command) -> str:
        ran = subprocess.run(command, cwd=tmp_path, env=elsewhere, text=True, capture_output=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    file = built.rename(built.with_name(Path(project.read(REPO).wheel).name))  # as the site serves it
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index"]
    run(*install, "--dry-run", file)  # what it needs besides is there
    run(*install, "--no-deps", "--ignore-installed", file)
    page = topics.read(TOPIC, (REPO / "docs" / TOPIC).read_text(encoding="utf-8"), REPO / "docs")
    copied = [run.code for run in snippets.plan(page, REPO).runs.values() if "transformer_core" in run.code]
    names = ["one.py", "two.py", "three.py"]
    for name, code in zip(names, sorted(copied, key=len), strict=False):
        (tmp_path / name).write_text(code, encoding="utf-8")
    all_three = (
        f"import runpy, transformer_core as t; [runpy.run_path(n) for n in {names}]; print(t.__file__)"
    )
    assert run(python, "-c", all_three).strip().split("\n")[-1].startswith(str(own))


def test_a_project_that_setuptools_refuses_ends_the_build_with_its_words(tmp_path):
    (tmp_path / "transformer_core").mkdir()
    for name in ("README.md", "LICENSE"):
        (tmp_path / name).write_text("")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "transformer_core"\nversion = "one"\n')
    with pytest.raises(BuildError, match="^pyproject.toml: the wheel cannot be built: .*version"):
        wheel.files(tmp_path, ResultCache(tmp_path / "kept", tmp_path))


LABS = sorted((REPO / "docs" / "labs").glob("*.ipynb"))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_a_lab_begins_with_a_cell_that_installs_what_is_missing(lab, monkeypatch):
    def first_cell() -> str:
        cells = json.loads(notebook.with_wheel(lab.read_text(encoding="utf-8"), REPO))["cells"]
        return "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))

    assert 'find_spec("transformer_core")' in first_cell() and "%pip install --quiet {wheel}" in first_cell()
    monkeypatch.setenv("SITE_URL", "https://example.org/course")
    assert f'wheel = "https://example.org/course/{project.read(REPO).wheel}"' in first_cell()
