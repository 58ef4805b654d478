"""What a Python package offers, read from its source by Griffe and never imported: names, signatures, docstrings."""

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import griffe

from hooks.base.errors import PageError
from hooks.reference import signatures


def floor_name(number: int) -> str:
    """What the reference calls a floor."""
    return f"Floor {number}" if number else "Ground floor"


@dataclass(frozen=True)
class Entry:
    """One public function, class, method, property, or constant with a comment that says what it is."""

    name: str
    kind: str  # "function", "class", "method", "property" or "constant"
    path: str  # transformer_core.nn.multi_head.MultiHeadAttention.forward
    anchor: str  # MultiHeadAttention.forward
    signature: str
    parameters: dict[str, str]  # name -> the comment behind it, where it is a dataclass's field
    takes_any: bool  # keyword
    names: dict[str, str]  # name in the signature or among the bases -> its path
    bases: list[str]
    doc: str  # of a constant, its comment
    doc_line: int  # of the file, where that starts
    file: str  # from the repository
    first: int
    last: int
    methods: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Module:
    """One file of the package, or a subpackage with what it offers."""

    name: str  # from the package: "attention", "efficient.tiled"; "" is the package itself
    file: str
    doc: str
    doc_line: int
    entries: list[Entry]
    helpers: list[tuple[str, int, int]]  # private functions and classes: name, first and last line
    imports: list[str]  # modules of the package
    is_face: bool  # a subpackage whose __all__ names all that it offers: its files are its own affair

    @property
    def room(self) -> str:
        """The module or subpackage that this belongs to."""
        return self.name.partition(".")[0]

    @property
    def all(self) -> list[Entry]:
        """Entries, each followed by its methods."""
        return [one for entry in self.entries for one in (entry, *entry.methods)]


@dataclass(frozen=True)
class Package:
    """All public modules of a package."""

    name: str
    modules: dict[str, Module]  # by name, alphabetic; "" first
    public: dict[str, str] = field(
        default_factory=dict
    )  # a name at the top, as a path -> where it is defined

    @property
    def rooms(self) -> list[str]:
        """Modules and subpackages at the top of the package."""
        return sorted({module.room for module in self.modules.values() if module.name})

    def inside(self, name: str) -> list[str]:
        """The modules of a subpackage."""
        return [other for other in self.modules if name and other.startswith(f"{name}.")]

    def holding(self, paths: Iterable[str]) -> list[str]:
        """The modules that hold these dotted paths."""
        found = set()
        for path in (self.public.get(path, path) for path in paths):
            name = path.removeprefix(f"{self.name}.") if path.startswith(f"{self.name}.") else ""
            while name and name not in self.modules:
                name = name.rpartition(".")[0]
            found.add(name)
        return sorted(found - {""})

    def floor_of(self, room: str) -> int:
        """The number of its floor; 0 is the ground floor."""
        return next(number for number, floor in enumerate(self.floors()) if room in floor)

    def uses(self, name: str) -> list[str]:
        """What a module imports from: other rooms, and its neighbours in its own. A room: all that its modules do."""
        mine = [name, *self.inside(name)]
        found = {one for module in mine for one in self.modules[module].imports} - set(mine)
        room = name.partition(".")[0]
        return sorted(
            {one if one.startswith(f"{room}.") else one.partition(".")[0] for one in found} - {room}
        )

    def used_by(self, name: str) -> list[str]:
        """What imports from a module: the same seen from below."""
        room, mine = name.partition(".")[0], {name, *self.inside(name)}
        above = [
            one.name for one in self.modules.values() if mine & set(one.imports) and one.name not in mine
        ]
        return sorted(
            {one if one.startswith(f"{room}.") else one.partition(".")[0] for one in above} - {room, ""}
        )

    def floors(self) -> list[list[str]]:
        """Rooms by how many others are below them; the rooms of the ground floor use no other."""
        height: dict[str, int] = {}

        def climb(room: str, below: tuple[str, ...]) -> int:
            if room not in height:
                under = [climb(other, (*below, room)) for other in self.uses(room) if other not in below]
                height[room] = 1 + max(under, default=-1)
            return height[room]

        for room in self.rooms:
            climb(room, ())
        return [
            [room for room in self.rooms if height[room] == floor]
            for floor in range(1 + max(height.values(), default=-1))
        ]


