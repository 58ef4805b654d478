"""What a test needs, found from its fixtures and its code, and marked: `browser`, `site`, `runs_code`.

`make quick` leaves these three out. `long` alone is written by hand.
"""

import types
from collections.abc import Iterator

import pytest

BROWSER = {"browser", "browser_type", "context", "new_context", "page", "playwright"}
STARTERS = {"hooks.runner", "hooks.labs", "hooks.execution.runner", "hooks.execution.notebooks"}
STARTING = {"run", "execute"}


def mark(items: list[pytest.Item]) -> None:
    for item in items:
        found = [item.function] if hasattr(item, "function") else []
        fixtures = getattr(item, "_fixtureinfo", None)
        names = set()
        if fixtures:
            names = set(fixtures.names_closure)
            found += [one.func for own in fixtures.name2fixturedefs.values() for one in own]
        if names & BROWSER:
            item.add_marker("browser")
        if "built_site" in names:
            item.add_marker("site")
        if any(runs_code(function, set()) for function in found):
            item.add_marker("runs_code")


def runs_code(function: types.FunctionType, seen: set) -> bool:
    """Whether a function of the tests, or one that it calls, runs a page's code or executes a notebook."""
    if function in seen or not isinstance(function, types.FunctionType):
        return False
    seen.add(function)
    used = set(_names(function.__code__))
    for name in used:
        value = function.__globals__.get(name)
        if isinstance(value, types.ModuleType) and value.__name__ in STARTERS and used & STARTING:
            return True
        if isinstance(value, types.FunctionType):
            if value.__module__ in STARTERS and value.__name__ in STARTING:
                return True
            if _is_ours(value.__module__) and runs_code(value, seen):
                return True
    return False


def _is_ours(module: str) -> bool:
    return module.startswith("support.") or module.rpartition(".")[2].startswith(("test_", "conftest"))


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)
