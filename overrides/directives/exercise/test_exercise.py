"""An exercise proves itself: its starter fails, its solution passes, each wrong answer gets the hint meant for it."""

import shutil

import pytest

from directives.exercise import folder as exercises
from hooks.base.errors import PageError
from hooks.course import course
from hooks.execution import runner
from hooks.execution.cache import ResultCache

PAGE = "part1/x.md"
FENCE = {"id": "half", "title": "Halve it", "minutes": 5, "task": "Halve.", "folder": "exercises/half"}
FILES = {
    "half_exercise.py": "def half(x):\n    raise NotImplementedError\n",
    "half_solution.py": "def half(x):\n    return x / 2\n",
    "test_half_exercise.py": """\
from half_exercise import half


def test_1_it_halves():
    assert half(8) == 4, "Half of 8 is 4, you give %s." % half(8)


def test_2_odd_numbers_too():
    assert half(3) == 1.5, "Half of 3 is 1.5: do not\\n    round."
""",
    "wrong/doubled.py": '"""Doubled\nHalf of 8 is 4, you give 16.\n"""\n\ndef half(x):\n    return 2 * x\n',
    "wrong/rounded.py": '"""Rounded\n1.5: do not round.\nOnly test 2 fails.\n"""\n\ndef half(x):\n    return x // 2\n',
    "wrong/negative.py": '"""Negative\nyou give -4\nOnly tests 1 and 2 fail.\n"""\n\ndef half(x):\n    return -x / 2\n',
}


@pytest.fixture
def docs(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / "part1" / "exercises" / "half" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One for all, so that only what a test has changed is run again."""
    folder = tmp_path_factory.mktemp("kept")
    return ResultCache(folder, folder)


def change(docs, name, old, new):
    file = docs / "part1" / "exercises" / "half" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def proved(docs, kept):
    folder = exercises.folder_of(FENCE, docs, PAGE, 12)
    ran = []
    results = runner.run(folder.tasks(), kept, ran.append)
    return exercises.prove(folder, results), len(ran)


def refused(docs, kept):
    with pytest.raises(PageError) as error:
        proved(docs, kept)
    return str(error.value)


def test_each_mistake_gets_its_message(docs, kept):
    told, _ = proved(docs, kept)
    assert list(told) == ["Doubled", "Negative", "Rounded"]
    assert told["Doubled"].startswith("AssertionError: Half of 8 is 4, you give 16.")


def test_only_what_changed_runs_again(docs, kept):
    proved(docs, kept)
    assert proved(docs, kept)[1] == 0
    change(docs, "wrong/doubled.py", "2 * x", "x + x")
    assert proved(docs, kept)[1] == 1
    change(docs, "test_half_exercise.py", "half(8) == 4", "half(8) == 4.0")
    assert proved(docs, kept)[1] == 5


FAULTS = {
    "the starter passes": (
        "half_exercise.py", "    raise NotImplementedError", "    return x // 2",
        "test_half_exercise.py:4: test_1_it_halves passes for the starter. Let it fail until",
    ),
    "the solution fails": (
        "half_solution.py", "x / 2", "x // 2",
        "half_solution.py:1: the solution fails test_2_odd_numbers_too: AssertionError: Half of 3 is 1.5: do not round.",
    ),
    "a wrong answer passes": (
        "wrong/rounded.py", "x // 2", "x / 2",
        "wrong/rounded.py:1: this wrong answer passes all 2 tests. Write a test that it fails.",
    ),
    "another hint": (
        "wrong/rounded.py", "1.5: do not round.", "keep the fraction",
        "wrong/rounded.py:2: the hint meant for it is 'keep the fraction', and test_2_odd_numbers_too, the first to fail, says:",
    ),
    "other tests fail too": (
        "wrong/negative.py", "Only tests 1 and 2 fail.", "Only test 1 fails.",
        "wrong/negative.py:3: the tests that fail are 1, 2.",
    ),
    "no mistake named": (
        "wrong/doubled.py", '"""Doubled\nHalf of 8 is 4, you give 16.\n"""', '"""Doubled"""',
        "wrong/doubled.py:1: it does not say which mistake it makes. Begin with a docstring of two lines",
    ),
    "a third line that says nothing": (
        "wrong/rounded.py", "Only test 2 fails.", "Test 2 only.",
        "wrong/rounded.py:3: 'Test 2 only.' is not understood. Write: Only tests 3 and 4 fail.",
    ),
    "two mistakes of one name": (
        "wrong/rounded.py", '"""Rounded', '"""Doubled', "wrong/rounded.py:1: doubled.py is called 'Doubled' too.",
    ),
    "wrong answer that is no Python": (
        "wrong/rounded.py", "def half(x):", "def half(x)", "wrong/rounded.py:6: SyntaxError: expected ':'.",
    ),
    "a test that cannot be imported": (
        "half_solution.py", "def half", "def halve",
        "half_solution.py:1: no test can run: E ImportError: cannot import name 'half' from 'half_exercise'",
    ),
    "tests made from parameters": (
        "test_half_exercise.py", "def test_2_odd_numbers_too():",
        "import pytest\n@pytest.mark.parametrize('n', [1, 2])\ndef test_2_odd_numbers_too(n):",
        "test_half_exercise.py:1: test_2_odd_numbers_too is not one test. Write each test as a function of its own",
    ),
    "an answer that ends the process": (
        "half_solution.py", "    return x / 2", "    import os; os._exit(3)",
        "half_solution.py:1: under the tests, the code ended with status",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_hold_stops_with_file_and_line(docs, kept, fault):
    name, old, new, said = FAULTS[fault]
    change(docs, name, old, new)
    assert refused(docs, kept).startswith(f"docs/part1/exercises/half/{said}")


MISSING = {
    "test_half_exercise.py": "docs/part1/exercises/half holds 0 files called test_....py. It needs one",
    "half_solution.py": "docs/part1/exercises/half holds 0 files called ..._solution.py.",
    "half_exercise.py": "docs/part1/exercises/half holds no half_exercise.py.",
    "wrong/doubled.py": "docs/part1/exercises/half/wrong holds 2 wrong answers. Write what people get wrong, at least 3",
}


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_file_is_named_with_the_fence(docs, kept, name):
    (docs / "part1" / "exercises" / "half" / name).unlink()
    assert refused(docs, kept).startswith(f"docs/{PAGE}:12: exercise 'half': {MISSING[name]}")


def test_a_missing_folder_is_named_with_the_fence(docs, kept):
    shutil.rmtree(docs / "part1" / "exercises")
    assert refused(docs, kept).startswith(
        f"docs/{PAGE}:12: exercise 'half': there is no folder docs/part1/exercises/half."
    )


TOPIC = """\
---
id: part1-a
title: A
part: 1
study_mode: learn
time: 25 minutes
summary: After this page you can A.
aliases: [part1-old]
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first data-mode=learn data-minutes=25 }

