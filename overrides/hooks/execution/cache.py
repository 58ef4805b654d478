"""One cache for everything that a build computes: the output of code, notebooks, reference pages, a font.

A result is found by its key and used while the files that it was made from are as they were. The key holds what
goes in, the source of the code that computes it, and the versions of Python and of every installed package. The
record holds the result and the sha256 of every file that was read meanwhile. Paths inside the repository are kept
relative to it, so a second clone of the same commit finds the results of the first. Under one key there may be
several records, one for each state of those files: clones of two commits do not push each other out.
"""

import ast
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib.metadata import distributions
from pathlib import Path

import platformdirs

from hooks.base.errors import CacheError

VARIABLE = "RUNNING_TRANSFORMER_CACHE"
LARGEST = 500_000_000  # bytes; a whole build needs about 10 MB
_OVERRIDES = Path(__file__).parents[2]


def key(kind: str, inputs: object, makers: Iterable[Path]) -> str:
    """The name of a result.

    Args:
        kind: what sort of result it is, such as "reference page".
        inputs: everything that the result is computed from, as JSON.
        makers: the files whose code computes it; what they import of ours counts with them.
    """
    code = code_of([*makers, Path(__file__)])
    parts = json.dumps([kind, inputs, code, versions()], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


@cache
def versions() -> str:
    """Python's and every installed package's version: a change of one makes every result again."""
    names = {f"{d.metadata['Name']}=={d.version}" for d in distributions()}
    return "\n".join([platform.python_version(), platform.machine(), *sorted(names)])


def code_of(makers: Iterable[Path]) -> str:
    """One sha256 of these files, of what they import of ours, and of the templates that any of them names."""
    found: set[Path] = set()
    waiting = list(makers)
    while waiting:
        file = waiting.pop().resolve()
        if file not in found:
            found.add(file)
            waiting += needs(file, *_mark(file)) if file.suffix in (".py", ".html") else []
    return hashlib.sha256("".join(sorted(map(sha256, found))).encode()).hexdigest()


@lru_cache(maxsize=1000)
def needs(file: Path, _changed: int, _size: int) -> tuple[Path, ...]:
    """Our own files that a module imports, and the templates that a module or a template names."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".html":
        words = {piece for piece in text.split('"') if piece.endswith(".html")}
        return tuple(_templates(word.removesuffix(".html") for word in words))
    paths: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            paths |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            paths |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names.add(node.value)
    return (*_modules(paths, file.parent), *_templates(names))


def _modules(paths: Iterable[str], beside: Path) -> Iterable[Path]:
    """The files of these dotted paths: in `overrides`, or beside a script that is run by its path."""
    for path in sorted(paths):
        for file in (_OVERRIDES.joinpath(*path.split(".")).with_suffix(".py"), beside / f"{path}.py"):
            if file.is_file():
                yield file


def _templates(names: Iterable[str]) -> Iterable[Path]:
    for name in sorted(names):
        for file in (
            _OVERRIDES / "templates" / f"{name}.html",
            _OVERRIDES / "directives" / name / "template.html",
        ):
            if file.is_file():
                yield file


def sha256(file: str | Path) -> str:
    """Of a file's bytes; a file that has not changed since is read once."""
    return _digest(str(file), *_mark(file))


def _mark(file: str | Path) -> tuple[int, int]:
    stat = os.stat(file)
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=10_000)
def _digest(file: str, _changed: int, _size: int) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class ResultCache:
    """Results on disk, one file each. Several processes may use one folder at once.

    The file of a result is named by its key and a digest of its dependencies, in a folder named by the first two
    letters of the key.

    Args:
        folder: where the files are.
        repo: the repository; paths inside it are kept relative to it.
        largest: bytes that all files together may take.

    Raises:
        CacheError: the folder cannot be made or written; the message says how to name another.
    """

    def __init__(self, folder: Path, repo: Path, largest: int = LARGEST):
        self.folder, self.largest = folder, largest
        self._repo = repo.resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise PermissionError(13, os.strerror(13))
        except OSError as error:
            raise self._unusable(error) from None

    def get(self, key: str) -> dict | None:
        """The result under a key whose files are as they are now; None where there is none."""
        for file in self._place(key).glob(f"{key}-*.json"):
            record = self._read(file)
            if record and self._is_current(record["dependencies"]):
                return record["result"]
        return None

    def put(self, key: str, result: Mapping, dependencies: Mapping[str, str] | None = None) -> None:
        """Keep a result, with the sha256 of each file that it depends on, by absolute path."""
        relative = {self._relative(path): known for path, known in sorted((dependencies or {}).items())}
        body = json.dumps({"dependencies": relative, "result": result}, ensure_ascii=False).encode()
        state = hashlib.sha256(json.dumps(relative).encode()).hexdigest()[:16]
        target = self._place(key) / f"{key}-{state}.json"
        self._write(target, lambda file: file.write_bytes(_sha256(body) + b"\n" + body))

    def file(self, key: str, suffix: str, make: Callable[[Path], object]) -> Path:
        """A result that is a file: `make` writes it to the path that it is given, unless it is there."""
        path = self._place(key) / f"{key}{suffix}"
        known = self.get(key)
        try:
            if known and sha256(path) == known["sha256"]:
                os.utime(path)
                return path
        except OSError:
            pass
        self._write(path, make)
        self.put(key, {"sha256": sha256(path)})
        return path

    def trim(self) -> None:
        """Drop the least recently used files until the rest fit."""
        files = []
        for file in self.folder.glob("*/*"):
            try:
                stat = file.stat()
            except OSError:  # another process has dropped it
                continue
            files.append((stat.st_mtime_ns, stat.st_size, file))
        total = sum(size for _, size, _ in files)
        for _, size, file in sorted(files):
            if total <= self.largest:
                break
            file.unlink(missing_ok=True)
            total -= size

    def _place(self, key: str) -> Path:
        return self.folder / key[:2]

    def _read(self, file: Path) -> dict | None:
        """A record; None where the file is damaged."""
        try:
            digest, _, body = file.read_bytes().partition(b"\n")
            if _sha256(body) != digest:
                return None
            os.utime(file)  # the least recently used go first
            return json.loads(body)
        except (OSError, ValueError):
            return None

    def _is_current(self, dependencies: dict[str, str]) -> bool:
        try:
            return all(sha256(self._repo / path) == known for path, known in dependencies.items())
        except OSError:
            return False

    def _relative(self, path: str) -> str:
        full = Path(path)
        return full.relative_to(self._repo).as_posix() if full.is_relative_to(self._repo) else path

    def _write(self, target: Path, make: Callable[[Path], object]) -> None:
        """Whole or not at all, whoever else writes the same file."""
        try:
            target.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.stem}.", suffix=".unfinished")
            os.close(handle)
        except OSError as error:
            raise self._unusable(error) from None
        unfinished = Path(name)
        try:
            make(unfinished)
            unfinished.replace(target)
        except OSError as error:
            raise self._unusable(error) from None
        finally:
            unfinished.unlink(missing_ok=True)

    def _unusable(self, error: OSError) -> CacheError:
        cure = f"Set {VARIABLE} to a folder that you can write to, or free some space."
        return CacheError(f"{self.folder}: results cannot be kept here: {error.strerror}. {cure}")


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def users(repo: Path) -> ResultCache:
    """The cache in the user's cache folder, or where the environment variable says."""
    folder = os.environ.get(VARIABLE) or platformdirs.user_cache_dir("running-transformer")
    return ResultCache(Path(folder), repo)
