"""Which page of the reference explains which name of the package."""

from dataclasses import asdict, dataclass
from pathlib import Path

from hooks.base import links
from hooks.execution import cache
from hooks.execution.cache import ResultCache
from hooks.reference import package
from hooks.reference.package import Module, Package

FOLDER = "reference/api"


@dataclass(frozen=True)
class Reference:
    """The package, the page of each module (by path from docs/), and the place of each name."""

    package: Package
    repo: Path
    pages: dict[str, Module]
    places: dict[str, tuple[str, str]]  # dotted path -> page and anchor
    short: dict[str, list[str]]  # a name as prose writes it, such as Encoder.trace -> dotted paths

    def page_of(self, module: str) -> str:
        """The page of a module."""
        return self.places[f"{self.package.name}.{module}".rstrip(".")][0]

    def address(self, path: str) -> str | None:
        """From the site's root to the place that explains a dotted path."""
        page, anchor = self.places.get(path, (None, ""))
        return links.url(page) + f"#{anchor}" * bool(anchor) if page else None

    def nav(self) -> list:
        """For MkDocs: the index, then the rooms by floors."""
        tree: list = [{self.package.name: self.page_of("")}]
        for number, floor in enumerate(self.package.floors()):
            rooms: list = []
            for room in floor:
                inner = self.package.inside(room)
                own = {room: self.page_of(room)}
                pages = [own, *({name.partition(".")[2]: self.page_of(name)} for name in inner)]
                rooms.append({room: pages} if inner else own)
            tree.append({package.floor_name(number): rooms})
        return tree


def read(folder: Path, repo: Path, kept: ResultCache | None = None) -> Reference:
    """Read the package in `folder`, and give each of its modules a page and each of its names a place.

    Args:
        kept: the cache that keeps what is read until a file of the package changes; None: it is read again.
    """
    found = _package(folder, repo, kept)
    pages: dict[str, Module] = {}
    places: dict[str, tuple[str, str]] = {}
    short: dict[str, list[str]] = {}
    for module in found.modules.values():
        file = (module.name.replace(".", "/") or "index") + ("/index" if found.inside(module.name) else "")
        page = f"{FOLDER}/{file}.md"
        pages[page] = module
        places[f"{found.name}.{module.name}".rstrip(".")] = (page, "")
        for one in module.all:
            places[one.path] = (page, one.anchor)
            last = module.name.rpartition(".")[2]
            for name in {one.anchor, f"{last}.{one.anchor}", one.path}:
                short.setdefault(name, []).append(one.path)
    return Reference(found, repo, pages, places, short)


def _package(folder: Path, repo: Path, kept: ResultCache | None) -> Package:
    if kept is None:
        return package.read(folder, repo)
    files = [[file.relative_to(repo).as_posix(), cache.sha256(file)] for file in sorted(folder.rglob("*.py"))]
    key = cache.key("package", files, [Path(package.__file__)])
    if not (found := kept.get(key)):
        found = asdict(package.read(folder, repo))
        kept.put(key, found)
    return package.restored(found)
