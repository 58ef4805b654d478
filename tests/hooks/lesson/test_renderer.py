"""From a plan and its results to the page."""

import pytest
from support.one_page import RUN, render

from hooks.base.errors import PageError


def test_values_are_filled_in_prose_and_code_in_backticks_stays():
    page = render(RUN + "It gives {= weights[0, 1].item() =} to `{= weights =}`.")
    assert "It gives 0.75 to `{= weights =}`." in page.markdown


def test_a_slot_of_topics_is_refused_on_another_page():
    with pytest.raises(PageError, match=r"docs/x.md:3: there is no slot 'rubric' for this page"):
        render("Text.\n\n<!-- slot: rubric -->\n")


def test_an_unknown_slot_is_answered_with_the_nearest():
    with pytest.raises(
        PageError, match=r"docs/x.md:1: there is no slot 'dashbord' for this page. Did you mean 'dashboard'\?"
    ):
        render("<!-- slot: dashbord -->\n")


def test_what_is_approved_of_a_page_is_its_printed_output_and_the_values_that_it_shows():
    page = render(RUN + "It gives {= weights[0, 1].item() =}.")
    assert page.outputs == {"a": {"stdout": ["most 0.75"], "values": {"weights[0, 1].item()": 0.75}}}
