"""From what a small package offers to the pages of its reference, with lessons and tests."""

import html
import json
import re
from pathlib import Path

import pytest
from support import small_package
from support.small_package import change, entry, render, words

from hooks.base import links
from hooks.base.errors import PageError
from hooks.course import course
from hooks.execution.cache import ResultCache
from hooks.lesson import snippets
from hooks.reference import index as reference
from hooks.reference import places

REPO = Path(__file__).parents[3]


@pytest.fixture
def repo(tmp_path):
    small_package.write(tmp_path)
    return tmp_path


@pytest.fixture
def made(repo):
    return places.read(repo / "pk", repo)


def test_every_section_of_a_docstring_reaches_the_page(made):
    page, html = render(made, "scores")
    said = words(html)
    assert "Compare &lt;s&gt; with &lt;/s&gt;; True means “may look”." in said
    assert html.count('<math display="block">') == 2, "two equations, one below the other"
    assert (
        '<dt><code>query</code></dt><dd><code class="shape">(..., T, D)</code>, what is asked.</dd>' in html
    )
    assert "<code>PE(p + k)</code>, for a <code>d_model</code>" in html
    assert '<code class="shape">(T, D)</code>: angles → turns.' in html, "a shape before a colon is no type"
    assert "<dt><code>ValueError</code></dt><dd>too long.</dd>" in html
    assert "<b>Source</b> A and B 2017, equation 1." in html
    assert "B sequences in a batch" not in said and "T tokens" in said, "the letters that this page uses"
    assert "## `fit` { #fit .ref-name }" in page.page.markdown


def test_names_are_links_and_parameters_are_not(made):
    html = render(made, "scores")[1]
    assert '<a href="../../../reference/api/layers/#Layer"><code>layers.Layer</code></a>' in html
    assert '<dd>see <a href="#fit"><code>fit</code></a>.</dd>' in html
    layers = render(made, "layers")[1]
    assert '<a href="../../../reference/api/scores/#Score">Score</a>' in layers
    assert '<a href="../../../reference/api/scores/#fit"><code>fit()</code></a>' in layers
    assert 'A kind of <a href="#Layer"><code>Layer</code></a>' in layers
    assert "<dt><code>size</code></dt><dd>in tokens</dd>" in layers, "a field is explained by its comment"


def test_a_list_of_names_in_a_docstring_is_a_list(made):
    html = render(made, "more")[1]
    assert '<li><a href="../../../reference/api/more/tiled/"><code>tiled</code></a> in pieces</li>' in html
    assert "<li><code>a ... b</code> the rest</li>" in html


def test_links_are_checked_when_all_pages_are_built(made):
    anchors = render(made, "scores")[0].anchors
    assert links.Anchor("pk/scores.py", 12, "reference/api/layers.md", "Layer") in anchors


def test_code_is_folded_away_and_joins_the_built_page(made):
    found, folded = render(made, "scores")
    assert "return _check" not in folded
    built = found.unfold(folded)
    code = re.search(r'<code id="fit-source">(.*?)</code>', built, re.DOTALL)[1]
    lines = (made.repo / "pk/scores.py").read_text().split("\n")
    source = "\n".join(lines[entry(made, "fit").first - 1 : entry(made, "fit").last]) + "\n"
    assert source.startswith("def fit(") and source.endswith("return _check(query)\n")
    assert html.unescape(re.sub(r"<[^>]+>", "", code)) == source
    assert "What it keeps to itself: _check" in built and "data-code" not in built


def test_the_tests_of_a_module_stand_on_its_page(made):
    found, html = render(made, "scores")
    assert "<li>A score is one number</li>" in html and "<li>One and one</li>" in html
    assert ">.venv/bin/pytest tests/core/test_scores.py tests/core/test_scores_by_hand.py<" in html
    assert "2 tests" in html and "test_one_and_one" in found.code["tests-1"]
    assert [file.name for file in reference.tests_of("more.tiled", made.package, made.repo)] == [
        "test_tiled.py"
    ]
    assert [file.name for file in reference.tests_of("kit", made.package, made.repo)] == ["test_kit_draws.py"]
    assert "No test of its own" in render(made, "layers")[1]
    (made.repo / "tests/core/more/test_tiled.py").rename(made.repo / "tests/core/more/test_all.py")
    assert (
        '<a href="../../../../reference/api/more/#proven-by">1 test of more</a>'
        in render(made, "more.tiled")[1]
    )


def test_the_index_lists_rooms_and_letters_and_leaves_out_what_they_say_twice(made):
    html = render(made, "")[1]
    assert "A small package." in html and "<dt><code>B</code></dt><dd>sequences in a batch</dd>" in html
    assert "Heads come second." in html
    assert "ground floor first" not in html and "kit/" not in words(html)
    assert re.search(
        r'more/"><code>more</code></a></dt>\s*<dd>\s*<p>More rooms in one.</p>.*?<code>tiled</code></a> Tiles.',
        html,
        re.DOTALL,
    )


def test_a_page_is_kept_until_its_source_changes(made, repo):
    before = render(made, "scores")[0]
    assert render(made, "scores")[0] == before and len(list((repo / ".cache").glob("*/*"))) == 1
    change(repo, "what is asked", "what is wanted")
    after = render(places.read(repo / "pk", repo), "scores")[1]
    assert "what is wanted." in after


# --- lessons -------------------------------------------------------------------------------------------

