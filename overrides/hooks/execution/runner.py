"""Run code once: results are kept under a key that holds everything they depend on.

The name of a kept result holds the code, what is evaluated after it, and the versions of Python and of every
installed package; inside, it lists each module and file that the run read with its sha256. A result is
used again only while all of that is unchanged.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from hooks.execution import recorder

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Task:
    """One fence to run: its code, then the expressions that the page asks of it."""

    name: str  # page.md:12, for progress and errors
    code: str
    expressions: tuple[str, ...] = ()
    timing: bool = False  # measures: runs alone, is not compared with approved output
    limit: int = 300  # seconds

    @property
    def key(self) -> str:
        parts = (self.code, self.expressions, self.timing, versions())
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Result:
    """What came of a task. `error` is None, or {"line" or "expression", "text"}."""

    stdout: str = ""
    values: list = field(default_factory=list)
    seconds: float = 0.0
    ran: float = 0.0  # Unix time of the run itself, not of this build
    dependencies: dict[str, str] = field(default_factory=dict)
    error: dict | None = None


@cache
def versions() -> str:
    """Python's and every installed package's version: any change of one runs everything again."""
    names = {f"{d.metadata['Name']}=={d.version}" for d in distributions()}
    return "\n".join([platform.python_version(), platform.machine(), *sorted(names)])


class Kept:
    """Results on disk, one JSON file a key."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._seen: dict[tuple, str] = {}

    def get(self, key: str) -> dict | None:
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text())
        except (OSError, ValueError):
            return None
        current = all(self._sha256(path) == known for path, known in kept["dependencies"].items())
        return kept if current else None

    def put(self, key: str, result: dict) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{key}.{os.getpid()}"
        unfinished.write_text(json.dumps(result))
        unfinished.rename(self.folder / f"{key}.json")

    def _sha256(self, path: str) -> str | None:
        """Read each file once a build, however many results depend on it."""
        try:
            stat = os.stat(path)
        except OSError:
            return None
        mark = (path, stat.st_mtime_ns, stat.st_size)
        if mark not in self._seen:
            self._seen[mark] = recorder.sha256(path)
        return self._seen[mark]


def run(tasks: list[Task], kept: Kept, say: Callable[[str], None] = print) -> dict[str, Result]:
    """Results by task key: kept ones at once, the rest from fresh interpreters, in parallel.

    A failure is a Result with `error`, and is not kept.
    """
    results, missing = {}, {}
    for task in tasks:
        if found := kept.get(task.key):
            results[task.key] = Result(**found)
        else:
            missing[task.key] = task
    for done, raw in enumerate(_execute(list(missing.values())), start=1):
        key = raw.pop("key")
        result = Result(ran=time.time(), **raw)
        results[key] = result
        if not result.error:
            kept.put(key, {**raw, "ran": result.ran})
        say(f"ran {done} of {len(missing)}: {missing[key].name} ({result.seconds:.1f} s)")
    return results


def _execute(tasks: list[Task]):
    if not tasks:
        return
    asked = [{**vars(task), "key": task.key} for task in tasks]
    with subprocess.Popen(
        [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        worker.stdin.write(json.dumps({"tasks": asked, "jobs": os.cpu_count() or 1}) + "\n")
        worker.stdin.close()
        for line in worker.stdout:
            yield json.loads(line)
    if worker.returncode:
        raise RuntimeError(f"the code runner ended with status {worker.returncode}; its message stands above")
