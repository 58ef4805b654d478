"""What is heavy is made once for a whole run: the workers of pytest-xdist share it through a folder and a lock."""

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


class Once:
    """`once(name, make)` gives a folder that `make(folder)` filled, in the worker that asked first.

    The others wait for it. Where it fails they fail with the same message, and try nothing again.
    """

    def __init__(self, shared: Path):
        self._shared = shared

    def __call__(self, name: str, make: Callable[[Path], object]) -> Path:
        folder, made, failed = (self._shared / f"{name}{end}" for end in ("", ".made", ".failed"))
        with FileLock(f"{folder}.lock"):
            if failed.exists():
                raise AssertionError(failed.read_text(encoding="utf-8"))
            if not made.exists():
                folder.mkdir()
                try:
                    make(folder)
                except BaseException as error:
                    failed.write_text(f"{name} could not be made: {error!r}", encoding="utf-8")
                    raise
                made.touch()
        return folder
