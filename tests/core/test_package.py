"""The package as a whole: what an import costs, and that its rooms stand on each other without a circle."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import transformer_core

PACKAGE = Path(transformer_core.__file__).parent
FLOORS = [
    {"attention", "positions", "layers", "config", "weights", "measure"},
    {"multi_head"},
    {"encoder"},
    {"model"},
    {"pretrained"},
]


def imported_by(statement):
    """The modules that are loaded in a fresh interpreter once it has run the statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_importing_the_package_imports_nothing_heavy():
    assert not imported_by("import transformer_core") & {"torch", "numpy", "tokenizers", "safetensors"}


def test_the_parts_of_the_architecture_need_torch_alone():
    loaded = imported_by("import transformer_core.model, transformer_core.positions")
    assert not loaded & {"tokenizers", "safetensors", "transformers"}


def test_fetching_weights_needs_no_torch():
    assert "torch" not in imported_by("import transformer_core.weights")


@pytest.mark.parametrize("floor", range(len(FLOORS)))
def test_each_room_imports_only_from_the_floors_below(floor):
    below = set().union(*FLOORS[:floor])
    for room in FLOORS[floor]:
        tree = ast.parse((PACKAGE / f"{room}.py").read_text(encoding="utf-8"))
        ours = {
            node.module.removeprefix("transformer_core.")
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module.startswith("transformer_core")
        }
        assert ours <= below, f"{room} imports {ours - below}"


def test_every_file_fits_one_sitting():
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set().union(*FLOORS)
    assert all(len(path.read_text(encoding="utf-8").splitlines()) < 300 for path in PACKAGE.glob("*.py"))
