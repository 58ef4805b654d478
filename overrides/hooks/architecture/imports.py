"""Which folder imports which, read from the source: the package, the build, and the browser modules."""

import ast
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

from hooks.execution import cache
from hooks.execution.cache import ResultCache

_BROWSER_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Folder:
    """A folder or a file beside folders: what it is for, how many modules it has, and which others it imports."""

    name: str
    says: str  # first sentence of its docstring; empty where it has none
    modules: int
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the repository, such as the package."""

    name: str
    folders: dict[str, Folder]

    def floors(self) -> list[list[str]]:
        """Folders by how many stand below them: those of the first floor import none."""
        floor: dict[str, int] = {}
        for name in TopologicalSorter(
            {name: one.imports for name, one in self.folders.items()}
        ).static_order():
            floor[name] = 1 + max((floor[below] for below in self.folders[name].imports), default=-1)
        return [
            sorted(name for name in floor if floor[name] == number)
            for number in range(1 + max(floor.values(), default=-1))
        ]

    def direct(self, name: str) -> list[str]:
        """What a folder imports that none of its other imports imports already: the arrows of a drawing."""
        mine = self.folders[name].imports
        further = {below for one in mine for below in self._all_below(one)}
        return [one for one in mine if one not in further]

    def _all_below(self, name: str) -> set[str]:
        below = set(self.folders[name].imports)
        return below.union(*(self._all_below(one) for one in below)) if below else below


def kept_parts(repo: Path, kept: ResultCache) -> list[Part]:
    """What `read` gives, from the cache until a file changes."""
    files = [*(repo / "transformer_core").rglob("*.py"), *(repo / "overrides").rglob("*.py")]
    files += (repo / "overrides").rglob("*.mjs")
    state = [[file.relative_to(repo).as_posix(), cache.sha256(file)] for file in sorted(files)]
    key = cache.key("architecture", state, [Path(__file__)])
    if not (found := kept.get(key)):
        found = {"parts": [asdict(part) for part in read(repo)]}
        kept.put(key, found)
    return [
        Part(part["name"], {name: _folder(one) for name, one in part["folders"].items()})
        for part in found["parts"]
    ]


def _folder(one: dict) -> Folder:
    return Folder(one["name"], one["says"], one["modules"], tuple(one["imports"]))


def read(repo: Path) -> list[Part]:
    """The parts of the repository, each importing nothing of the next but the build, which draws with the package."""
    overrides = repo / "overrides"
    package = _python(repo, sorted((repo / "transformer_core").rglob("*.py")), _room)
    steps = [
        *(overrides / "hooks").rglob("*.py"),
        *(overrides / "directives").rglob("*.py"),
        overrides / "main.py",
    ]
    build = _python(overrides, sorted(steps), _step)
    return [Part("Package", package), Part("Build", build), Part("Browser", _browser(overrides))]


def _room(name: str) -> str | None:
    """transformer_core.nn.attention -> nn; its own __init__ belongs to no room."""
    parts = name.split(".")
    return parts[1] if parts[0] == "transformer_core" and len(parts) > 1 else None


def _step(name: str) -> str | None:
    """hooks.base.errors -> base; directives.quiz.view -> directives."""
    first, *rest = name.split(".")
    if first == "hooks":
        return rest[0] if rest else None
    return first if first in ("directives", "main") else None


def _python(root: Path, files: Iterable[Path], folder_of: Callable[[str], str | None]) -> dict[str, Folder]:
    names = {
        ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
        if not file.name.startswith("test_")
    }
    imports: dict[str, set[str]] = {}
    says: dict[str, str] = {}
    modules: dict[str, int] = {}
    for name, file in names.items():
        if not (folder := folder_of(name)):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if file.name != "__init__.py":
            modules[folder] = modules.get(folder, 0) + 1
        if name.count(".") <= 1 and folder not in says:
            says[folder] = (ast.get_docstring(tree) or "").split("\n")[0]
        found = imports.setdefault(folder, set())
        for other in _named(tree):
            while other and other not in names:
                other = other.rpartition(".")[0]
            if (target := folder_of(other)) and target != folder:
                found.add(target)
    return {
        one: Folder(one, says.get(one, ""), modules.get(one, 0), tuple(sorted(imports[one])))
        for one in sorted(imports)
    }


def _named(tree: ast.AST) -> set[str]:
    """Dotted names that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _browser(overrides: Path) -> dict[str, Folder]:
    files = [*(overrides / "js").rglob("*.mjs"), *(overrides / "directives").glob("*/*.mjs")]
    imports: dict[str, set[str]] = {}
    modules: dict[str, int] = {}
    for file in sorted(files):
        path = PurePosixPath(file.relative_to(overrides).as_posix())
        folder = _browser_folder(path)
        modules[folder] = modules.get(folder, 0) + 1
        found = imports.setdefault(folder, set())
        for target in _BROWSER_IMPORT.findall(file.read_text(encoding="utf-8")):
            if target.startswith("."):
                other = PurePosixPath(posixpath.normpath(path.parent / target))
                found |= (
                    {_browser_folder(other)} - {folder} if other.parts[0] in ("js", "directives") else set()
                )
    return {one: Folder(one, "", modules[one], tuple(sorted(imports[one]))) for one in sorted(imports)}


def _browser_folder(path: PurePosixPath) -> str:
    if path.parts[0] == "directives":
        return "directives"
    return path.parts[1] if len(path.parts) > 2 else "app"
