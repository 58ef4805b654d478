"""Run page code: import once what takes seconds, then fork a child for every fence.

Reads one JSON line {"tasks": [...], "jobs": n} and writes one JSON line for each finished task. A child starts
with nothing but torch and pytest imported, in an empty folder, as `__main__`; nothing passes from one fence to
another.
"""

import importlib
import json
import os
import sys
import tempfile
import time
import traceback
import types
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import recorder  # beside this file: a child of this process sees none of the other build steps

# What takes seconds to import, and the words by which code may ask for it.
PRELOADED = {"torch": ("torch", "transformer_core"), "pytest": ("pytest",)}


def main() -> None:
    """Run the batch on stdin, as many tasks at once as it says."""
    batch = json.loads(sys.stdin.readline())
    # As many run at once as there are cores: more threads would wait for one another, and on another machine the
    # sums of another number of threads would differ in the last digit.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for slow in PRELOADED:  # once for all children, where one of them may want it
        if any(name in task["code"] for task in batch["tasks"] for name in PRELOADED[slow]):
            importlib.import_module(slow)
    waiting, running = list(batch["tasks"]), {}
    waiting.sort(key=lambda task: task["timing"])  # measurements last, each with the machine to itself
    while waiting or running:
        alone = any(task["timing"] for task, *_ in running.values())
        room = len(running) < batch["jobs"] and not alone
        if waiting and room and (not waiting[0]["timing"] or not running):
            task, scratch = waiting.pop(0), tempfile.mkdtemp(prefix="fence-")
            if (pid := os.fork()) == 0:
                _child(task, scratch)
            running[pid] = (task, scratch, time.monotonic())
            continue
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            for late, (task, _, began) in running.items():
                if time.monotonic() - began > task["limit"]:
                    os.kill(late, 9)
            time.sleep(0.002)
            continue
        task, scratch, began = running.pop(pid)
        _report(task, scratch, status, time.monotonic() - began)


def _report(task: dict, scratch: str, status: int, seconds: float) -> None:
    try:
        result = json.loads(Path(scratch, "result.json").read_text())
    except (OSError, ValueError):
        late = seconds > task["limit"]
        wrong = (
            f"was stopped after {task['limit']} s" if late else f"ended with status {status} and no result"
        )
        result = {"error": {"line": 1, "text": f"the code {wrong}"}}
    print(json.dumps({"key": task["key"], "seconds": round(seconds, 3), **result}), flush=True)
    for path in sorted(Path(scratch).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    Path(scratch).rmdir()


def _child(task: dict, scratch: str) -> None:
    os.chdir(scratch)
    out = os.open("stdout", os.O_RDWR | os.O_CREAT)
    err = os.open("stderr", os.O_RDWR | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdin = open(os.devnull)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.path[:] = [p for p in sys.path if p != str(Path(__file__).parent)]
    if task["timing"]:
        import torch

        torch.set_num_threads(os.cpu_count() or 1)
    recorder.start()
    result = _run(task, scratch)
    Path("result.json").write_text(json.dumps(result))
    os._exit(0)


def _run(task: dict, scratch: str) -> dict:
    page = types.ModuleType("__main__")
    sys.modules["__main__"] = page
    name = f"<{task['name']}>"
    try:
        exec(compile(task["code"], name, "exec"), page.__dict__)
        sys.stdout.flush()
        stdout = Path("stdout").read_text(encoding="utf-8")
    except BaseException as error:
        return {"error": _where(error, name)}
    values = []
    for number, expression in enumerate(task["expressions"]):
        try:
            values.append(_plain(_evaluate(expression, page.__dict__)))
        except BaseException as error:
            return {"error": {"expression": number, "text": f"{type(error).__name__}: {error}"}}
    return {
        "stdout": stdout,
        "values": values,
        "dependencies": recorder.dependencies(os.path.realpath(scratch)),
    }


def _evaluate(expression: str, namespace: dict):
    """A page's expression: it sees the fence's names, and the figure functions behind them."""
    import transformer_core.figures as figures

    drawing = {name: getattr(figures, name) for name in dir(figures) if not name.startswith("_")}
    return eval(compile(expression.strip(), "<expression>", "eval"), {**drawing, **namespace})


def _plain(value: Any) -> Any:
    """JSON for the build: figures as dicts, tensors as lists, all else as it is or as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if tolist := getattr(value, "tolist", None):
        return tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _where(error: BaseException, name: str) -> dict:
    """The line of the page's code that failed, and what it said."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return {"line": error.lineno or 1, "text": f"SyntaxError: {error.msg}"}
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return {"line": lines[-1] if lines else 1, "text": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
