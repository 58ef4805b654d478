import re

import pytest

from hooks.base import markdown, maths
from hooks.base.errors import PageError


def test_query_key_and_value_have_their_colours_everywhere():
    out = maths.convert(r"\query{Q}\key{K}^\top\value{V}", display=False)
    for letter, name in (("q", "Q"), ("k", "K"), ("v", "V")):
        assert f'<mrow class="{letter}"><mi>{name}</mi></mrow>' in out


def test_marks_are_tied_to_their_step():
    out = maths.convert(r"\underset{③}{x} \; ①", display=True)
    assert 'data-step="3">③<' in out and 'data-step="1">①<' in out
    assert out.startswith('<div class="math" tabindex="0"><math display="block">')


@pytest.mark.parametrize(
    "tex",
    [r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\textcolor{magenta}{x}", r"\sqrt{\frac{a}{b}}"],
)
def test_no_formula_carries_a_style(tex):
    assert " style=" not in maths.convert(tex, display=True)


def test_an_error_names_the_line_within_a_formula_of_several():
    with pytest.raises(PageError, match=r"^docs/x.md:42: maths: Unknown command .*It is at: \\wrong c"):
        maths.located("a \\\\\nb \\\\\n\\wrong c", "docs/x.md", 40, display=True)


def test_dollars_in_prose_become_mathml_and_in_code_stay():
    out = markdown.block("The $d_k$ of `$HOME`")
    assert re.search(r"<math><msub><mi>d</mi><mi>k</mi></msub></math>", out)
    assert "<code>$HOME</code>" in out
