"""Paths to walk, the portfolio to print, and a lab's observations as one file: in a real browser."""

import json

import pytest
from playwright.sync_api import expect
from support import courses, learner_site
from support.server import serve
from support.windows import MATERIAL, windows

from hooks.base import templates

STEP = {"minutes": 20, "topic": None}
PLACE = {"topic": "tokens", "questions": [], "exercises": []}
PATHS = [
    {
        "id": "path-short", "title": "The short way", "summary": "For a first look.", "minutes": 27, "length": 2,
        "steps": [
            {"id": "path-short.one", "number": 1, "title": "One", "url": "topics/tokens/#first", **STEP, "evidence": {**PLACE, "section": "first"}},
            {"id": "path-short.two", "number": 2, "title": "Two", "url": "topics/tokens/#second", **STEP, "minutes": 7, "evidence": {**PLACE, "section": "second"}},
        ],
    },
    {
        "id": "path-course", "title": "The full course", "summary": "Everything.", "minutes": 45, "length": 2,
        "steps": [
            {"id": "tokens", "number": 1, "title": "Tokens", "url": "topics/tokens/", "minutes": 45, "topic": "tokens", "evidence": None},
            {"id": "vectors", "number": 2, "title": "Later", "url": None, "minutes": 0, "topic": "vectors", "evidence": None},
        ],
    },
]  # fmt: skip
FIGURE = '<figure class="figure"><svg viewBox="0 0 9 9"><rect width="9" height="9"></rect></svg><button>x</button></figure>'


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Address of a small course with its paths, its portfolio and a lab."""
    folder, manifest = tmp_path_factory.mktemp("places"), {**courses.small(), "paths": PATHS}
    learner_site.build(folder, manifest)
    pages = {
        "paths/": ("Paths", "<h1>Paths</h1>" + templates.fill("paths", "../", paths=PATHS)),
        "portfolio/": (
            "Portfolio",
            "<h1>Portfolio</h1>" + templates.fill("portfolio", "../", manifest=manifest),
        ),
        "lab/": (
            "Lab",
            f"<h1>A lab</h1>{FIGURE}{FIGURE}" + templates.fill("observations", "../", id="lab-heads"),
        ),
    }
    for path, (title, content) in pages.items():
        learner_site.write(folder, path, title, content, manifest=manifest, wide=True)
    with serve(folder) as address:
        yield address


@pytest.fixture
def kept(page, places, storage):
    """The storage, with the page on the site of this file."""
    page.goto(f"{places}axe.min.js")
    return storage


def test_a_path_is_walked_by_keyboard_and_remembered(page, places, kept):
    page.goto(f"{places}paths/")
    short = page.locator('[data-path="path-short"]')
    expect(short.locator("[data-path-progress]")).to_have_text("0 of 2 steps done.")
    box = short.get_by_role("checkbox", name="Done: One")
    box.focus()
    page.keyboard.press("Space")
    expect(short.locator("[data-path-progress]")).to_have_text("1 of 2 steps done, 20 min of 27 min.")
    expect(short.get_by_role("link", name="Go on")).to_have_attribute("href", "../topics/tokens/#second")
    expect(short.get_by_role("button", name="You follow this path: stop")).to_be_visible()
    kept.until(lambda record: record["steps"]["path-short.one"]["value"] is True)
    page.reload()
    expect(short.get_by_role("checkbox", name="Done: One")).to_be_checked()
    short.get_by_role("checkbox", name="Done: Two").press("Space")
    expect(short.locator("[data-path-progress]")).to_have_text("Walked to its end: 2 of 2 steps.")
    short.get_by_role("checkbox", name="Done: Two").press("Space")
    kept.until(lambda record: record["steps"]["path-short.two"]["value"] is False)


def test_steps_tick_themselves_planned_ones_count_and_the_topic_shows_its_place(page, places, kept):
    """One section of the topic is read; the topic is marked as finished; another is planned."""
    day = "2026-11-21T14:00:00.000Z"
    mark = {"value": True, "updated": day}
    kept.put(json.dumps({
        "version": 3, "finished": {"tokens": mark}, "steps": {"path-short": mark},
        "read": {"tokens": {"first": {"seconds": 300, "end": True, "last": day}}},
    }))  # fmt: skip
    page.goto(f"{places}paths/")
    short, course = page.locator('[data-path="path-short"]'), page.locator('[data-path="path-course"]')
    expect(short.get_by_role("checkbox", name="Done: One")).to_be_checked()
    expect(course.locator("[data-path-progress]")).to_have_text(
        "1 of 2 steps done: all that is written. 1 step is planned, not written yet."
    )
    expect(course.locator('[data-path-step="tokens"]')).to_contain_text("Tokens, done")
    expect(course).to_contain_text("2 steps, 1 of them planned: their time is not known yet")
    short.get_by_role("checkbox", name="Done: One").press(
        "Space"
    )  # taken off: evidence does not tick it again
    expect(short.locator("[data-path-progress]")).to_have_text("0 of 2 steps done.")
    page.goto(f"{places}topics/tokens/")
    expect(page.locator("[data-path-place]")).to_have_text("Step 1 of 2 on The short way")
    page.get_by_role("link", name="The short way").click()
    expect(page).to_have_url(f"{places}paths/#path-short")
    short.get_by_role("button", name="You follow this path: stop").click()
    page.goto(f"{places}topics/tokens/")
    expect(page.locator("[data-path-place]")).to_be_empty()


def test_the_portfolio_shows_what_was_said_shown_and_written_as_text(page, places, kept):
    kept.put(
        '{"version":2,"notes":{"tokens":{"content":"<b>mine</b>","updated":"2026-11-21T14:00:00.000Z"}},'
        '"rubric":{"tokens":{"1":{"value":true,"updated":"2026-11-21T14:00:00.000Z"}}}}'
    )
    page.goto(f"{places}portfolio/")
    page.get_by_label("Your name").fill("Ada <i>Example</i>")
    for told in ("Ada <i>Example</i>, ", "<b>mine</b>", "Says: level 1"):
        expect(page.locator("[data-portfolio]")).to_contain_text(told)
    page.emulate_media(media="print")
    assert not page.locator("[data-portfolio-controls]").is_visible()
    assert "Ada" not in kept.text  # the name is for the paper alone


def test_an_empty_portfolio_says_what_will_come_together_here(page, places, kept):
    page.goto(f"{places}portfolio/")
    expect(page.locator("[data-portfolio]")).to_contain_text("Nothing is here yet.")


def test_observations_and_figures_of_a_lab_are_one_file(page, places, kept, tmp_path):
    page.goto(f"{places}lab/")
    page.get_by_label("What you found").focus()
    page.keyboard.type("head 11 <script>alert(1)</script>")
    kept.until(lambda record: record["notes"]["lab-heads"]["content"].startswith("head 11"))
    with page.expect_download() as download:
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Save observations and figures")).to_be_focused()
        page.keyboard.press("Enter")
    file = tmp_path / "lab.html"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".html")
    assert "head 11 &lt;script&gt;" in text and "<script" not in text and "<button" not in text
    assert text.count("<figure") == 2 and "The 2 figures" in text and ".figure" in text
    assert not any(asks in text for asks in ("src=", "href=", "url(", "@import"))  # it needs no other file


@pytest.mark.parametrize("path", ["paths/", "portfolio/", "lab/"])
@windows
def test_nothing_for_axe_to_find_and_nothing_too_wide(page, places, kept, path, scheme, width):
    kept.put('{"version":2,"notes":{"tokens":{"content":"%s"}}}' % ("w" * 300))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{places}{path}")
    page.wait_for_load_state("networkidle")
    page.evaluate("s => document.body.dataset.mdColorScheme = s", MATERIAL[scheme])
    page.add_script_tag(url=f"{places}axe.min.js")
    found = page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
