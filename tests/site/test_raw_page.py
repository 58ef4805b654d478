"""A page written as raw HTML, put unchanged in the place of our own: builds under the same rules, and works.

With SOURCE_PAGE=path in the environment, that page is tested beside our twin of it.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.built_site import PAGES, REPO, build
from support.server import serve

ID = "part1-transformer-architecture"
OWN = REPO / "tests" / "fixtures" / "raw_topic_page.md"
SOURCES = [OWN, *([Path(os.environ["SOURCE_PAGE"])] if "SOURCE_PAGE" in os.environ else [])]
AXE = (REPO / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=SOURCES, ids=lambda path: path.stem)
def raw_site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    docs = Path(shutil.copytree(REPO / "docs", folder / "docs"))
    shutil.copyfile(request.param, docs / "part1" / "transformer-architecture.md")
    built = build(docs, folder / "site")
    assert built.returncode == 0, built.stderr
    with serve(folder / "site") as address:
        yield folder / "site", address


@pytest.fixture
def html(raw_site):
    return (raw_site[0] / PAGES["topic"] / "index.html").read_text(encoding="utf-8")


def test_what_front_matter_would_say_is_read_from_the_page(raw_site):
    import json

    manifest = json.loads((raw_site[0] / "assets" / "course.json").read_text(encoding="utf-8"))
    topic = next(topic for topic in manifest["topics"] if topic["id"] == ID)
    assert topic["title"] == "Transformer Architecture"
    assert topic["study_mode"] == "learn"
    assert topic["time"] == "6-8 hours"
    assert topic["next"] == ["part1-attention-mechanisms", "part1-bert-vs-gpt"]
    assert len(topic["assumes"]) == 2
    assert [level["level"] for level in topic["rubric"]] == [1, 2, 3, 4]
    assert topic["rubric"][0]["name"] == "Beginner"


def test_markdown_inside_the_wrapper_is_rendered(html):
    assert f'data-topic-id="{ID}"' in html
    assert re.search(r"<h2[^>]*>Knowledge Rubric", html)
    assert "<strong>First</strong>" in html or "<strong>Foundation of all modern LLMs</strong>" in html
    assert "**" not in re.sub(r"<pre.*?</pre>|<code.*?</code>|<script.*?</script>", "", html, flags=re.DOTALL)


def test_links_lead_to_built_pages_and_planned_topics_to_the_map(html):
    assert 'href="../../reference/topic-map/#part1-attention-mechanisms" class="btn btn-primary"' in html
    assert 'href="../../dashboard/" class="btn' in html
    assert 'href="../../reference/topic-map/" class="btn' in html


def test_the_page_lives(watched, raw_site):
    """Tags show, boxes and notes persist, the dashboard knows, nothing is blocked, axe is content."""
    page, faults = watched
    address = raw_site[1]
    page.goto(address + PAGES["topic"])
    assert page.locator(".study-mode-tag.study-mode-learn").is_visible()
    assert page.locator(".provider-icon").count() == 3
    box = page.locator(f"textarea[data-notes-for='{ID}']")
    box.click()
    page.keyboard.type("kept across a reload")
    page.get_by_role("checkbox", name=re.compile("Level 3")).focus()
    page.keyboard.press("Space")
    page.reload()
    assert box.input_value() == "kept across a reload"
    assert page.get_by_role("checkbox", name=re.compile("Level 3")).is_checked()
    assert not page.get_by_role("checkbox", name=re.compile("Level 4")).is_checked()
    page.evaluate(AXE)
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
    assert (
        page.evaluate(
            f"axe.run(document, {rules}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        )
        == []
    )
    page.goto(address + PAGES["dashboard"])
    expect(page.locator("[data-dashboard]")).to_contain_text("kept across a reload")
    assert faults == []
