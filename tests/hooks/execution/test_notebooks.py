"""Notebooks run in a fresh kernel, once, and again when anything that they depend on has changed."""

import nbformat
import pytest

from hooks.base.errors import PageError
from hooks.execution import notebooks
from hooks.execution.cache import ResultCache


@pytest.fixture
def kept(tmp_path):
    return ResultCache(tmp_path / "kept", tmp_path)


def notebook(*cells: str) -> str:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(made)


def printed(text: str) -> list[str]:
    cells = nbformat.reads(text, as_version=4).cells
    return ["".join(output.get("text", "") for output in cell.outputs).strip() for cell in cells]


def test_outputs_are_made_once_and_again_when_a_module_changes(tmp_path, kept):
    module, runs = tmp_path / "lab_module.py", []
    module.write_text("x = 1")
    file = notebook(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})",
        "import lab_module; print(lab_module.x)",
    )
    assert printed(notebooks.execute(file, "docs/lab.ipynb", kept, runs.append)) == ["", "1"]
    notebooks.execute(file, "docs/lab.ipynb", kept, runs.append)
    assert len(runs) == 1
    module.write_text("x = 22")
    assert printed(notebooks.execute(file, "docs/lab.ipynb", kept, runs.append)) == ["", "22"]
    assert len(runs) == 2


def test_our_own_cells_are_not_published(kept):
    text = notebook(
        "print(1)",
        "print([name for name in globals() if 'record' in name], 'recorder' in __import__('sys').modules)",
    )
    executed = nbformat.reads(
        notebooks.execute(text, "docs/lab.ipynb", kept, lambda line: None), as_version=4
    )
    assert [cell.execution_count for cell in executed.cells] == [1, 2]


def test_a_failing_cell_names_file_line_and_reason(kept):
    text = notebook("ok = 1", "first = 2\nraise KeyError('no such head')")
    line = next(at for at, text in enumerate(text.split("\n"), 1) if "no such head" in text)
    with pytest.raises(PageError, match=rf"^docs/lab.ipynb:{line}: cell 2: KeyError: 'no such head'"):
        notebooks.execute(text, "docs/lab.ipynb", kept, lambda line: None)
