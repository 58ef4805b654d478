"""The package as a whole: its public names, what an import costs, and that imports go only downwards."""

import ast
import graphlib
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import transformer_core

PACKAGE = Path(transformer_core.__file__).parent
# A room is a folder or a module at the top. Each imports only from itself and the floors before its own.
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
BESIDE = {"figures"}  # imports nothing of the package; only these rooms draw
DRAWS = {"training", "studies"}


def imported_by(statement):
    """The modules that are loaded in a fresh interpreter once it has run the statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


@cache
def imports():
    """Module -> the modules of the package that it imports, wherever in its file, without their common prefix."""
    paths = [path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py")]
    modules = {
        ".".join(path.parts).removesuffix(".__init__"): path
        for path in paths
        if len(path.parts) > 1 or path.name != "__init__"
    }
    found = {}
    for module, path in modules.items():
        tree = ast.parse((PACKAGE / path).with_suffix(".py").read_text(encoding="utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not any(node.level for node in nodes), f"{module} imports relatively; write the whole path"
        named = {(node.module, alias.name) for node in nodes for alias in node.names}
        found[module] = set()
        for where, name in named:
            if where == "transformer_core":
                target = name if name in modules else transformer_core._HOME_OF[name]
            elif where.startswith("transformer_core."):
                target = f"{where}.{name}" if f"{where}.{name}".partition(".")[2] in modules else where
            else:
                continue
            found[module].add(target.removeprefix("transformer_core."))
    return found


def test_importing_the_package_imports_nothing_heavy():
    assert not imported_by("import transformer_core") & {"torch", "numpy", "tokenizers", "safetensors"}


def test_the_parts_of_the_architecture_need_torch_alone():
    loaded = imported_by("import transformer_core.models, transformer_core.decoding.generation")
    assert not loaded & {"tokenizers", "safetensors", "transformers"}


def test_fetching_weights_needs_no_torch():
    assert "torch" not in imported_by("import transformer_core.weights")


@pytest.mark.parametrize("name", transformer_core.__all__)
def test_a_public_name_is_the_object_of_its_home(name):
    public, home = getattr(transformer_core, name), import_module(transformer_core._HOME_OF[name])
    assert public is getattr(home, name)
    assert getattr(public, "__module__", home.__name__).startswith(home.__name__), "not its home"


def test_the_public_names_are_listed_alike_everywhere():
    source = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    typed = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("transformer_core.")
        for alias in node.names
    }
    names = transformer_core.__all__
    assert sorted(names) == sorted(transformer_core._HOME_OF) == sorted(typed)
    assert 30 <= len(names) <= 45
    listed = re.search(r"first used\.\n\n(.*)$", transformer_core.__doc__, re.DOTALL)[1].split()
    assert listed == names
    assert set(names) <= set(dir(transformer_core))


@pytest.mark.parametrize(
    "name, said",
    [
        (
            "loud_pretrained",
            "'transformer_core' has no attribute 'loud_pretrained'; did you mean 'load_pretrained'",
        ),
        ("zzz", "'transformer_core' has no attribute 'zzz'$"),
    ],
)
def test_an_unknown_name_suggests_a_near_one(name, said):
    with pytest.raises(AttributeError, match=said):
        getattr(transformer_core, name)


def room(module):
    return module.partition(".")[0]


@pytest.mark.parametrize("floor", range(len(FLOORS)))
def test_each_room_imports_only_from_the_floors_below(floor):
    below = set().union(*FLOORS[:floor])
    for module, targets in imports().items():
        if room(module) in FLOORS[floor]:
            allowed = below | {room(module)} | (BESIDE if room(module) in DRAWS else set())
            assert {room(target) for target in targets} <= allowed, f"{module} imports {targets}"


def test_figures_import_nothing_else_of_the_package():
    assert {
        room(to) for module, targets in imports().items() if room(module) in BESIDE for to in targets
    } <= BESIDE


def test_no_module_imports_itself_by_way_of_others():
    """A folder's own __init__ may import its modules, and they may import it from outside the folder alone."""
    try:
        graphlib.TopologicalSorter(imports()).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"these import one another: {' -> '.join(error.args[1])}")


def test_every_room_has_its_floor():
    assert {room(module) for module in imports()} == set().union(*FLOORS) | BESIDE


def test_every_folder_is_a_package():
    """Without __init__.py a folder can be imported here, but has no page in the reference."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_file_fits_one_sitting():
    long = {
        path.name: lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) >= 300
    }
    assert not long
