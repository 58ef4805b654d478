"""What each kind of page makes of its content."""

import json
from types import SimpleNamespace

import pytest

from hooks.base import links
from hooks.base.errors import PageError
from hooks.page_kinds import notebook
from transformer_core.figures import heatmap


def test_a_rendered_notebook_loses_its_styles_and_scripts_and_keeps_its_data():
    content = (
        '<style>p {}</style><link rel="x"><script>bad()</script><script type="application/json">{"w": 1}</script>'
        '<div style="color: red" class="a">text</div>'
        '<clipboard-copy aria-label="Copy" for="cell-3"><i></i></clipboard-copy><div class="clipboard-copy-txt" id="cell-3">x</div>'
    )
    out = notebook.clean(content)
    assert "<style" not in out and "style=" not in out and "bad()" not in out and "<link" not in out
    assert '<script type="application/json">{"w": 1}</script>' in out
    assert 'data-copy="cell-3"' in out and 'id="cell-3"' in out


def test_a_figure_of_a_notebook_is_started_by_the_browser():
    figure = heatmap([[1.0]], ["a"])
    assert '<div class="fig-alone" data-directive="figure">' in notebook.clean(figure._repr_html_())


CELL = '<div class="jp-Cell jp-{}Cell"><div class="clipboard-copy-txt">{}</div></div>'


def test_the_maths_of_a_notebooks_words_is_drawn_and_nothing_else_is():
    words = r"<p>As $a_1 &lt; b$, <code>$c$</code>, $5 or $6.</p><pre>$d$</pre><p>$$x \\ y$$</p><p>\begin{align}e&amp;=f\end{align}</p>"
    html = notebook.with_maths(
        CELL.format("Markdown", words) + CELL.format("Code", "$g$ = 1"), "docs/x.ipynb", ""
    )
    assert html.count("<math") == 3 and html.count('<div class="math"') == 2 and "<p></p>" not in html
    assert all(kept in html for kept in ("<code>$c$</code>", "$5 or $6.", "<pre>$d$</pre>", "$g$ = 1"))


def test_wrong_maths_of_a_notebook_is_refused_with_its_line():
    written = json.dumps({"cells": [{"source": ["Text\n", "$\\fracc{a}{b}$"]}]}, indent=1)
    line = next(at for at, text in enumerate(written.split("\n"), 1) if "fracc" in text)
    with pytest.raises(PageError, match=rf"^docs/x.ipynb:{line}: maths: Unknown command"):
        notebook.with_maths(CELL.format("Markdown", r"<p>$\fracc{a}{b}$</p>"), "docs/x.ipynb", written)


@pytest.mark.parametrize(
    "words", ["See [x](nowhere.md).", '<a href="nowhere.md">x</a>', "<a href='nowhere.md'>x</a>"]
)
def test_a_dead_link_of_a_notebook_is_refused_with_its_line_and_code_is_no_link(tmp_path, words):
    code = {"cell_type": "code", "source": ["calls[0](nowhere.md)"]}
    cells = [code, {"cell_type": "markdown", "source": ["\n", "Text\n", "\n", words]}]
    written = json.dumps({"cells": cells}, indent=1)
    (tmp_path / "x.ipynb").write_text(written, encoding="utf-8")
    site = SimpleNamespace(docs=tmp_path, links=lambda path: links.Links(path, ["x.ipynb"]), anchors=[])
    line = next(
        at for at, text in enumerate(written.split("\n"), 1) if "nowhere.md" in text and "calls" not in text
    )
    with pytest.raises(PageError, match=rf"^docs/x.ipynb:{line}: the link nowhere.md leads nowhere"):
        notebook.Notebook(site).content("x.ipynb", "")
