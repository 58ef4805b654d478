"""From a plan and its results to the page."""

from pathlib import Path

import pytest

from hooks.base.errors import PageError
from hooks.course import course, topics
from hooks.execution import runner
from hooks.execution.cache import ResultCache
from hooks.lesson import renderer, snippets
from hooks.lesson.page import Page

REPO = Path(__file__).parents[3]
RUN = "```python run id=a\nimport torch\ntorch.manual_seed(3)\nweights = torch.tensor([[0.25, 0.75]])\nprint('most', 0.75)\n```\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return ResultCache(tmp_path_factory.mktemp("kept"), REPO)


def render(kept, text: str, known: dict | None = None) -> Page:
    plan = snippets.plan(topics.Source("x.md", text, 1, None), REPO)
    results = runner.run(plan.tasks(), kept, lambda line: None)
    empty = course.Course([], {}, {}, [])
    return renderer.Renderer(plan, results, empty, known or {}).render()


def test_values_stand_in_prose_and_code_in_backticks_stays(kept):
    page = render(kept, RUN + "It gives {= weights[0, 1].item() =} to `{= weights =}`.")
    assert "It gives 0.75 to `{= weights =}`." in page.markdown


def test_output_and_provenance_follow_the_code(kept):
    unit = render(kept, RUN).slots["block-0"]
    assert ">most 0.75\n</code>" in unit and "seed 3" in unit
    assert "as approved" not in unit and "differs" not in unit, "nothing was approved yet"


@pytest.mark.parametrize(
    ("approved", "said"),
    [("most 0.75", "Same output as approved"), ("most 0.65", "Output differs from the approved one")],
)
def test_the_page_says_whether_the_output_is_the_approved_one(kept, approved, said):
    assert said in render(kept, RUN, {"a": {"stdout": [approved], "values": {}}}).slots["block-0"]


def test_a_mark_underlines_what_was_printed_and_nothing_else(kept):
    unit = render(kept, "```yaml unit\ntitle: T\nmark: weights.max().item()\n```\n" + RUN).slots["block-1"]
    assert "most <u>0.75</u>\n" in unit
    with pytest.raises(PageError, match=r"docs/x.md:5: mark is '0.25', which the output does not hold."):
        render(kept, "```yaml unit\ntitle: T\nmark: weights.min().item()\n```\n" + RUN)


def test_a_figure_brings_picture_twin_and_files(kept):
    text = (
        RUN
        + '```yaml figure\nid: f\ndraw: heatmap([[0.25, 0.75], [0.5, 0.5]], ["a", "b"], chosen=0)\ntitle: "{= weights[0, 1].item() =} goes to b"\ncaption: C\n```\n'
    )
    page = render(kept, text)
    figure = page.slots["block-1"]
    assert "0.75 goes to b" in figure and '<b class="figure-number">Figure 1</b>' in figure
    assert set(page.files) == {"assets/figures/x/f.csv", "assets/figures/x/f.json"}
    assert "0.75" in page.files["assets/figures/x/f.csv"]


def test_a_drawing_that_is_none_is_refused(kept):
    text = RUN + "```yaml figure\nid: f\ndraw: weights.sum()\ntitle: T\ncaption: C\n```\n"
    with pytest.raises(
        PageError, match=r"docs/x.md:7: draw gave no figure: 'weights.sum\(\)'. Use a function of"
    ):
        render(kept, text)


def test_a_table_shows_its_rows(kept):
    text = RUN + '```yaml table\nrows: \'[[1, "<b>"], [2, "y"]]\'\ncolumns: [n, t]\ncaption: C\n```\n'
    table = render(kept, text).slots["block-1"]
    assert '<th scope="row">1</th><td>&lt;b&gt;</td>' in table
