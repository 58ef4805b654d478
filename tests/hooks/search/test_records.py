"""What of a page can be found: sections, prose and code apart, and words as they are read."""

import pytest

from hooks.base.errors import PageError
from hooks.search import records, synonyms
from hooks.search.records import Record

PAGE = """
<h1 id="top">A <em>topic</em><a class="headerlink" href="#top">&para;</a></h1>
<p class="mode-tag mode-learn"><b>Learn</b> <span>20 min</span></p>
<h2 id="scale">Why divide by <math><msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt></math>?</h2>
<p>Don&#39;t <strong>jump</strong>.</p><p>Next</p><math display="block"><mi>E</mi></math>
<section><h3 class="unit-title"><span>Unit 1.1</span> Steps</h3>
<pre class="code"><code><span class="k">print</span>(d_k)</code></pre></section>
<h3 id="inner">Inner</h3><button>Copy</button><p>Inside</p>
<h2 id="exercise-1">Exercise 1</h2><details data-search-exclude><p>Solution</p></details>
<h2 id="rest" data-search-exclude>The rest</h2><p>Nobody finds this</p>
"""


def test_a_section_is_one_record_of_prose_and_one_of_code():
    sections = {"scale": {"mode": "practice", "minutes": 12}}
    assert list(records.read("a/", PAGE, records.LESSON, sections)) == [
        Record("a/", "A topic", "", "lesson", ""),
        Record(
            "a/#scale",
            "Why divide by √d_k?",
            "A topic",
            "lesson",
            "Don't jump. Next Unit 1.1 Steps",
            "practice",
            12,
        ),
        Record("a/#scale", "Why divide by √d_k?", "A topic", "code", "print(d_k)"),
        Record("a/#inner", "Inner", "A topic", "lesson", "Inside", "practice", 12),
        Record("a/#exercise-1", "Exercise 1", "A topic", "try", ""),
    ]


def test_the_reference_has_no_second_record_for_its_code():
    found = list(records.read("a/", PAGE, records.CODE))
    assert [one.kind for one in found] == ["code"] * 4


@pytest.mark.parametrize("line", ["Layer: [norm]", "layer-norm: [norm]", "lr: learning rate", "lr: []"])
def test_synonyms_that_no_query_can_match_are_refused_with_their_line(tmp_path, line):
    file = tmp_path / synonyms.FILE
    file.parent.mkdir()
    file.write_text(f"√: [square root]\n{line}\n", encoding="utf-8")
    with pytest.raises(PageError, match=r"docs/reference/synonyms.yml:[12]: "):
        synonyms.load(tmp_path)


def test_a_site_without_synonyms_has_none(tmp_path):
    assert synonyms.load(tmp_path) == {}