def restored(found: dict) -> Package:
    """The package again from its `dataclasses.asdict`, as JSON keeps it."""

    def entry(one: dict) -> Entry:
        return Entry(**{**one, "methods": [entry(method) for method in one["methods"]]})

    modules = {}
    for name, one in found["modules"].items():
        entries, helpers = map(entry, one["entries"]), map(tuple, one["helpers"])
        modules[name] = Module(**{**one, "entries": list(entries), "helpers": list(helpers)})
    return Package(found["name"], modules, found["public"])


def read(folder: Path, repo: Path) -> Package:
    """Every public module of the package in `folder`.

    Raises:
        PageError: a file that is not Python, or an __all__ with a name that is not there.
    """
    files = {}
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(repo).as_posix()
        text = file.read_text(encoding="utf-8")
        try:
            files[path] = (text, ast.parse(text))
        except SyntaxError as error:
            raise PageError(path, error.lineno or 1, f"this is not Python: {error.msg}.", "Fix it.") from None
    places = {"search_paths": [folder.parent], "try_relative_path": False, "allow_inspection": False}
    root = griffe.load(folder.name, **places)
    assert isinstance(root, griffe.Module), f"{folder} is no package"
    reader = _Reader(repo, files, root)
    modules = {module.name: module for module in map(reader.module, _walk(reader.root))}
    shown = {
        name: module
        for name, module in sorted(modules.items())
        if not name or not modules[name.rpartition(".")[0]].is_face
    }
    for name, module in shown.items():  # what a face's files import, it imports
        if module.is_face:
            behind = {
                one for other in modules if other.startswith(f"{name}.") for one in modules[other].imports
            }
            module.imports[:] = sorted({*module.imports, *behind} & set(shown))
    public = {f"{reader.root.path}.{name}": path for name, path in reader.root.imports.items()}
    return Package(folder.name, shown, public)


def _walk(module: griffe.Module):
    """The module and all public ones in it."""
    yield module
    for name, inner in module.modules.items():
        if not inner.is_alias and not name.startswith("_"):
            yield from _walk(inner)


