"""Remember what a run depended on: every module of ours that it imported, every file that it read.

Imported by the runner's children and by notebook kernels, so it needs the standard library alone.
"""

import hashlib
import sys
from pathlib import Path

_ours_not = tuple(str(Path(p).resolve()) for p in {sys.prefix, sys.base_prefix}) + (
    "/proc/",
    "/sys/",
    "/dev/",
)
_read: set[str] = set()


def _remember(event: str, args: tuple) -> None:
    if event == "open" and isinstance(args[0], str) and (args[1] is None or "r" in args[1]):
        _read.add(args[0])


def start() -> None:
    """From here on, note every file opened for reading."""
    sys.addaudithook(_remember)


def sha256(path: str | Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def dependencies(scratch: str = "") -> dict[str, str]:
    """Path to sha256, of all that was imported or read outside Python's own and installed packages.

    Args:
        scratch: folder whose files do not count: the run made them itself.
    """
    modules = [getattr(m, "__file__", None) for m in list(sys.modules.values())]
    found = {}
    for name in [m for m in modules if m] + sorted(_read):
        path = Path(name).resolve()
        text = str(path)
        if text.startswith(_ours_not) or (scratch and text.startswith(scratch)):
            continue
        if path.is_file() and "__pycache__" not in path.parts and path.parent != Path(__file__).parent:
            found[text] = sha256(path)
    return found
