"""A course with a quiz of every kind, and what the build does with it up to the checks."""

from pathlib import Path

import pytest

from hooks.base.errors import PageError
from hooks.course import course
from hooks.lesson import snippets

REPO = Path(__file__).parents[2]
FRONT = """\
---
id: part1-a
title: A, written
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can A.
aliases: [part1-old]
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first data-mode=learn data-minutes=20 }

### 2. Sums: "sum" it up

```python run id=sums
numbers = [1, 2, 3]
print(sum(numbers))
```

"""
QUIZ = """\
````yaml quiz
- id: one
  kind: single
  teaches: "#first"
  ask: What is $1 + 1$?
  options:
    - wrong: The number one
      why: That is one of them.
    - right: The number two
      why: Count `len("ab")`.
    - wrong: The number three
      why: That is one more. See [sums](#2-sums-sum-it-up).
- id: some
  kind: multiple
  teaches: "#2-sums-sum-it-up"
  ask: Which are odd?
  options:
    - right: One
      why: It is.
    - wrong: Two
      why: It is even.
    - right: "Three, of {=sums: len(numbers) =}"
      why: It is.
    - wrong: None that is here
      why: Two are.
  aliases: [part1-a.several]
- id: sum
  kind: numeric
  teaches: "#first"
  of: sums
  ask: What is the mean?
  key: sum(numbers) / len(numbers)
  tolerance: 0.01
  unit: cm
  why: Their sum is {= sum(numbers) =}.
  mistakes:
    - given: sum(numbers)
      why: That is the sum.
    - given: 7
      why: That is a guess.
- id: print
  kind: predict
  teaches: "#first"
  code: |
    total = 0
    for n in range(3):
        total += n
    print([total, "<b>"])
  why: It adds up to {= total =}.
  mistakes:
    - {given: "[6, '<b>']", why: "Counting from 0, the last is {= n =}."}
````
"""
PAGE = FRONT + QUIZ
FIRST = FRONT.count("\n") + 1  # the line of the quiz's fence


def docs_in(tmp_path: Path) -> Path:
    """A course with one planned topic, and a question that is gone."""
    (tmp_path / "part1").mkdir()
    plan = "parts: [{number: 1, title: One, topics: [{id: part1-b, title: B, study_mode: learn}]}]\ntombstones: [part1-a.gone]\n"
    (tmp_path / "course.yml").write_text(plan)
    return tmp_path


def read(docs, text: str) -> tuple[course.Course, list[snippets.Plan]]:
    """As the build does it: the course, its plans, the check of all questions."""
    (docs / "part1" / "a.md").write_text(text)
    loaded = course.load(docs)
    plans = [snippets.plan(source, REPO) for source in loaded.sources.values()]
    loaded.check_blocks()
    return loaded, plans


def refused(docs, text: str) -> str:
    with pytest.raises(PageError) as error:
        read(docs, text)
    return str(error.value)
