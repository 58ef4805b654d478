"""The browser modules import only downwards and never in a circle, and every view is found."""

import re
from pathlib import Path

from hooks.base.graph import circle

REPO = Path(__file__).parents[2]
OVERRIDES = REPO / "overrides"
# A folder imports from itself and from the folders named here; what is not named is not imported.
BELOW = {
    "js/text": set(),
    "js/dom": set(),
    "js/record": {"js/text"},
    "js/learning": {"js/text", "js/record"},
    "js/store": {"js/text", "js/record", "js/dom"},
}
BELOW["views"] = set(BELOW)
BELOW["directives"] = set(BELOW) - {"views"}
BELOW["app"] = set(BELOW) - {"directives"}  # it finds directives by the page
# Views and directives import none of each other, but for those that build on another.
BUILDS_ON = {"directives/slider": {"directives/figure"}}  # a slider is a figure with frames
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""")
BY_NAME = re.compile(r"\bimport\(`([^`]+)`\)")


def place(file: Path) -> str:
    """`js/record/merge.mjs`, as the site's addresses have it under assets/."""
    return file.relative_to(OVERRIDES).as_posix()


def folder(module: str) -> str:
    """Which entry of BELOW a module belongs to."""
    first, second, *_ = module.split("/")
    if first == "directives":
        return "directives"
    if second.endswith(".mjs"):
        return "app"
    return "views" if second == "views" else f"js/{second}"


def imports(file: Path) -> set[str]:
    """Modules that a file imports, its types included; packages such as ts-fsrs are left out."""
    text = file.read_text(encoding="utf-8")
    found = {target for target in IMPORT.findall(text) if target.startswith(".")}
    return {place((file.parent / target).resolve()) for target in found} - {
        place(file)
    }  # an example in its comment


MODULES = {place(file): imports(file) for file in OVERRIDES.rglob("*.mjs")}


def unit(module: str) -> str:
    """The view or the directive that a module is part of: its folder, or its file where it has none of its own."""
    depth = {"directives": 2, "views": 3}[folder(module)]
    return "/".join(module.split("/")[:depth])


def test_every_import_is_a_module():
    assert MODULES
    assert not {(module, target) for module, found in MODULES.items() for target in found - MODULES.keys()}


def test_imports_go_down():
    upward = [
        f"{module} imports {target}"
        for module, found in MODULES.items()
        for target in found
        if folder(target) not in BELOW[folder(module)] | {folder(module)}
    ]
    assert not upward


def test_views_and_directives_stay_apart():
    across = [
        f"{module} imports {target}"
        for module, found in MODULES.items()
        for target in found
        if folder(module) == folder(target) in ("views", "directives")
        and unit(target) not in {unit(module), *BUILDS_ON.get(unit(module), ())}
    ]
    assert not across


def test_there_is_no_circle():
    assert circle(MODULES) is None


def test_every_module_is_used():
    used = {"js/app.mjs"} | {target for found in MODULES.values() for target in found}
    used |= {module for module in MODULES if re.fullmatch(r"directives/\w+/view\.mjs", module)}
    assert MODULES.keys() == used


def test_the_app_finds_every_directive_by_its_template():
    named = BY_NAME.findall((OVERRIDES / "js" / "app.mjs").read_text(encoding="utf-8"))
    assert named == ["../directives/${kind}/view.mjs"]
    templates = [file.read_text(encoding="utf-8") for file in OVERRIDES.rglob("*.html")]
    asked = {kind for text in templates for kind in re.findall(r'data-directive="(\w+)"', text)}
    assert asked == {
        module.split("/")[1] for module in MODULES if re.fullmatch(r"directives/\w+/view\.mjs", module)
    }
