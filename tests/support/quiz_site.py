"""A page with one quiz of all kinds, made by the build's own steps, and what the tests do with it."""

import re
from pathlib import Path

from playwright.sync_api import expect

from hooks.course import course
from hooks.execution import cache, runner
from hooks.lesson import renderer, snippets
from support import courses, learner_site

REPO = Path(__file__).parents[2]
TEXT = """\
---
id: tokens
title: Tokens
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can count.
rubric:
  - {level: 1, name: Say, can: I can say it.}
---

## Counting { #counting data-mode=learn data-minutes=20 }

````yaml quiz
- id: one
  kind: single
  teaches: "#counting"
  ask: What is $1 + 1$?
  options:
    - {wrong: It is one, why: That is one of the two.}
    - {right: It is `two`, why: Count them.}
    - {wrong: It is three, why: "That is one more than $x_2$."}
    - {wrong: It is four, why: That is twice as many.}
- id: some
  kind: multiple
  teaches: "#counting"
  ask: Which numbers are odd?
  options:
    - {right: It is one, why: One is odd.}
    - {wrong: It is two, why: Two is even.}
    - {right: It is three, why: Three is odd.}
    - {wrong: It is four, why: Four is even.}
- id: share
  kind: numeric
  teaches: "#counting"
  ask: What is a third of 2 metres?
  code: |
    third = 2 / 3
  key: third
  tolerance: 0.01
  unit: m
  why: Two divided by three.
  mistakes:
    - {given: third / 2, why: That is a third of one metre.}
- id: print
  kind: predict
  teaches: "#counting"
  code: |
    print([n * n for n in range(3)])
  why: From 0 to 2.
  mistakes:
    - {given: "[1, 4, 9]", why: Counting starts at 0.}
- id: lines
  kind: predict
  teaches: "#counting"
  ask: What do both lines say?
  code: |
    print("a")
    print(1, 2)
  why: Each print ends its line.
````
"""
IDS = [f"tokens.{own}" for own in ("one", "some", "share", "print", "lines")]


def build(folder: Path) -> None:
    """A site with the page at quiz/; its sources are beside it, in docs/."""
    docs = folder / "docs"
    docs.mkdir()
    (docs / "course.yml").write_text("parts: [{number: 1, title: One, topics: []}]")
    (docs / "tokens.md").write_text(TEXT, encoding="utf-8")
    loaded = course.load(docs)
    (source,) = loaded.sources.values()
    plan = snippets.plan(source, REPO)
    results = runner.run(plan.tasks(), cache.users(REPO), lambda line: None)
    made = renderer.Renderer(plan, results, loaded, {}).render()
    (content,) = [slot for slot in made.slots.values() if "data-quiz" in slot]
    site = folder / "site"
    learner_site.build(site, courses.small())
    page = f'<h1>Quiz</h1><div data-topic-id="tokens"><h2 id="counting">Counting</h2>{content}</div>'
    learner_site.write(site, "quiz/", "Quiz", page, {**loaded.manifest(), "paths": []})


def open_quiz(page, site):
    page.goto(f"{site}quiz/")
    expect(page.locator("[data-check]:enabled")).to_have_count(5)
    return page.locator("[data-quiz]")


def question(page, own):
    return page.locator(f"form[data-question='tokens.{own}']")


def order(form) -> list[str]:
    return form.locator("[data-options] input").evaluate_all("inputs => inputs.map(i => i.value)")


def choose(form, *words):
    for text in words:
        form.get_by_label(re.compile(text)).check()
    form.get_by_role("button").click()


def log(storage, own) -> list[dict]:
    return storage.until(lambda record: record["answers"][f"tokens.{own}"])["answers"][f"tokens.{own}"]["log"]
