"""Notebooks run in a fresh kernel, once, and again when anything that they depend on has changed."""

import json

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


def test_a_cell_that_ends_the_process_is_named(kept):
    text = notebook("ok = 1", "import os\nos._exit(3)")
    line = next(at for at, text in enumerate(text.split("\n"), 1) if "import os" in text)
    with pytest.raises(
        PageError, match=rf"^docs/lab.ipynb:{line}: cell 2 ended the process. Run the notebook"
    ):
        notebooks.execute(text, "docs/lab.ipynb", kept, lambda line: None)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n "cells": [],\n}', 3, "this is no JSON: .* Open it in Jupyter and save it"),
        ("[]", 1, "this is no notebook of version 4"),
        (
            '{"cells": [{"source": "1"}], "nbformat": 4, "nbformat_minor": 5}',
            1,
            "this is no notebook of version 4: it lacks 'cell_type'",
        ),
        ('{"worksheets": [], "nbformat": 3}', 1, "this is no notebook of version 4: it lacks 'cells'"),
    ],
)
def test_a_damaged_notebook_is_refused_where_it_is_damaged(kept, text, line, said):
    with pytest.raises(PageError, match=rf"^docs/lab.ipynb:{line}: {said}"):
        notebooks.execute(text, "docs/lab.ipynb", kept)


def test_a_notebook_written_by_hand_needs_no_field_for_outputs(kept, monkeypatch):
    monkeypatch.setattr(notebooks, "_run", lambda notebook, text, name: {})
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1"}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    executed = nbformat.reads(notebooks.execute(text, "docs/lab.ipynb", kept), as_version=4)
    assert executed.cells[0].source == "1" and executed.cells[0].outputs == []
