"""Execute the notebooks of docs/labs, under the same kind of key as a page's code; a failing cell stops the build."""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from . import parts
from .errors import PageError
from .runner import Kept, versions

_START = "import sys; sys.path.insert(0, {hooks!r}); import recorder; recorder.start(); sys.path.pop(0)"
_END = "import json, recorder; print(json.dumps(recorder.dependencies()))"


def execute(file: Path, name: str, kept: Kept, say: Callable[[str], None] = print) -> Path:
    """The executed notebook, from the cache while nothing that it depends on has changed.

    Args:
        file: the notebook as written, without outputs; name: what errors call it.

    Raises:
        PageError: a cell failed, or the file holds outputs.
    """
    text = file.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.outputs:
            raise PageError(
                name, 1, "the notebook holds outputs.", "Clear them: the build makes them afresh."
            )
    key = hashlib.sha256(json.dumps([text, versions()]).encode()).hexdigest()[:32]
    executed = kept.folder / f"{key}.ipynb"
    if kept.get(key) and executed.exists():
        return executed
    began = time.monotonic()
    dependencies = _run(notebook, text, name)
    kept.folder.mkdir(parents=True, exist_ok=True)
    unfinished = executed.with_suffix(f".{os.getpid()}")
    nbformat.write(notebook, unfinished)
    unfinished.rename(executed)
    kept.put(key, {"dependencies": dependencies})
    say(f"ran {name} ({time.monotonic() - began:.1f} s)")
    return executed


def _run(notebook, text: str, name: str) -> dict[str, str]:
    """Execute in a fresh kernel, between two cells of ours that note what it depends on."""
    cells = notebook.cells
    hooks = str(Path(__file__).parent)
    notebook.cells = [
        nbformat.v4.new_code_cell(_START.format(hooks=hooks)),
        *cells,
        nbformat.v4.new_code_cell(_END),
    ]
    sockets = Config({"KernelManager": {"transport": "ipc"}})  # files, not ports that others could reach
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", config=sockets)
    try:
        client.execute()
    except CellExecutionError as error:
        failed = next(at for at, cell in enumerate(notebook.cells) if _failed(cell))
        wrong = f"cell {failed}: {error.ename}: {error.evalue}"
        raise PageError(
            name, _line(text, notebook.cells[failed]), wrong, "Run the notebook and mend that cell."
        ) from None
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
    """The line of the notebook's file on which the failing line of code stands."""
    trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(cell.outputs[-1].get("traceback", [])))
    arrow = re.search(r"^-+> *\d+ (.*)$", trace, re.MULTILINE)
    needle = json.dumps(arrow[1].strip(), ensure_ascii=False)[1:-1] if arrow else cell.source.split("\n")[0]
    return next((at for at, line in enumerate(text.split("\n"), start=1) if needle in line), 1)


def clean(content: str) -> str:
    """A rendered notebook without the styles and scripts that come with it: the site has its own."""
    content = re.sub(r"<style\b.*?</style>|<script\b(?![^>]*application/json).*?</script>", "", content, flags=re.DOTALL)
    content = re.sub(r'(<[a-z][^<>]*?)\sstyle="[^"]*"', r"\1", content)
    content = re.sub(r'<clipboard-copy\b[^>]*\bfor="([\w-]+)"[^>]*>.*?</clipboard-copy>', _copy_button, content, flags=re.DOTALL)
    content = content.replace('<div class="fig-alone">', '<div class="fig-alone" data-directive="figure">')
    content = content.replace('class="clipboard-copy-txt"', 'class="clipboard-copy-txt" data-search-exclude')
    content = re.sub(r'(<div class="[^"]*jp-MarkdownCell[^"]*"[^>]*?) tabindex="\d"', r"\1", content)
    return re.sub(r"<link\b[^>]*>", "", content)


def _copy_button(match: re.Match) -> str:
    return parts.fill("copy_button", "", id=match[1], what="code")
