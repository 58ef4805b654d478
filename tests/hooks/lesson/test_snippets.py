"""From fences to code that stands alone."""

from pathlib import Path

import pytest

from hooks.base.errors import PageError
from hooks.course.topics import Source
from hooks.lesson import snippets

REPO = Path(__file__).parents[3]


def plan(text: str) -> snippets.Plan:
    return snippets.plan(Source("x.md", text, 11, None), REPO)


def refused(text: str) -> str:
    with pytest.raises(PageError) as error:
        plan(text)
    return str(error.value)


def test_a_fence_runs_only_where_it_says_so():
    assert list(plan("```python\nx = 1\n```\n```python run id=one\nx = 2\n```").runs) == ["one"]


def test_code_that_is_no_python_is_refused_before_anything_runs():
    assert refused("```python run\nx = 1\n\nif x\n    pass\n```").startswith(
        "docs/x.md:14: SyntaxError: expected ':' The line is: 'if x'"
    )


def test_package_source_is_shown_without_docstring_check_and_marks():
    run = plan("```python run id=a\n#: transformer_core.nn.attention.scaled_dot_product_attention\n```").runs[
        "a"
    ]
    assert '"""' not in run.code and "_check" not in run.code and "①" not in run.code
    assert "scores = query @ key.transpose(-2, -1)" in run.code
    by_step = {
        step: [line for line, steps in zip(run.code.split("\n"), run.steps, strict=False) if step in steps]
        for step in (1, 2, 3, 4)
    }
    assert "query @ key" in by_step[1][0] and "sqrt" in by_step[2][0]
    assert "softmax" in by_step[3][0] and "weights @ value" in by_step[4][0]
    (shown,) = run.sources
    first, last = map(int, shown["lines"].split("–"))
    source = (REPO / shown["path"]).read_text().split("\n")
    assert source[first - 1].startswith("def scaled_dot_product_attention") and source[
        last - 1
    ].strip().startswith("return")


def test_an_unknown_source_is_answered_with_its_line_and_the_nearest_name():
    message = refused("```python run\n#: transformer_core.nn.attention.scaled_dot_product\n```")
    assert message.startswith(
        "docs/x.md:12: transformer_core/nn/attention.py has no 'scaled_dot_product'. Did you mean"
    )


def test_expressions_belong_to_the_run_above_or_to_the_one_they_name():
    text = "```python run id=a\nx = 1\n```\n{= x =}\n\n```python run id=b\ny = 2\n```\n{=a: x + 1 =} {= y =} `{= not this =}`"
    asked = plan(text).asked
    assert [e for e, _ in asked["a"]] == ["x", "x + 1"]
    assert [e for e, _ in asked["b"]] == ["y"]


def test_an_expression_above_all_code_says_so():
    assert refused("{= x =}") == "docs/x.md:11: no code runs above this. Add one."


def test_an_expression_of_an_unknown_run_is_answered_with_the_nearest():
    assert "there is no run called 'attn'. Did you mean 'attention'?" in refused(
        "```python run id=attention\n```\n{=attn: x =}"
    )


def test_two_runs_of_one_name_are_refused():
    assert "two runs are called 'a'." in refused("```python run id=a\n```\n```python run id=a\n```")


def test_an_unknown_option_is_refused():
    assert refused("```python run once\n```").startswith(
        "docs/x.md:11: unknown word 'once' after `run`. Known: id="
    )


def test_a_unit_without_code_is_refused():
    assert "this unit has no code." in refused("```yaml unit\ntitle: T\n```\nText.")


def test_what_a_unit_underlines_is_asked_of_its_run():
    text = "```yaml unit\ntitle: T\nmark: str(x)\n```\n```python run id=a\nx = 1\n```"
    assert [expression for expression, _ in plan(text).asked["a"]] == ["str(x)"]
