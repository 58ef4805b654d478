"""Code on the page: its output, where it ran, and what is marked in it."""

import pytest
from support.one_page import RUN, render

from hooks.base.errors import PageError


def test_output_and_provenance_follow_the_code():
    unit = render(RUN).slots["block-0"]
    assert ">most 0.75\n</code>" in unit and "seed 3" in unit
    assert "as approved" not in unit and "differs" not in unit, "nothing was approved yet"


@pytest.mark.parametrize(
    ("approved", "said"),
    [("most 0.75", "Same output as approved"), ("most 0.65", "Output differs from the approved one")],
)
def test_the_page_says_whether_the_output_is_the_approved_one(approved, said):
    assert said in render(RUN, {"a": {"stdout": [approved], "values": {}}}).slots["block-0"]


def test_a_mark_underlines_what_was_printed_and_nothing_else():
    unit = render("```yaml unit\ntitle: T\nmark: weights.max().item()\n```\n" + RUN).slots["block-1"]
    assert "most <u>0.75</u>\n" in unit
    with pytest.raises(PageError, match=r"docs/x.md:5: mark is '0.25', which the output does not hold."):
        render("```yaml unit\ntitle: T\nmark: weights.min().item()\n```\n" + RUN)


def test_a_fault_in_an_equation_names_its_own_line():
    text = "```yaml unit\ntitle: T\nequation: |\n  a = b \\\\\n  \\wrong c\n```\n" + RUN
    with pytest.raises(PageError, match=r"^docs/x.md:5: maths: Unknown command"):
        render(text)
