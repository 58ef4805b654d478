"""A table shows the rows of a run."""

from support.one_page import RUN, render


def test_a_table_shows_its_rows():
    text = RUN + '```yaml table\nrows: \'[[1, "<b>"], [2, "y"]]\'\ncolumns: [n, t]\ncaption: C\n```\n'
    table = render(text).slots["block-1"]
    assert '<th scope="row">1</th><td>&lt;b&gt;</td>' in table
