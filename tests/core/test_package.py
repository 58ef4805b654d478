"""The package as a whole: what an import costs, and that its rooms stand on each other without a circle."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import transformer_core

PACKAGE = Path(transformer_core.__file__).parent
# A name is a module, or a folder of them; inside a folder only a circle is forbidden.
FLOORS = [
    {"nn", "weights", "tokenisation"},
    {"models", "inference"},
    {"pretrained", "decoding", "measurement"},
    {"training"},
    {"efficient"},
    {"benchmarks", "studies"},
    {"cli"},
    {"__main__"},
]
BESIDE = {"figures"}  # pictures; the architecture does not know of them
DRAWS = {"training", "studies"}  # rooms whose results are pictures too


def imported_by(statement):
    """The modules that are loaded in a fresh interpreter once it has run the statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def files(room):
    """The room's modules: one file, or a folder of them."""
    folder = PACKAGE / room
    return sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def ours(path):
    """The modules of ours that a file imports, wherever in it, as transformer_core.x.y."""
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transformer_core")
    ]
    assert not any(node.level for node in nodes)
    named = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return {name.removeprefix("transformer_core.") for name in named}


def test_importing_the_package_imports_nothing_heavy():
    assert not imported_by("import transformer_core") & {"torch", "numpy", "tokenizers", "safetensors"}


def test_the_parts_of_the_architecture_need_torch_alone():
    loaded = imported_by("import transformer_core.models, transformer_core.decoding.generation")
    assert not loaded & {"tokenizers", "safetensors", "transformers"}


def test_fetching_weights_needs_no_torch():
    assert "torch" not in imported_by("import transformer_core.weights")


def test_the_two_names_at_the_top_are_the_ones_below():
    from transformer_core.models import build
    from transformer_core.pretrained import load_pretrained

    assert transformer_core.load_pretrained is load_pretrained
    assert transformer_core.build is build
    with pytest.raises(AttributeError, match="'transformer_core' has no attribute 'loud_pretrained'"):
        transformer_core.loud_pretrained  # noqa: B018


@pytest.mark.parametrize("floor", range(len(FLOORS)))
def test_each_room_imports_only_from_the_floors_below(floor):
    below = set().union(*FLOORS[:floor])
    for room in FLOORS[floor]:
        for file in files(room):
            rooms = {name.split(".")[0] for name in ours(file)}
            allowed = below | {room} | (BESIDE if room in DRAWS else set())
            assert rooms <= allowed, f"{file.name} imports {rooms - allowed}"


def test_every_room_has_its_floor():
    rooms = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert rooms - {"__init__"} == set().union(*FLOORS) | BESIDE


def test_every_folder_is_a_package_that_is_installed():
    """Without __init__.py a folder can be imported here, but has no page in the reference."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_file_fits_one_sitting():
    long = {path.name: lines for path in PACKAGE.rglob("*.py")
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) >= 300}
    assert not long
