"""Learning paths: read from paths.yml, and refused where they cannot be walked."""

import pytest

from hooks.base.errors import PageError
from hooks.course import course, paths

TOPIC = """---
id: part1-first
title: First
part: 1
study_mode: learn
time: 30 minutes
summary: After this page you know.
providers: [{name: Claude, best_for: Concepts, prompt: Explain it.}]
rubric:
  - {level: 1, name: Explain, can: I can say.}
  - {level: 2, name: Use, can: I can use.}
  - {level: 3, name: Build, can: I can build.}
  - {level: 4, name: Extend, can: I can extend.}
---

## Start here { #start data-mode=learn data-minutes=10 }

## Go on { #go data-mode=build data-minutes=20 }

### A part

```yaml exercise
id: think
title: Think
minutes: 5
task: Think.
```

### Another part
"""
PLAN = """parts:
  - number: 1
    title: One
    topics:
      - {id: part1-first, title: First, study_mode: learn}
      - {id: part1-second, title: Second, study_mode: learn}
"""
STEPS = """paths:
  - id: path-short
    title: Short
    summary: For a first look.
    steps:
      - {id: start, title: Begin, at: part1/first.md#start}
      - {id: part, title: Then a part, at: part1/first.md#a-part, minutes: 7}
"""


@pytest.fixture
def load(tmp_path):
    (tmp_path / "part1").mkdir()
    (tmp_path / "part1" / "first.md").write_text(TOPIC)
    (tmp_path / "course.yml").write_text(PLAN)

    def run(text):
        (tmp_path / "paths.yml").write_text(text)
        return paths.load(course.load(tmp_path))

    return run


def test_listed_steps_have_permanent_ids_addresses_and_places_to_check(load):
    (path,), anchors = load(STEPS)
    assert [(step["id"], step["url"], step["minutes"], step["topic"]) for step in path["steps"]] == [
        ("path-short.start", "part1/first/#start", 10, None),
        ("path-short.part", "part1/first/#a-part", 7, None),
    ]
    assert (path["minutes"], path["length"]) == (17, 2)
    assert [(anchor.line, anchor.target, anchor.fragment) for anchor in anchors] == [
        (6, "part1/first.md", "start"),
        (7, "part1/first.md", "a-part"),
    ]


def test_a_steps_evidence_is_what_its_place_holds(load):
    (path,), _ = load(STEPS)
    start, part = [step["evidence"] for step in path["steps"]]
    assert start == {"topic": "part1-first", "section": "start", "questions": [], "exercises": []}
    assert part["exercises"] == ["part1-first.think"]
    (path,), _ = load(
        STEPS.replace("#a-part", "#another-part")
        .replace("#start}", "#go}")
        .replace("minutes: 7", "minutes: 1")
    )
    assert [step["evidence"]["exercises"] for step in path["steps"]] == [["part1-first.think"], []]


def test_a_topics_page_knows_the_steps_that_lie_on_it(load):
    found, _ = load(STEPS + "  - {id: path-all, title: All, summary: All., all_topics: true}\n")
    mine = paths.on(found, {"id": "part1-first"})
    assert [(path["id"], path["length"], [step["number"] for step in path["steps"]]) for path in mine] == [
        ("path-short", 2, [1, 2]),
        ("path-all", 2, [1]),
    ]
    assert [path["id"] for path in paths.on(found, {"id": "part1-second"})] == ["path-all"]


def test_a_topics_sections_are_steps_under_their_own_titles(load):
    (path,), _ = load("paths:\n  - {id: path-all, title: All, summary: All., sections_of: part1-first}\n")
    assert [(step["id"], step["title"], step["minutes"]) for step in path["steps"]] == [
        ("path-all.start", "Start here", 10),
        ("path-all.go", "Go on", 20),
    ]
    assert path["minutes"] == 30


def test_the_whole_course_counts_topics_and_planned_ones_lead_nowhere(load):
    (path,), _ = load("paths:\n  - {id: path-course, title: All, summary: All., all_topics: true}\n")
    assert [(step["topic"], step["url"]) for step in path["steps"]] == [
        ("part1-first", "part1/first/"),
        ("part1-second", None),
    ]


def test_no_file_means_no_paths(tmp_path):
    (tmp_path / "course.yml").write_text(PLAN)
    assert paths.load(course.load(tmp_path)) == ([], [])


@pytest.mark.parametrize(
    "right, wrong, line, says",
    [
        (
            ", minutes: 7",
            "",
            7,
            "the step 'part' is no whole section, and does not say its minutes. Write minutes",
        ),
        ("#start}", "#start, minutes: 9}", 6, "is a whole section, which says 10. Leave minutes out"),
        ("id: part,", "id: start,", 7, "the id path-short.start is given twice"),
        (
            "first.md#a-part",
            "frist.md#a-part",
            7,
            "there is no docs/part1/frist.md. Did you mean 'part1/first.md'",
        ),
        ("id: path-short", "id: short", 2, "path- and lower case words"),
    ],
)
def test_what_cannot_be_walked_is_refused_with_its_line(load, right, wrong, line, says):
    with pytest.raises(PageError) as refused:
        load(STEPS.replace(right, wrong))
    assert f"docs/paths.yml:{line}" in str(refused.value) and says in str(refused.value)


def test_a_planned_topic_has_no_sections_to_walk(load):
    with pytest.raises(PageError, match="'part1-second', which is no written topic"):
        load("paths:\n  - {id: path-all, title: All, summary: All., sections_of: part1-second}\n")