@dataclass(frozen=True)
class _Reader:
    """From Griffe's objects to ours. `files`: each with its text and its tree."""

    repo: Path
    files: dict[str, tuple[str, ast.Module]]
    root: griffe.Module

    @cached_property
    def paths(self) -> set[str]:
        return {module.path for module in _walk(self.root)}

    def module(self, module: griffe.Module) -> Module:
        file = self._file(module)
        paths = _imported(self.files[file][1], file.split("/")[:-1]) & self.paths
        is_face = module.is_init_module and isinstance(module.exports, list) and module is not self.root
        offered = [one for one in module.members.values() if not one.is_alias and not one.is_module]
        public = self._exported(module, file) if is_face else offered
        entries = [self.entry(one) for one in public if not one.name.startswith("_") and self._explained(one)]
        return Module(
            name=self._short(module.path),
            file=file,
            # As written: Griffe takes the indent off where all lines but the first have one.
            doc=(ast.get_docstring(self.files[file][1], clean=False) or "").rstrip(),
            doc_line=(module.docstring.lineno or 1) if module.docstring else 1,
            entries=entries,
            helpers=[
                (one.name, one.lineno or 1, one.endlineno or 1)
                for one in offered
                if one.name.startswith("_") and (one.is_function or one.is_class)
            ],
            imports=sorted(map(self._short, paths - {self.root.path})),
            is_face=is_face,
        )

    def entry(self, one, owner: str = "") -> Entry:
        file = self._file(one)
        is_class, is_property = one.is_class, "property" in one.labels
        is_constant = one.is_attribute and not is_property
        given = [] if one.is_attribute else [p for p in one.parameters if p.name not in ("self", "cls")]
        comments = _comments(self.files[file][0]) if "dataclass" in one.labels else {}
        fields = (
            {name: comments.get(field.lineno, "") for name, field in one.attributes.items()}
            if comments
            else {}
        )
        typed = [part for p in given for part in (p.annotation, p.default)]
        typed += one.bases if is_class else [one.annotation, one.value] if is_constant else [one.annotation]
        kind = (
            "class" if is_class else "property" if is_property else "constant" if is_constant else "function"
        )
        doc = (self._comment(one), one.lineno) if is_constant else ("", 1)
        return Entry(
            name=one.name,
            kind="method" if owner and kind == "function" else kind,
            path=one.path,
            anchor=f"{owner}.{one.name.strip('_')}" if owner else one.name,
            signature=signatures.constant(one) if is_constant else signatures.written(one, given),
            parameters={p.name: fields.get(p.name, "") for p in given},
            takes_any=any(p.kind is griffe.ParameterKind.var_keyword for p in given),
            names=signatures.names(typed, self.root.path),
            bases=[str(base) for base in one.bases] if is_class else [],
            doc=one.docstring.value if one.docstring else doc[0],
            doc_line=(one.docstring.lineno or 1) if one.docstring else doc[1],
            file=file,
            first=one.lineno,
            last=one.endlineno,
            methods=[self.entry(method, one.name) for method in _methods(one)] if is_class else [],
        )

    def _file(self, one) -> str:
        return one.filepath.relative_to(self.repo).as_posix()

    def _short(self, path: str) -> str:
        return path.removeprefix(self.root.path).removeprefix(".")

    def _exported(self, module, file: str) -> list:
        """What __all__ names, wherever it was written."""
        found = []
        for name in map(str, module.exports):
            path = module.imports.get(name, f"{module.path}.{name}")
            try:
                one = self.root[self._short(path)]
                found.append(one.final_target if one.is_alias else one)
            except (KeyError, griffe.AliasResolutionError):
                line = self.files[file][0].split("__all__")[0].count("\n") + 1
                raise PageError(
                    file, line, f"__all__ names '{name}', which is not there.", "Import it."
                ) from None
        return found

    def _explained(self, one) -> bool:
        """A constant is shown where a comment says what it is."""
        return one.is_function or one.is_class or (one.is_attribute and bool(self._comment(one)))

    def _comment(self, constant) -> str:
        """The comment behind a constant, or the lines of comment right above it."""
        text, at = self.files[self._file(constant)][0], constant.lineno
        comments, lines = _comments(text), text.split("\n")
        if at in comments:
            return comments[at]
        above: list[str] = []
        while (at := at - 1) in comments and lines[at - 1].startswith("#"):
            above.insert(0, comments[at])
        return " ".join(above)


def _methods(member) -> list:
    """Public methods and properties of its own, and special ones that say what they do."""
    own = [one for one in member.members.values() if not one.is_alias]
    own = [one for one in own if one.is_function or (one.is_attribute and "property" in one.labels)]
    special = [one for one in own if one.name.startswith("__") and one.docstring]
    return [one for one in own if not one.name.startswith("_") or one in special]


@cache
def _comments(text: str) -> dict[int, str]:
    """Comments by line; those for tools are none."""
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    said = {t.start[0]: t.string.lstrip("#").strip() for t in tokens}
    return {line: words for line, words in said.items() if not words.startswith(("noqa", "type:", "fmt:"))}


def _imported(tree: ast.AST, folder: list[str]) -> set[str]:
    """Dotted paths of all that a file in `folder` imports, wherever in it, and of what it is imported from."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found
