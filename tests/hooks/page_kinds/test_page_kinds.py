"""What each kind of page makes of its content."""

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
