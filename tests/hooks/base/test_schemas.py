"""Wrong YAML is answered with the line, what is wrong, and what would be right."""

import pytest

from directives.kinds import KINDS
from hooks.base.errors import PageError
from hooks.base.schemas import Schema
from hooks.course.topics import SCHEMA

GOOD = """\
id: part1-x
title: X
part: 1
study_mode: learn
time: 45 minutes
summary: After this page you can X.
rubric:
  - {level: 1, name: Say, can: I can say X.}
"""


def refused(text: str, schema: Schema = SCHEMA) -> str:
    with pytest.raises(PageError) as error:
        schema.read(text, "docs/x.md", 2)
    return str(error.value)


def test_right_front_matter_is_read():
    assert SCHEMA.read(GOOD, "docs/x.md", 2)["rubric"][0]["can"] == "I can say X."


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        (
            GOOD.replace("study_mode: learn", "study_mode: lern"),
            5,
            "study_mode is 'lern'. Did you mean 'learn'?",
        ),
        (GOOD.replace("title: X", "titel: X"), 3, "unknown field 'titel' in topic. Did you mean 'title'?"),
        (GOOD.replace("time: 45 minutes\n", ""), 2, "topic lacks the field 'time'. Such as '45 minutes'"),
        (
            GOOD.replace("45 minutes", "a while"),
            6,
            "time is 'a while': it does not have the right form. Such as",
        ),
        (GOOD.replace("part: 1", "part: one"), 4, "part is 'one': it should be integer."),
        (GOOD.replace("level: 1", "level: 5"), 9, "rubric.0.level is 5. "),
        (
            GOOD.replace("id: part1-x", "id: Part 1"),
            2,
            "id is 'Part 1': it does not have the right form. An id is",
        ),
        (
            GOOD.replace("title: X", "title: X: Y"),
            3,
            "mapping values are not allowed here. Indent with spaces; put text",
        ),
        (GOOD.replace("title: X", "title: ''"), 3, "title is '': it is empty."),
    ],
)
def test_wrong_front_matter_names_line_fault_and_cure(wrong, line, said):
    message = refused(wrong)
    assert message.startswith(f"docs/x.md:{line}: ")
    assert said in message


def test_a_figure_without_its_drawing_is_told_what_to_write():
    message = refused("id: f\ntitle: T\ncaption: C\n", KINDS["figure"].schema)
    assert (
        "figure lacks the field 'draw'. A Python expression that draws, such as heatmap(weights, tokens)."
        in message
    )
