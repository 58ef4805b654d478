"""A learner comes back: home says where they were, sections are read, and nothing moves while it is drawn."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from support.refusing import REFUSED
from support.windows import MATERIAL, windows


def ago(days: float) -> str:
    time = datetime.now(UTC) - timedelta(days=days)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record() -> dict:
    """Where everything on home and the dashboard has something to tell."""
    mark = {"value": True, "updated": ago(1)}
    wrong = {"log": [{"at": ago(9), "right": False, "given": []}]}
    return {
        "version": 3,
        "notes": {"tokens": {"content": "so it is a temperature", "updated": ago(2), "history": []}},
        "rubric": {"tokens": {"1": mark, "2": mark}},
        "visits": {"tokens": {"first": ago(9), "last": ago(1)}},
        "finished": {},
        "steps": {"path-short.one": mark},
        "answers": {"tokens.q1": wrong, "tokens.q2": wrong},
        "exercises": {"tokens.task": {"log": [{"at": ago(2), "passed": 5, "total": 7, "source": "file"}]}},
        "done": {"tokens.task": mark},
        "reviews": {},
        "time": {"tokens": {f"{ago(n)[:10]} one": 700 * n for n in range(9)}},
        "read": {
            "tokens": {
                "first": {"seconds": 400, "end": True, "last": ago(3)},
                "second": {"seconds": 60, "end": False, "last": ago(1)},
            }
        },
    }


def as_written(value: dict) -> str:
    """As the site writes it: the page looks for some of it before its modules are there."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    window.shifts.push({ value, moved: sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.textContent) });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_pages_are_drawn(page, site, storage, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    page.route(
        "**/*.woff2", lambda route: route.fulfill(body=b"")
    )  # a font that comes late is another matter
    for stored in (None, as_written(record())):
        for path, drawn in (("", "#beside"), ("dashboard/", ".dashboard.is-drawn"), ("topics/tokens/", "h1")):
            if stored:
                storage.put(stored)
            page.goto(site + path)
            expect(page.locator(drawn)).to_be_visible()
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(100)
            shifts = page.evaluate("window.shifts")
            assert sum(shift["value"] for shift in shifts) <= 0.02, (path, stored is not None, shifts)
    assert page.evaluate(
        "PerformanceObserver.supportedEntryTypes.includes('layout-shift')"
    )  # else nothing was measured


def test_home_leads_back_to_the_section(page, site, storage):
    storage.put(as_written(record()))
    page.goto(site)
    home = page.locator("[data-home]")
    expect(home.get_by_role("heading", level=1)).to_have_text("Tokens, second")
    expect(home).to_contain_text("Where you were, yesterday")
    expect(home).to_contain_text("Section 2 of 2 in Tokens.")
    expect(home.locator("[data-home-due]")).to_contain_text("2 questions, the oldest from Tokens")
    expect(home.locator("[data-home-path]")).to_contain_text("You follow no path yet.")
    expect(home.locator("[data-home-note]")).to_contain_text("“so it is a temperature”")
    expect(home.locator(".home-bar i")).to_have_count(2)
    assert [bar.get_attribute("class") for bar in home.locator(".home-bar i").all()] == ["is-read", "is-here"]
    expect(page.get_by_role("heading", name="Learn it")).to_be_hidden()
    home.get_by_role("button", name="What this site is").click()
    expect(page.get_by_role("heading", name="Learn it")).to_be_focused()
    page.reload()
    home.get_by_role("link", name="Go on, 25 min").click()
    expect(page).to_have_url(f"{site}topics/tokens/#second")


def test_home_is_a_newcomers_where_nothing_is_stored_or_can_be(page, site, storage):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn it")
    assert not [url for url in asked if "course.json" in url]
    page.goto(f"{site}axe.min.js")
    storage.put(as_written({**record(), "visits": {"gone": record()["visits"]["tokens"]}, "read": {}}))
    page.goto(site)  # of a topic that is no longer in the course
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn it")
    page.add_init_script(REFUSED)
    page.goto(site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn it")


def test_a_section_is_read_when_it_was_in_view_to_its_end(page, site, storage):
    page.clock.install(time=datetime(2026, 11, 21, 14))
    page.goto(f"{site}topics/tokens/", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('.filler').forEach(one => { one.style.height = '2000px'; })")

    def stay(seconds: int) -> None:
        for _ in range(0, seconds, 60):
            page.mouse.move(50, 50)
            page.mouse.move(60, 60)
            page.clock.run_for(60_000)

    page.locator("#first").evaluate("heading => heading.scrollIntoView()")
    stay(360)
    first = lambda record: record["read"]["tokens"]["first"]  # noqa: E731
    seen = first(storage.until(lambda record: first(record)["seconds"] >= 300))
    assert seen["end"] is False
    page.locator("#second").evaluate(
        "heading => scrollBy(0, heading.getBoundingClientRect().top - innerHeight * 0.7)"
    )
    stay(60)
    storage.until(lambda record: first(record)["end"] is True)
    assert "second" not in storage.record["read"]["tokens"]
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-overall-text]")).to_contain_text("1 of 6 sections read")


def test_the_filter_by_mode_counts_sections(page, site, storage):
    page.goto(f"{site}reference/topic-map/")
    page.get_by_role("button", name="List", exact=True).click()
    page.get_by_role("button", name="Build", exact=True).click()
    expect(page.locator("[data-map-status]")).to_have_text(
        "4 topics to build; 3 sections of them written, 1 h 10 min."
    )
    expect(page.locator("[data-map-entry]:visible")).to_have_count(4)
    page.get_by_role("button", name="All", exact=True).click()
    expect(page.locator("[data-map-status]")).to_have_text("All 5 topics.")


@windows
def test_axe_finds_nothing_on_a_returning_learners_home(page, site, storage, scheme, width):
    storage.put(as_written(record()))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site)
    expect(page.locator("[data-home-due]")).to_contain_text("2 questions")
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", MATERIAL[scheme])
    page.add_script_tag(url=f"{site}axe.min.js")
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
