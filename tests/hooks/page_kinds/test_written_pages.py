"""What authors write in Markdown: it comes out as meant, or is refused with file, line and cure."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from support.build_steps import steps

from hooks.base.errors import PageError
from hooks.reference import places

RUN = "```python run id=a\nx, nothing = ('__init__ 2*3*4', 'a|b', '$1 \"q\" -- <b> [c](d)'), float('nan')\nprint('printed')\n```\n"
TOPIC = """\
---
id: part1-a
title: A
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can A.
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first .wide data-mode=learn data-minutes=20 }
"""


read_once = cache(places.read)  # the package does not change meanwhile


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a page of a small course and gives its HTML, or the error that refuses it."""
    monkeypatch.setattr(places, "read", read_once)
    (tmp_path / "course.yml").write_text("parts:\n  - {number: 1, title: One, topics: []}\n")

    def made(text: str, path: str = "x.md", **more: str):
        for name, written in {path: text, **{f"{name}.md": words for name, words in more.items()}}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(written, encoding="utf-8")
        try:
            return BeautifulSoup(steps(tmp_path, path), "html.parser")
        except PageError as error:
            return str(error)

    return made


def indented(text: str) -> str:
    return re.sub(r"^(?=.)", "    ", text, flags=re.MULTILINE)


def test_code_runs_inside_boxes_tabs_and_lists_and_what_follows_stays_words(written):
    more = RUN.replace("id=a", "id={}").format
    inside = [
        f"{opens}\n\n    Before.\n\n{indented(more(id))}\n    After *{id}*.\n"
        for id, opens in [
            ("box", '!!! note "T"'),
            ("tab", '=== "One"'),
            ("fold", "??? note"),
            ("list", "- item"),
        ]
    ]
    html = written("# X\n\n" + "\n\n".join(inside))
    for id, container in [
        ("box", ".admonition"),
        ("tab", ".tabbed-block"),
        ("fold", "details.note"),
        ("list", "li"),
    ]:
        (unit,) = html.select(f"{container} > section.unit#{id}")
        assert "printed" in unit.select_one(".band-output").text
        assert unit.find_next_sibling("p").em.text == id
    assert not html.select("p section, p div, pre:not(.code)")


def test_a_value_is_shown_letter_for_letter(written):
    html = written(
        RUN
        + "\nIt is {= x[0] =} and {= x[2] =}, {= '    - a' =}{= 'b...' =}\n\n| a | b |\n|---|---|\n| {= x[1] =} | last |\n\n## A {= x[0] =}\n"
    )
    words = [p.text for p in html.select("p") if p.text.startswith("It is")]
    assert words == ['It is __init__ 2*3*4 and $1 "q" -- <b> [c](d),     - ab...']
    assert [cell.text for cell in html.select("td")] == ["a|b", "last"]
    assert html.h2.text.startswith("A __init__ 2*3*4") and not html.select(
        "p em, p strong, p:not(.band-label) a, h2 strong"
    )


def test_a_value_within_maths_and_captions_is_shown_letter_for_letter_too(written):
    html = written(
        RUN
        + "\n$y = {= 'z_{2}' =}$\n\n```yaml table\nof: a\ncolumns: ['{= x[0] =}']\nrows: '[[1]]'\ncaption: '{= x[0] =}, `{= x[0] =}`'\n```\n"
    )
    assert html.select_one("p math msub") and html.select_one("th").text == "__init__ 2*3*4"
    assert html.figcaption.text.endswith("__init__ 2*3*4, __init__ 2*3*4")


def test_a_value_of_thousands_of_letters_is_refused(written):
    assert written(RUN + "\n\nIt is {= 'ab' * 5000 =}.").startswith(
        "docs/x.md:7: the value of 'ab' * 5000 has 10,000 characters. Show at most 2,000."
    )


def test_a_byte_order_mark_changes_nothing(written):
    html = written("\ufeff" + TOPIC, "part1/a.md")
    assert html.select_one('[data-topic-id="part1-a"]') and "study_mode" not in html.text


