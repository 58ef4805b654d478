"""Record what a run depends on: every module of ours that it imports, every file that it reads.

Loaded by the runner's children and by notebook kernels, so it needs the standard library alone.
"""

import hashlib
import sys
from pathlib import Path

_ELSEWHERE = (
    *(str(Path(prefix).resolve()) for prefix in {sys.prefix, sys.base_prefix}),
    "/proc/",
    "/sys/",
    "/dev/",
)  # Python itself and installed packages: their versions are in the key
_read: set[str] = set()


def _remember(event: str, args: tuple) -> None:
    if event == "open" and isinstance(args[0], str) and (args[1] is None or "r" in args[1]):
        _read.add(args[0])


def start() -> None:
    """From here on, record every file opened for reading."""
    sys.addaudithook(_remember)


def sha256(path: str | Path) -> str:
    """Of the file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def dependencies(scratch: str = "") -> dict[str, str]:
    """Path to sha256, of all that was imported or read outside Python's own and installed packages.

    Args:
        scratch: folder whose files do not count: the run made them itself.
    """
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    found = {}
    for name in [name for name in modules if name] + sorted(_read):
        path = Path(name).resolve()
        text = str(path)
        if text.startswith(_ELSEWHERE) or (scratch and text.startswith(scratch)):
            continue
        if path.is_file() and "__pycache__" not in path.parts:
            found[text] = sha256(path)
    return found