PLAN = """\
parts:
  - number: 1
    title: One
    topics:
      - {id: part1-a, title: A, study_mode: learn}
      - {id: part1-b, title: B, study_mode: build, modules: [scores, more.tiled]}
"""
PAGE = """\
---
id: part1-a
title: A, written
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can A.
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first data-mode=learn data-minutes=20 }

```python run id=one
from pk.layers import Layer
from pk.scores import Score
Layer(Score)
```

### 2. Second `thing`

```python run id=two
from pk.more.tiled import tile
#: pk.scores.fit
fit(1, 2)
```

```yaml figure
id: picture
draw: draw()
title: T
caption: C
```
"""


@pytest.fixture
def taught(repo, made):
    """The lessons of a course with one written topic; a plan may be given instead."""

    def read(plan=PLAN):
        docs = repo / "docs"
        (docs / "part1").mkdir(parents=True, exist_ok=True)
        (docs / "course.yml").write_text(plan)
        (docs / "part1" / "a.md").write_text(PAGE)
        known = course.load(docs)
        plans = {path: snippets.plan(source, repo) for path, source in known.sources.items()}
        reference.link_sources(made, plans)
        return reference.lessons(made, known, plans), plans

    return read


def test_a_written_page_that_shows_a_module_is_its_lesson(taught, made):
    lessons, plans = taught()
    assert lessons["scores"] == [
        {"title": "A, written", "path": "part1/a.md", "sections": [{"title": "Second `thing`", "id": "two"}]}
    ], "what shows it comes before what imports it, and a plan after both"
    assert lessons["layers"][0]["sections"] == [{"title": "First", "id": "one"}]
    html = render(made, "scores", lessons["scores"])[1]
    assert '<a href="../../../part1/a/#two">Second <code>thing</code></a>' in html
    (source,) = plans["part1/a.md"].runs["two"].sources
    assert source["url"] == "reference/api/scores/#fit"


def test_code_of_a_question_leads_to_the_question(repo, made):
    """The run of a question has an id of its own, and the page shows it under the question's."""
    docs = repo / "docs"
    (docs / "part1").mkdir(parents=True)
    (docs / "course.yml").write_text(PLAN)
    quiz = """
```yaml quiz
- id: tiles
  kind: predict
  teaches: "#first"
  code: |
    from pk.more.tiled import tile
    print(tile)
  why: W
```
"""
    (docs / "part1" / "a.md").write_text(PAGE.partition("### 2.")[0] + quiz)
    known = course.load(docs)
    plans = {path: snippets.plan(source, repo) for path, source in known.sources.items()}
    (lesson,) = reference.lessons(made, known, plans)["more.tiled"]
    assert lesson["sections"] == [{"title": "First", "id": "q-tiles"}]


def test_a_module_that_no_page_shows_yet_names_the_planned_topic(taught, made):
    """The page imports more.tiled, as a type that the shown source names might need, and does nothing with it."""
    lessons = taught()[0]
    assert lessons["more.tiled"] == [{"title": "B", "id": "part1-b"}]
    found, html = render(made, "more.tiled", lessons["more.tiled"])
    assert (
        '<a href="../../../../reference/topic-map/#part1-b">B</a> <span class="meta">planned</span>' in html
    )
    assert links.Anchor("pk/more/tiled.py", 1, "reference/topic-map.md", "part1-b") in found.anchors
    assert "None yet" in render(made, "more", lessons["more"])[1]
    assert taught(PLAN.replace("more.tiled", "more"))[0]["more.tiled"] == [{"title": "B", "id": "part1-b"}]


def test_pictures_on_a_page_teach_what_draws_them(repo, taught, made):
    (repo / "pk" / "kit").rename(repo / "pk" / "figures")
    for name in ("__init__.py", "draw.py"):
        file = repo / "pk" / "figures" / name
        file.write_text(file.read_text().replace("pk.kit", "pk.figures"))
    drawn = places.read(repo / "pk", repo)
    plans = taught()[1]
    found = reference.lessons(drawn, course.load(repo / "docs"), plans)
    assert found["figures"][0]["sections"] == [{"title": "Second `thing`", "id": "picture"}]


def test_a_module_that_the_package_lacks_is_refused(taught):
    with pytest.raises(PageError) as error:
        taught(PLAN.replace("[scores,", "[scors,"))
    assert str(error.value).startswith(
        "docs/course.yml:6: the topic part1-b names the module 'scors', which pk lacks. Did you mean 'scores'?"
    )
    with pytest.raises(PageError, match="docs/course.yml:6: .*modules.0 is 'a b'"):
        taught(PLAN.replace("[scores,", "['a b',"))


# --- the package itself --------------------------------------------------------------------------------

UNTESTED: dict[str, str] = {}  # module -> why it has no test file of its own


@pytest.fixture(scope="module")
def own():
    return places.read(REPO / "transformer_core", REPO)


def test_every_module_of_the_package_has_its_tests(own):
    """A file called test_<module>.py; a subpackage's modules may share the tests of its folder."""
    lack = {
        name
        for name, module in own.package.modules.items()
        if module.entries
        and not reference.tests_of(name, own.package, REPO)
        and not reference.tests_of(module.room, own.package, REPO)
    }
    assert lack == set(UNTESTED), "name the test file test_<module>.py, or say here why there is none"


@pytest.mark.slow
def test_every_page_of_the_package_can_be_written(own, tmp_path):
    for path, module in own.pages.items():
        found = reference.page(own, path, [], ResultCache(tmp_path, tmp_path))
        assert set(re.findall(r"\{ #([\w.-]+) \.ref-name \}", found.page.markdown)) == {
            one.anchor for one in module.all
        }
        assert json.dumps(found.page.slots)
