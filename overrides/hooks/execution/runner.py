"""Run code once: each task in an interpreter of its own, its result kept while nothing that it depends on changes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hooks.execution import cache
from hooks.execution.cache import ResultCache

WORKER = Path(__file__).with_name("worker.py")
MAKERS = (Path(__file__), WORKER)


@dataclass(frozen=True)
class Task:
    """Code to run, then expressions to evaluate."""

    name: str  # docs/page.md:12, for progress and errors
    code: str
    expressions: tuple[str, ...] = ()
    timing: bool = False  # measures: runs alone, is not compared with approved output
    limit: int = 900  # seconds; a busy machine needs more than a free one

    @cached_property
    def key(self) -> str:
        """Its name in the cache; tasks that do the same have the same."""
        return cache.key("run", [self.code, self.expressions, self.timing], MAKERS)


@dataclass(frozen=True)
class Result:
    """What came of a task. `error` is None, or {"line" or "expression", "text"}; line None: nobody knows."""

    stdout: str = ""
    values: list = field(default_factory=list)
    seconds: float = 0.0
    ran: float = 0.0  # Unix time of the run itself, not of this build
    error: dict | None = None


def run(tasks: list[Task], kept: ResultCache, say: Callable[[str], None] = print) -> dict[str, Result]:
    """Results by task key: kept ones at once, the rest from fresh interpreters, in parallel.

    A failure is a Result with `error`, and is not kept.
    """
    results: dict[str, Result] = {}
    missing: dict[str, Task] = {}
    for task in tasks:
        if found := kept.get(task.key):
            results[task.key] = Result(**found)
        else:
            missing[task.key] = task
    for done, raw in enumerate(_execute(list(missing.values())), start=1):
        key, dependencies = raw.pop("key"), raw.pop("dependencies", {})
        result = Result(ran=time.time(), **raw)
        results[key] = result
        if not result.error:
            kept.put(key, {**raw, "ran": result.ran}, dependencies)
        say(f"ran {done} of {len(missing)}: {missing[key].name} ({result.seconds:.1f} s)")
    return results


def _execute(tasks: list[Task]) -> Iterator[dict]:
    if not tasks:
        return
    fields = ("name", "code", "expressions", "timing", "limit", "key")
    asked = [{name: getattr(task, name) for name in fields} for task in tasks]
    command = [sys.executable, str(WORKER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdin and worker.stdout
        worker.stdin.write(json.dumps({"tasks": asked, "jobs": os.cpu_count() or 1}) + "\n")
        worker.stdin.close()
        for line in worker.stdout:
            yield json.loads(line)
    if worker.returncode:
        raise RuntimeError(f"the code runner ended with status {worker.returncode}; its message is above")