```yaml exercise
id: half
aliases: [part1-halving]
title: Halve it
minutes: 5
folder: exercises/half
task: Halve.
```

```yaml exercise
id: think
title: Think of it
minutes: 5
task: Think.
```
"""


@pytest.fixture
def written(docs):
    (docs / "course.yml").write_text("parts:\n  - {number: 1, title: One, topics: []}\n")
    (docs / "part1" / "x.md").write_text(TOPIC)
    return docs


def test_the_manifest_names_each_exercise_and_counts_its_tests(written):
    (topic,) = course.load(written).manifest()["topics"]
    half, think = topic["exercises"]
    assert half == {
        "id": "part1-a.half",
        "title": "Halve it",
        "total": 2,
        "url": "part1/x/#exercise-half",
        "aliases": ["part1-halving", "part1-old.half"],
    }
    assert (think["id"], think["total"]) == ("part1-a.think", 0)


def test_an_id_belongs_to_one_exercise_of_a_page(written):
    page = written / "part1" / "x.md"
    page.write_text(TOPIC.replace("id: think", "id: half"))
    with pytest.raises(PageError, match=r"^docs/part1/x.md:24: two exercises have the id 'half'"):
        course.load(written)


@pytest.mark.parametrize("used", ["part1-a.think", "part1-a.half"])
def test_an_id_of_the_past_is_not_used_again(written, used):
    page, own = written / "part1" / "x.md", used.rpartition(".")[2]
    if own == "think":
        plan = written / "course.yml"
        plan.write_text(plan.read_text() + "tombstones: [part1-a.think]\n")
    else:
        page.write_text(TOPIC.replace("id: think", "id: think\naliases: [part1-a.half]"))
    with pytest.raises(PageError) as error:
        course.load(written)
    line = page.read_text().split("\n").index(f"id: {own}") + 1
    assert str(error.value).startswith(f"docs/part1/x.md:{line}: the id {used} was used before.")


def test_a_field_that_no_exercise_has(written):
    page = written / "part1" / "x.md"
    page.write_text(TOPIC.replace("folder: exercises/half", "folders: exercises/half"))
    with pytest.raises(PageError) as error:
        course.load(written)
    assert str(error.value).startswith(
        "docs/part1/x.md:20: unknown field 'folders' in exercise. Did you mean 'folder'?"
    )


def test_titles_of_tests_are_their_names_in_words():
    assert exercises.Test("test_3_the_weights_are_scaled", 1).title == "the weights are scaled"
    assert exercises.Test("test_odd_numbers", 1).title == "odd numbers"
