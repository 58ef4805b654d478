"""Run page code: import once what takes seconds, then fork a child for every fence.

Reads one JSON line {"tasks": [...], "jobs": n} and writes one JSON line for each finished task. A child starts
with nothing but torch and pytest imported, in an empty folder, as `__main__`; nothing passes from one fence to
another.
"""

import atexit
import faulthandler
import importlib
import io
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

import recorder  # beside this file: a child of this process sees none of the other build steps

# What takes seconds to import, and the words by which code may ask for it.
PRELOADED = {"torch": ("torch", "transformer_core"), "pytest": ("pytest",)}
# Threads of a measurement, which has the machine to itself: all cores, unless the environment says less. The tests
# do, because several things are measured and tested at once there, and threads that wait take the others' time.
THREADS = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
LARGEST = 100_000  # bytes that a run may print: a page shows all of it
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")  # of a terminal


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
    try:
        while waiting or running:
            alone = any(task["timing"] for task, *_ in running.values())
            room = len(running) < batch["jobs"] and not alone
            if waiting and room and (not waiting[0]["timing"] or not running):
                task, scratch = waiting.pop(0), tempfile.mkdtemp(prefix="fence-")
                if (pid := os.fork()) == 0:
                    _child(task, scratch)
                with suppress(ProcessLookupError, PermissionError):  # it has done so itself, and is gone
                    os.setpgid(pid, pid)
                running[pid] = (task, scratch, time.monotonic(), [])
                continue
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                _end(pid)
                task, scratch, began, why = running.pop(pid)
                _report(task, scratch, why, status, time.monotonic() - began)
                continue
            for late, (task, scratch, began, why) in running.items():
                if not why and (wrong := _excess(task, scratch, time.monotonic() - began)):
                    why.append(wrong)
                    os.kill(late, signal.SIGUSR2)  # it says where it is
                    time.sleep(0.1)
                    os.kill(late, signal.SIGKILL)
            time.sleep(0.002)
    finally:
        for pid in running:
            _end(pid)


def _end(pid: int) -> None:
    """Kill a child and every process that it has started."""
    with suppress(ProcessLookupError, PermissionError):  # there is none left
        os.killpg(pid, signal.SIGKILL)


def _excess(task: dict, scratch: str, seconds: float) -> str:
    """Why a run has to be stopped; empty while it may go on."""
    if seconds > task["limit"]:
        return f"was stopped after {task['limit']} s"
    try:
        printed = os.path.getsize(os.path.join(scratch, "stdout"))
    except OSError:  # not there yet
        return ""
    return f"printed more than {LARGEST:,} characters" if printed > LARGEST else ""


def _report(task: dict, scratch: str, why: list[str], status: int, seconds: float) -> None:
    try:
        result = json.loads(Path(scratch, "result.json").read_text())
    except (OSError, ValueError):
        code = os.waitstatus_to_exitcode(status)
        ended = f"status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
        wrong = why[0] if why else f"ended with {ended} and no result"
        result = {"error": {"line": _last_line(task, scratch), "text": f"the code {wrong}"}}
    print(json.dumps({"key": task["key"], "seconds": round(seconds, 3), **result}), flush=True)
    for path in sorted(Path(scratch).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    Path(scratch).rmdir()


def _last_line(task: dict, scratch: str) -> int | None:
    """The line of the page's code that a child was at when it was stopped; None where it could not say."""
    try:
        trace = Path(scratch, "trace").read_text(errors="replace")
    except OSError:
        return None
    found = re.search(rf'File "{re.escape(_name(task))}", line (\d+)', trace)
    return int(found[1]) if found else None


def _name(task: dict) -> str:
    """What tracebacks call the code of a task."""
    return f"<{task['name']}>"


def _child(task: dict, scratch: str) -> None:
    os.setpgid(0, 0)
    atexit._clear()  # what this process's imports have registered is not the code's
    os.chdir(scratch)
    trace = open("trace", "w")
    faulthandler.enable(trace)  # it crashes
    faulthandler.register(signal.SIGUSR2, trace)  # it is stopped
    leave = _watch_exit(trace)
    out = os.open("stdout", os.O_RDWR | os.O_CREAT)
    err = os.open("stderr", os.O_RDWR | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdin = open(os.devnull)
    # Nothing waits in a buffer: a subprocess prints after what was printed before it.
    sys.stdout = io.TextIOWrapper(open(1, "wb", 0, closefd=False), encoding="utf-8", write_through=True)
    sys.path[:] = [p for p in sys.path if p != str(Path(__file__).parent)]
    if task["timing"]:
        import torch

        torch.set_num_threads(THREADS)
    recorder.start()
    result = _run(task, scratch)
    Path("result.json").write_text(json.dumps(result))
    leave(0)


def _watch_exit(trace: IO[str]) -> Callable[[int], NoReturn]:
    """From here on, `os._exit` says where it was called. Returns the one that does not."""
    leave, own = os._exit, os.getpid()

    def exit_and_say(status: int) -> NoReturn:
        if os.getpid() == own:  # a fork of the code's own may leave as it likes
            faulthandler.dump_traceback(trace, all_threads=False)
        leave(status)

    os._exit = exit_and_say
    return leave


def _run(task: dict, scratch: str) -> dict:
    page = types.ModuleType("__main__")
    sys.modules["__main__"] = page
    name = _name(task)
    try:
        exec(compile(task["code"], name, "exec"), page.__dict__)
        # As at the end of every program: threads first, then what `atexit` holds.
        threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue]
        sys.stdout.flush()
        printed = os.path.getsize("stdout")
    except BaseException as error:
        return {"error": _where(error, name)}
    values = []
    for number, expression in enumerate(task["expressions"]):
        try:
            values.append(_plain(_evaluate(expression, page.__dict__)))
        except BaseException as error:
            return {"error": {"expression": number, "text": f"{type(error).__name__}: {error}"}}
    aside = os.path.getsize("stdout")  # what an expression prints is not the code's
    atexit._run_exitfuncs()
    sys.stdout.flush()
    with open("stdout", "rb") as file:
        whole = file.read(LARGEST + 1 + aside - printed)
    if len(whole) > LARGEST + aside - printed:
        return {"error": {"line": None, "text": f"the code printed more than {LARGEST:,} characters"}}
    stdout = (whole[:printed] + whole[aside:]).decode("utf-8", errors="replace")
    return {
        "stdout": _ESCAPE.sub("", stdout),
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