def test_a_class_beside_a_sections_id_keeps_its_mode(written):
    html = written(TOPIC, "part1/a.md")
    assert html.select_one("h2#first")["class"] == ["wide"]
    assert "20 min" in html.select_one("h2#first").find_previous_sibling().text


def test_what_looks_like_a_slot_stays_as_it_is(written):
    assert written('<div data-slot="x"></div>').select_one('[data-slot="x"]')


CLOSED = "Close it with as many backticks, indented as far"
REFUSED = {
    "a run in a quote": ("Words.\n\n> ```python run\n> print(1)\n> ```\n", 3, "this fence is shown and not run: > ```python run Begin its line with spaces alone"),
    "a run behind a tab": ("- a\n\n\t```python run\n\tprint(1)\n\t```\n", 3, "this fence is shown and not run"),
    "a figure in a quote": ("> ```yaml figure\n> id: a\n> ```\n", 1, "this fence is shown and not run: > ```yaml figure"),
    "a fence without an end": ("```python run\nprint(1)\n\n## A\n", 1, f"this fence is never closed: ```python run {CLOSED}"),
    "front matter without an end": ("---\ntitle: A\n\n# A\n", 1, "this front matter does not begin on the first line, or has no end."),
    "front matter on the second line": ("\n---\ntitle: A\n---\n", 2, "this front matter does not begin on the first line"),
    "a key of any page twice": ("---\ntitle: A\ntitle: B\n---\n", 3, "front matter: 'title' is given twice, first on line 2. Keep one of them."),
    "front matter that is not YAML": ("---\ntitle: A: B\n---\n", 2, "front matter: mapping values are not allowed here."),
    "a key of a topic twice": (TOPIC.replace("part: 1", "part: 1\nid: part1-b"), 5, "topic: 'id' is given twice, first on line 2."),
    "a key of a block twice": (RUN + "```yaml table\nof: a\ncolumns: [a]\nrows: '[[1]]'\ncaption: a\nof: b\n```\n", 10, "table: 'of' is given twice, first on line 6."),
    "a level twice": (TOPIC.replace("\n---\n\n", "\n  - {level: 1, name: Use, can: I can A.}\n---\n\n"), 10, "level 1 of the rubric is number 2. Write levels 1, 2, 3, 4"),
    "a table of two widths": (RUN + "```yaml table\nof: a\ncolumns: [a, b]\nrows: '[[1, 2], [1]]'\ncaption: a\n```\n", 5, "row 2 has 1 cells, and there are 2 columns."),
    "a table of no rows": (RUN + "```yaml table\nof: a\ncolumns: [a, b]\nrows: '7'\ncaption: a\n```\n", 5, "rows gave no list of rows: '7'."),
    "a notebook's magic": ("```python run\nx = 1\n%time x\n```\n", 3, "SyntaxError: invalid syntax The line is: '%time x'"),
    "a magic on a topic's page": (TOPIC + "\n```python run\nx = 1\n%time x\n```\n", 16, "SyntaxError: invalid syntax The line is: '%time x'"),
    "a fence without an end on a topic's page": (TOPIC + "\n```python run\nx = 1\n", 14, "this fence is never closed"),
    "half an expression": (RUN + "\nIt is {= x[ =}.", 6, "SyntaxError: '[' was never closed, in 'x['. Write one Python expression."),
    "two blocks of one id": (RUN + 2 * "```yaml figure\nid: one\nof: a\ndraw: heatmap([[1.0]], ['a'])\ntitle: A\ncaption: A\n```\n\n", 13, "the id one is given twice on this page, first on line 5."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_where_it_stands(written, text, line, said):
    assert written(text, "part1/a.md" if "study_mode" in text else "x.md").startswith(
        f"docs/{'part1/a.md' if 'study_mode' in text else 'x.md'}:{line}: {said}"
    )
