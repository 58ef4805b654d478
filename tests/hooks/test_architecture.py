"""The build steps as a whole: imports go only downwards, without a circle, and one file alone knows MkDocs."""

import ast
from pathlib import Path

import pytest

from hooks.base.graph import circle

OVERRIDES = Path(__file__).parents[2] / "overrides"
LAYERS = [  # each imports only from those above it in this list, and from itself
    "hooks.base",
    "hooks.execution",
    "directives",
    "hooks.course",
    "hooks.topic_map",
    "hooks.architecture",
    "hooks.lesson",
    "hooks.reference",
    "hooks.search",
    "hooks.site_files",
    "hooks.page_kinds",
    "hooks.build",
    "main",
]
SCRIPTS = {"recorder": "hooks.execution.recorder"}  # what worker.py, run by its path, finds beside itself


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(OVERRIDES).with_suffix("").parts).removesuffix(".__init__")


FILES = {name_of(file): file for file in sorted(OVERRIDES.rglob("*.py")) if not file.name.startswith("test_")}


def imported(file: Path) -> set[str]:
    """The modules that a file names in its imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file.name} imports relatively: write the whole name"
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            found |= (inner & FILES.keys()) or {module}
    return found


def ours(name: str) -> set[str]:
    """The modules of ours that a module imports; packages without code do not count."""
    found = {SCRIPTS.get(other, other) for other in imported(FILES[name])}
    return (found & FILES.keys()) - {"hooks", "directives"}


def layer(name: str) -> int:
    found = [at for at, layer in enumerate(LAYERS) if name == layer or name.startswith(f"{layer}.")]
    assert len(found) == 1, f"{name} has no place among the layers"
    return found[0]


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("hooks", "directives")])
def test_imports_go_only_downwards(name):
    above = {other for other in ours(name) if layer(other) > layer(name)}
    assert not above, f"{name} imports from above: {above}"


def test_modules_import_each_other_without_a_circle():
    assert circle({name: ours(name) for name in FILES}) is None


def test_a_kind_of_block_knows_no_other_kind():
    kinds = {name.split(".")[1] for name in FILES if name.count(".") == 2 and name.startswith("directives.")}
    assert len(kinds) >= 5
    for name in FILES:
        mine = name.split(".")[1] if name.count(".") == 2 else None
        if mine in kinds and name.startswith("directives."):
            others = {other for other in ours(name) if other.split(".")[1] in kinds - {mine}}
            assert not others, f"{name} imports {others}"


def test_nothing_names_a_kind_but_its_folder():
    """What works for every kind finds it through the table."""
    for name, file in FILES.items():
        named = {other for other in ours(name) if other.count(".") == 2 and other.startswith("directives.")}
        assert not named or name.startswith("directives."), f"{file} names {named}"


def test_mkdocs_is_known_to_one_file():
    known = {name for name in FILES if any(one.split(".")[0] == "mkdocs" for one in imported(FILES[name]))}
    assert known == {"main"}


def test_no_state_is_kept_in_modules():
    for name, file in FILES.items():
        text = file.read_text(encoding="utf-8")
        assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Global)], name
        assert "sys.path.insert" not in text and "sys.path.append" not in text, name
