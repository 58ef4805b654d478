"""A slider: what it asks, what it refuses, and what the page, its data and its approved output hold."""

import json
import re
from pathlib import Path

import pytest

from directives.slider import strip
from hooks.base.errors import PageError
from hooks.course import course, topics
from hooks.execution import runner
from hooks.execution.cache import ResultCache
from hooks.lesson import renderer, snippets

REPO = Path(__file__).parents[3]
RUN = """\
```python run id=film
steps = [0, 50, 200, 1000]
losses = [4.664, 2.5, 2.03, 1.484]
maps = {step: [[1.0, 0.0], [0.5 - step / 4000, 0.5 + step / 4000]] for step in steps}
```
"""
SLIDER = """\
```yaml slider
id: learns
value: step
frames: "{step: heatmap(maps[step], ['a', 'b'], chosen=1) for step in steps}"
numbers: "{'loss': losses, 'to itself': [maps[step][1][1] for step in steps]}"
opens: 200
title: It looks at itself more, up to {= maps[1000][1][1] =}
caption: Two tokens.
```
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return ResultCache(tmp_path_factory.mktemp("kept"), REPO)


def render(kept, text):
    plan = snippets.plan(topics.Source("part1/x.md", text, 1, None), REPO)
    results = runner.run(plan.tasks(), kept, lambda line: None)
    return renderer.Renderer(plan, results, course.Course([], {}, {}, []), {}).render()


@pytest.fixture(scope="module")
def made(kept):
    return render(kept, RUN + SLIDER)


@pytest.fixture(scope="module")
def html(made):
    return next(slot for slot in made.slots.values() if 'class="figure slider"' in slot)


def live(html):
    return json.loads(re.search(r"<script[^>]*data-places[^>]*>(.*?)</script>", html, re.DOTALL)[1])


def test_without_a_script_three_frames_make_the_point(html):
    heads = re.findall(r'<p class="slider-head"><b>(.*?)</b> (.*?)</p>', html)
    assert heads == [("Step 0", "loss 4.66"), ("Step 200", "loss 2.03"), ("Step 1,000", "loss 1.48")]
    assert html.count('data-figure="heatmap"') == 3
    assert '<div class="slider-live" hidden>' in html
    assert "It looks at itself more, up to 0.75" in html


def test_the_view_gets_every_frame_in_words_numbers_and_pictures(html):
    data = live(html)
    assert (
        data["opens"] == 2 and len(data["frames"]) == 4 and all("heat" in frame for frame in data["frames"])
    )
    assert data["said"][1] == ["Step 50", "loss 2.50", "to itself 0.51"]
    assert data["numbers"] == [["4.66", "2.50", "2.03", "1.48"], ["0.50", "0.51", "0.55", "0.75"]]
    assert 'data-places="0.0 0.05 0.2 1.0"' in html


def test_the_data_has_every_frame_with_its_numbers(made):
    files = made.files
    rows = files["assets/figures/part1/x/learns.csv"].splitlines()
    assert rows[0] == "step,loss,to itself,Query,a,b" and len(rows) == 1 + 4 * 2
    assert rows[5] == "200,2.03,0.55,a,1.0,0.0"
    frames = json.loads(files["assets/figures/part1/x/learns.json"])
    assert [frame["step"] for frame in frames] == ["0", "50", "200", "1000"]
    assert frames[2]["loss"] == 2.03 and frames[2]["data"]["weights"] == [[1.0, 0.0], [0.45, 0.55]]


def test_what_is_approved_is_what_the_frames_say(made):
    values = made.outputs["film"]["values"]
    (frames,) = [value for expression, value in values.items() if "heatmap" in expression]
    assert list(frames) == ["0", "50", "200", "1000"] and frames["200"].startswith(
        "Attention weights of 2 tokens."
    )


def test_many_frames_are_a_file_of_their_own(kept):
    text = RUN.replace("[0, 50, 200, 1000]", "list(range(0, 1001, 10))").replace(
        "[4.664, 2.5, 2.03, 1.484]", "[1 / (1 + step) for step in steps]"
    )
    page = render(kept, text + SLIDER)
    html = next(slot for slot in page.slots.values() if 'class="figure slider"' in slot)
    assert live(html)["frames"] == "../../assets/figures/part1/x/learns.frames.json"
    assert len(json.loads(page.files["assets/figures/part1/x/learns.frames.json"])) == 101
    assert len(html) < 60_000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("opens: 200", "opens: 201", r"x.md:6: opens is 201, which is no frame's value. Did you mean '200'\?"),
        ("for step in steps}\"\nnumbers", "for step in steps[:2]}\"\nnumbers", "frames gave 2 figures; a slider needs 3 or more"),
        ("{step: heatmap(maps[step], ['a', 'b'], chosen=1) for step in steps}", "maps", "frames gave no figures: 'maps'. Give a dict"),
        ("{'loss': losses,", "{'loss': losses[1:],", "loss has 3 numbers for 4 frames"),
        ("{'loss': losses,", "{'loss': [*losses[1:], float('nan')],", "loss holds nan, which is no finite number"),
        ("{'loss': losses, 'to itself': [maps[step][1][1] for step in steps]}", "losses", "numbers gave no columns: 'losses'"),
        ("value: step\n", "", "slider lacks the field 'value'. What the slider moves"),
    ],
)  # fmt: skip
def test_a_fault_names_the_line_and_the_cure(kept, old, new, says):
    assert old in SLIDER
    with pytest.raises(PageError, match=says):
        render(kept, RUN + SLIDER.replace(old, new))


def test_values_are_as_far_apart_as_their_numbers_and_evenly_where_they_are_none():
    assert strip.places(["0", "50", "200", "1000"]) == [0, 0.05, 0.2, 1]
    assert strip.places(["words", "bytes", "pairs"]) == [0, 0.5, 1]
    assert strip.places(["3", "2", "1"]) == [0, 0.5, 1]


def test_the_line_runs_from_the_largest_number_at_the_top_to_the_smallest_at_the_bottom():
    drawn = strip.strip(["0", "1", "2"], [4.0, 2.0, 3.0], 1)["svg"]
    assert re.findall(r'<circle cx="([\d.]+)%" cy="([\d.]+)"', drawn) == [
        ("0.00", "8.0"),
        ("50.00", "64.0"),
        ("100.00", "36.0"),
    ]
    assert drawn.count("<line") == 2
