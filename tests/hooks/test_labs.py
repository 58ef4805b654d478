"""Notebooks run in a fresh kernel, once, and again when anything that they depend on has changed."""

import nbformat
import pytest
from hooks import labs
from hooks.errors import PageError
from hooks.runner import Kept

from transformer_core.figures import heatmap


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


def notebook(tmp_path, *cells: str):
    file = tmp_path / "lab.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), file)
    return file


def printed(file) -> list[str]:
    cells = nbformat.read(file, as_version=4).cells
    return ["".join(output.get("text", "") for output in cell.outputs).strip() for cell in cells]


def test_outputs_are_made_once_and_again_when_a_module_changes(tmp_path, kept):
    module, runs = tmp_path / "lab_module.py", []
    module.write_text("x = 1")
    file = notebook(
        tmp_path,
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})",
        "import lab_module; print(lab_module.x)",
    )
    assert printed(labs.execute(file, "docs/lab.ipynb", kept, runs.append)) == ["", "1"]
    labs.execute(file, "docs/lab.ipynb", kept, runs.append)
    assert len(runs) == 1
    module.write_text("x = 22")
    assert printed(labs.execute(file, "docs/lab.ipynb", kept, runs.append)) == ["", "22"]
    assert len(runs) == 2


def test_the_notebook_as_written_stays_as_it_is(tmp_path, kept):
    file = notebook(tmp_path, "print(1)")
    before = file.read_bytes()
    executed = labs.execute(file, "docs/lab.ipynb", kept, lambda line: None)
    assert file.read_bytes() == before
    counts = [cell.execution_count for cell in nbformat.read(executed, as_version=4).cells]
    assert counts == [1], "the cells that watch what is read are not published"


def test_a_failing_cell_names_file_line_and_reason(tmp_path, kept):
    file = notebook(tmp_path, "ok = 1", "first = 2\nraise KeyError('no such head')")
    line = next(at for at, text in enumerate(file.read_text().split("\n"), 1) if "no such head" in text)
    with pytest.raises(PageError, match=rf"^docs/lab.ipynb:{line}: cell 2: KeyError: 'no such head'"):
        labs.execute(file, "docs/lab.ipynb", kept, lambda line: None)


def test_a_figure_of_a_notebook_is_started_by_the_browser():
    figure = heatmap([[1.0]], ["a"])
    assert '<div class="fig-alone" data-directive="figure">' in labs.clean(figure._repr_html_())


def test_a_rendered_notebook_loses_its_styles_and_scripts_and_keeps_its_data():
    content = (
        '<style>p {}</style><link rel="x"><script>bad()</script><script type="application/json">{"w": 1}</script>'
        '<div style="color: red" class="a">text</div>'
        '<clipboard-copy aria-label="Copy" for="cell-3"><i></i></clipboard-copy><div class="clipboard-copy-txt" id="cell-3">x</div>'
    )
    out = labs.clean(content)
    assert "<style" not in out and "style=" not in out and "bad()" not in out and "<link" not in out
    assert '<script type="application/json">{"w": 1}</script>' in out
    assert 'data-copy="cell-3"' in out and 'id="cell-3"' in out
