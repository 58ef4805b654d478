"""The package as a wheel that the site serves: what a learner installs to run what they copy."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hooks.base import project
from hooks.base.errors import BuildError
from hooks.execution import cache
from hooks.execution.cache import ResultCache

_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
# From the same files the same bytes: no time but the first that a zip can hold.
_ENVIRONMENT = {"SOURCE_DATE_EPOCH": "315532800"}


def files(repo: Path, kept: ResultCache) -> dict[str, Path]:
    """Site path of the wheel, and the file; built while nothing that goes in has changed, and without a network.

    Raises:
        BuildError: setuptools refuses; the message ends with its last words.
    """
    sources = [repo / name for name in ("pyproject.toml", "README.md", "LICENSE")]
    modules = (file for file in (repo / "transformer_core").rglob("*") if file.is_file())
    sources += sorted(file for file in modules if "__pycache__" not in file.parts)
    inputs = {file.relative_to(repo).as_posix(): cache.sha256(file) for file in sources}
    key = cache.key("wheel", inputs, [Path(__file__)])
    return {
        project.read(repo).wheel: kept.file(key, ".whl", lambda target: _build(repo, list(inputs), target))
    }


def _build(repo: Path, sources: list[str], target: Path) -> None:
    """Build from a copy: setuptools leaves folders of its own beside what it builds."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        for source in sources:
            copy = Path(folder, "source", source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repo / source, copy)
        built = subprocess.run(
            [sys.executable, "-c", _BUILD, folder],
            cwd=Path(folder, "source"),
            env={**os.environ, **_ENVIRONMENT},
            capture_output=True,
            text=True,
        )
        if built.returncode:
            last = built.stderr.strip().split("\n")[-1]
            raise BuildError(
                f"pyproject.toml: the wheel cannot be built: {last} Run `pip wheel --no-deps .` to see more."
            )
        shutil.copyfile(next(Path(folder).glob("*.whl")), target)
