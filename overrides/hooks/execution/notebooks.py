"""Execute notebooks, each in a fresh kernel; a failing cell stops the build."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from hooks.base.errors import PageError
from hooks.execution import cache
from hooks.execution.cache import ResultCache

RECORDER = Path(__file__).with_name("recorder.py")
MAKERS = (Path(__file__), RECORDER)
LIMIT = 300  # seconds for a cell
LARGEST = 5_000_000  # characters of a cell's outputs: its figures are among them
_SAVE = "Open it in Jupyter and save it, or take an older copy."
# Run by file and not imported: sys.path and the names of the notebook stay as the reader will have them.
_START = (
    "__recorder = {{'__name__': 'recorder', '__file__': {path!r}}}; "
    "exec(compile(open({path!r}).read(), {path!r}, 'exec'), __recorder); __recorder['start']()"
)
_END = "import json; print(json.dumps(__recorder['dependencies']()))"


def execute(text: str, name: str, kept: ResultCache, say: Callable[[str], None] = print) -> str:
    """The executed notebook, from the cache while nothing that it depends on has changed.

    Args:
        text: the notebook as written, without outputs.
        name: what errors call it.

    Raises:
        PageError: a cell failed, or the notebook holds outputs.
    """
    notebook = _read(text, name)
    key = cache.key("notebook", text, MAKERS)
    if found := kept.get(key):
        return found["executed"]
    began = time.monotonic()
    dependencies = _run(notebook, text, name)
    executed = nbformat.writes(notebook)
    kept.put(key, {"executed": executed}, dependencies)
    say(f"ran {name} ({time.monotonic() - began:.1f} s)")
    return executed


def _read(text: str, name: str):
    """The notebook, with the fields that a hand-written one may lack."""
    try:
        written = json.loads(text)
    except ValueError as error:
        raise PageError(name, getattr(error, "lineno", 1), f"this is no JSON: {error}.", _SAVE) from None
    try:
        for cell in written["cells"]:
            if cell["cell_type"] == "code":
                cell.setdefault("outputs", [])
                cell.setdefault("execution_count", None)
        notebook = nbformat.reads(json.dumps(written), as_version=4)
        nbformat.validate(notebook)
    except (KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        wrong = f"this is no notebook of version 4: {what}."
        raise PageError(name, 1, wrong, _SAVE) from None
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.outputs:
            raise PageError(name, 1, "the notebook holds outputs.", "Clear them: the build computes them.")
    return notebook


def _run(notebook, text: str, name: str) -> dict[str, str]:
    """Execute in a fresh kernel, between two cells of ours that record what it depends on."""
    cells = notebook.cells
    notebook.cells = [
        nbformat.v4.new_code_cell(_START.format(path=str(RECORDER))),
        *cells,
        nbformat.v4.new_code_cell(_END),
    ]
    sockets = Config({"KernelManager": {"transport": "ipc"}})  # files, not ports that others could reach
    begun: list[int] = []  # cells, by their place
    client = NotebookClient(
        notebook,
        timeout=LIMIT,
        kernel_name="python3",
        config=sockets,
        on_cell_start=lambda cell, cell_index: begun.append(cell_index),
    )
    try:
        client.execute()
    except (DeadKernelError, CellTimeoutError) as error:
        ended = f"did not end in {LIMIT} s" if isinstance(error, CellTimeoutError) else "ended the process"
        source = notebook.cells[begun[-1]].source
        wrong = f"cell {begun[-1]} {ended}."
        raise PageError(
            name, line_of(text, source.split("\n")[0]), wrong, "Run the notebook and fix that cell."
        ) from None
    except CellExecutionError as error:
        failed = next(at for at, cell in enumerate(notebook.cells) if _failed(cell))
        wrong = f"cell {failed}: {error.ename}: {error.evalue}"
        line = _line(text, notebook.cells[failed])
        raise PageError(name, line, wrong, "Run the notebook and fix that cell.") from None
    for at, cell in enumerate(cells, start=1):
        if cell.cell_type == "code" and len(json.dumps(cell.outputs)) > LARGEST:
            wrong = f"cell {at} shows more than {LARGEST:,} characters."
            raise PageError(name, line_of(text, cell.source.split("\n")[0]), wrong, "Print less.")
    dependencies = json.loads("".join(output["text"] for output in notebook.cells[-1].outputs))
    notebook.cells = cells
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = count
    return dependencies


def _failed(cell) -> bool:
    return cell.cell_type == "code" and any(output["output_type"] == "error" for output in cell.outputs)


def _line(text: str, cell) -> int:
    """The line of the notebook's file that holds the failing line of code."""
    trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(cell.outputs[-1].get("traceback", [])))
    arrow = re.search(r"^-+> *\d+ (.*)$", trace, re.MULTILINE)
    return line_of(text, arrow[1].strip() if arrow else cell.source.split("\n")[0])


def line_of(text: str, code: str) -> int:
    """The line of the notebook's file that holds a line of code."""
    needle = json.dumps(code, ensure_ascii=False)[1:-1]
    return next((at for at, line in enumerate(text.split("\n"), start=1) if needle in line), 1)
