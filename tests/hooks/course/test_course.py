"""Topics, planned and written, and how they hang together."""

import re

import pytest

from hooks.base.errors import PageError
from hooks.course import course

PLAN = """\
parts:
  - number: 1
    title: One
    topics:
      - {id: part1-a, title: A, study_mode: learn}
      - {id: part1-b, title: B, study_mode: build, prerequisites: [part1-a]}
tombstones: [part1-gone]
"""
PAGE = """\
---
id: part1-a
title: A, written
part: 1
study_mode: learn
time: 25 minutes
summary: After this page you can A.
next: [part1-b]
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first data-mode=learn data-minutes=15 }

## Second { #second data-mode=build data-minutes=10 }
"""


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "part1").mkdir()
    (tmp_path / "course.yml").write_text(PLAN)
    (tmp_path / "part1" / "a.md").write_text(PAGE)
    return tmp_path


def refused(docs) -> str:
    with pytest.raises(PageError) as error:
        course.load(docs)
    return str(error.value)


def change(docs, old, new, file="part1/a.md"):
    path = docs / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_page_takes_the_place_of_the_planned_topic(docs):
    topics = course.load(docs).manifest()["topics"]
    assert [(t["id"], t["title"], t["planned"]) for t in topics] == [
        ("part1-a", "A, written", False),
        ("part1-b", "B", True),
    ]
    assert topics[0]["modes"] == {"learn": 15, "build": 10}
    assert topics[0]["minutes"] == 25
    assert topics[0]["opens"] == ["part1-b"]
    assert [t["url"] for t in topics] == ["part1/a/", None]


def test_a_new_page_joins_its_part_without_touching_the_plan(docs):
    page = PAGE.replace("part1-a", "part1-new").replace("A, written", "New")
    (docs / "part1" / "new.md").write_text(page)
    assert list(course.load(docs).topics) == ["part1-a", "part1-b", "part1-new"]


def test_a_missing_prerequisite_stops_with_its_line_and_the_nearest_id(docs):
    change(docs, "next: [part1-b]", "prerequisites: [part1-bb]\nnext: [part1-b]")
    assert refused(docs).startswith(
        "docs/part1/a.md:8: prerequisites names the topic 'part1-bb', which does not exist. Did you mean 'part1-b'?"
    )


def test_a_circle_is_shown_whole(docs):
    change(docs, "next: [part1-b]", "prerequisites: [part1-b]")
    assert "prerequisites go in a circle: part1-a needs part1-b needs part1-a." in refused(docs)


def test_a_circle_of_pages_is_shown_where_one_of_them_closes_it(docs):
    change(docs, "next: [part1-b]", "next: [part1-b]\nprerequisites: [part1-new]")
    page = PAGE.replace("part1-a", "part1-new").replace("next: [part1-b]", "prerequisites: [part1-a]")
    (docs / "part1" / "new.md").write_text(page)
    assert re.match(
        r"docs/part1/(a.md:9|new.md:8): prerequisites go in a circle: .* Drop one.", refused(docs)
    )


def test_an_id_belongs_to_one_page(docs):
    (docs / "part1" / "twin.md").write_text(PAGE)
    assert "the id part1-a belongs to docs/part1/a.md too." in refused(docs)


def test_an_old_id_leads_to_one_topic(docs):
    change(docs, "study_mode: learn\n", "study_mode: learn\naliases: [part1-old]\n")
    page = (docs / "part1" / "a.md").read_text().replace("part1-a", "part1-new")
    (docs / "part1" / "new.md").write_text(page)
    assert refused(docs).startswith(
        "docs/part1/new.md:6: the alias part1-old belongs to docs/part1/a.md too."
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: part1-b", "id: part1-a", "docs/course.yml:6: the topic part1-a is planned twice."),
        (
            "tombstones:",
            "  - {number: 1, title: Two, topics: []}\ntombstones:",
            "docs/course.yml:7: part 1 is given twice.",
        ),
        (
            "    title: One\n",
            "    title: One\n    title: Two\n",
            "docs/course.yml:4: course: 'title' is given twice, first on line 3.",
        ),
    ],
)
def test_a_plan_says_each_thing_once(docs, old, new, said):
    change(docs, old, new, "course.yml")
    assert refused(docs).startswith(said)


@pytest.mark.parametrize(("path", "url"), [("part1/README.md", "part1/"), ("part1/index.md", "part1/")])
def test_a_topic_may_be_the_first_page_of_its_folder(docs, path, url):
    (docs / "part1/a.md").rename(docs / path)
    assert course.load(docs).topics["part1-a"]["url"] == url


@pytest.mark.parametrize("path", ["index.md", "README.md"])
def test_the_first_page_of_the_site_is_no_topic(docs, path):
    (docs / "part1/a.md").rename(docs / path)
    assert refused(docs).startswith(f"docs/{path}:1: the site's first page is no topic. Move the topic")


def test_what_an_editor_keeps_is_not_read(docs):
    (docs / ".obsidian").mkdir()
    (docs / ".obsidian" / "a.md").write_text(PAGE)
    assert list(course.load(docs).sources) == ["part1/a.md"]


def test_a_file_that_is_not_in_unicode_is_refused_with_its_line(docs):
    (docs / "part1" / "a.md").write_bytes(PAGE.encode() + "\nKöln".encode("latin-1"))
    assert refused(docs).startswith("docs/part1/a.md:17: byte ") and "Save the file as UTF-8." in refused(
        docs
    )


@pytest.mark.parametrize("used", ["part1-gone", "part1-old"])
def test_an_id_of_the_past_is_not_used_again(docs, used):
    change(docs, "study_mode: learn\n", "study_mode: learn\naliases: [part1-old]\n")
    page = PAGE.replace("part1-a", used).replace("next: [part1-b]\n", "")
    (docs / "part1" / "new.md").write_text(page)
    assert f"the id {used} was used before." in refused(docs)


def test_the_time_promised_is_the_sum_of_the_sections(docs):
    change(docs, "data-minutes=10", "data-minutes=50")
    assert refused(docs) == (
        "docs/part1/a.md:6: time says 25 minutes, the sections add up to 65 minutes. "
        "Write time: 1 hour 5 minutes, or change data-minutes."
    )
    change(docs, "time: 25 minutes", "time: 1 hour 5 minutes")
    (topic,) = [topic for topic in course.load(docs).topics.values() if topic["id"] == "part1-a"]
    assert topic["minutes"] == sum(section["minutes"] for section in topic["sections"]) == 65
    change(docs, "time: 1 hour 5 minutes", "time: 1-2 hours")
    assert "the sum of the sections' minutes" in refused(docs)


def test_a_section_without_minutes_is_told_the_form(docs):
    change(docs, " data-minutes=10", "")
    message = refused(docs)
    assert message.startswith("docs/part1/a.md:15: this section lacks its id, mode or minutes.")
    assert "## Second { #id data-mode=" in message


def test_a_part_that_the_course_does_not_have(docs):
    change(docs, "part: 1\n", "part: 7\n")
    assert refused(docs).startswith("docs/part1/a.md:4: part is 7. docs/course.yml has parts [1].")


def test_a_topic_needs_at_least_one_section_with_its_mode(docs):
    """Without one it would come out bare: no head, no rubric, no notes."""
    text = (docs / "part1" / "a.md").read_text()
    (docs / "part1" / "a.md").write_text(text[: text.index("## First")] + "## First\n")
    message = refused(docs)
    assert message.startswith("docs/part1/a.md:12: no section says how it is studied, and how long.")
    assert "data-mode=learn|practice|build|review data-minutes=20" in message
