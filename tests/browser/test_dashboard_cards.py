"""The dashboard's cards: what was said and shown, reviews, notes, time, and what was done lately; and a large course."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect


def ago(days: float) -> str:
    time = datetime.now(UTC) - timedelta(days=days)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answers(*tries: tuple[float, bool]) -> dict:
    return {"log": [{"at": ago(days), "right": right, "given": []} for days, right in tries]}


def test_what_is_said_and_what_was_shown_stand_side_by_side(page, site, storage):
    mark = {"value": True, "updated": ago(3)}
    record = {
        "version": 2,
        "rubric": {"tokens": {"1": mark, "2": mark}, "attention": {"1": mark}},
        "answers": {
            "tokens.q1": answers((3, False), (2, True)),
            "tokens.q2": answers((2, False)),
            "gone.q": answers((1, True)),
        },
        "exercises": {
            "tokens.task": {
                "log": [{"at": ago(2), "passed": 6, "total": 7}, {"at": ago(1), "passed": 7, "total": 7}]
            }
        },
    }
    storage.put(json.dumps(record))
    page.goto(f"{site}dashboard/")
    rows = page.locator("[data-levels] li")
    expect(rows).to_have_count(2)
    tokens = rows.filter(has_text="Tokens")
    expect(tokens).to_contain_text("You say: level 2, Explain")
    expect(tokens.locator(".shown")).to_have_text(
        ["Shown: 1 of 4 questions right", "Shown: 6 of 7 tests passed, Tokens by hand"]
    )
    expect(tokens).to_contain_text("You say: done, Tokens by hand")  # version 2 does not say that it was run
    expect(rows.filter(has_text="Scaled").locator(".shown")).to_have_text("Shown: nothing yet")
    expect(page.locator("[data-topic-square=tokens] .level-square")).to_have_text("2")


def test_reviews_due_are_counted_and_marked(page, site, storage):
    storage.put(
        json.dumps(
            {
                "version": 2,
                "answers": {
                    "tokens.q1": answers((9, False)),
                    "tokens.q2": answers((9, False)),
                    "tokens.q3": answers((0, True)),
                },
            }
        )
    )
    page.goto(f"{site}dashboard/")
    due = page.locator("[data-due]")
    expect(due.get_by_role("link", name="Review 2 questions")).to_have_attribute("href", f"{site}review/")
    expect(due.locator(".due-text")).to_have_text("Tokens 2")
    expect(due.get_by_role("img")).to_have_accessible_name(re.compile("^Due in the next 14 days: today 2"))
    expect(page.get_by_role("link", name="Tokens level 0, 42% done, next, 2 to review")).to_have_class(
        "topic-square is-next is-due"
    )
    storage.put(json.dumps({"version": 2, "answers": {"tokens.q3": answers((0, True))}}))
    page.reload()
    expect(due).to_contain_text("No reviews due. Next: ")
    expect(page.locator(".is-due")).to_have_count(0)


USED = {
    "version": 2,
    "notes": {
        "tokens": {"content": "a note", "updated": ago(1)},
        "heads": {"content": "שלום", "updated": ago(2)},
    },
    "rubric": {"tokens": {"1": {"value": True, "updated": ago(3)}}},
    "finished": {"tokens": {"value": True, "updated": ago(3)}},
    "visits": {"heads": {"first": ago(9), "last": ago(9)}},
    "answers": {"tokens.q1": answers((9, False)), "tokens.q2": answers((0, True))},
    "exercises": {"tokens.task": {"log": [{"at": ago(2), "passed": 5, "total": 7}]}},
    "time": {"tokens": {f"{ago(n)[:10]} one": 700 * n for n in range(9)}},
}


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_a_full_dashboard(page, site, storage, width):
    storage.put(json.dumps(USED))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site}dashboard/")
    page.get_by_text("The same days as a list").click()
    page.get_by_role("searchbox").fill("n")
    expect(page.locator("[data-due] .due-text")).to_have_text("Tokens 1")
    page.add_script_tag(url=f"{site}axe.min.js")
    for scheme in ("default", "slate"):
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", scheme)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        assert not [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_dashboards_cards_by_keyboard(page, site, storage):
    storage.put(json.dumps(USED))
    page.goto(f"{site}dashboard/")
    expect(page.get_by_role("link", name="Review 1 question")).to_be_visible()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
        )
    wanted = [
        "Learning paths",
        "Review 1 question",
        "notes-search",
        "The same days as a list",
        "Export to a file",
    ]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places), reached
    page.get_by_role("searchbox").focus()
    page.keyboard.type("NOTE")
    expect(page.locator("[data-notes-list] mark")).to_have_text("note")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}topics/tokens/#notes")


def test_the_scheduler_is_fetched_for_those_who_answered(page, site, storage):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-nothing]")).to_be_visible()
    expect(page.locator("[data-due]")).to_be_hidden()
    assert not [url for url in asked if "schedule" in url or "fsrs" in url]


def test_notes_are_searched_as_the_learner_types(page, site, storage):
    note = {"content": "Scále: 64 terms <b>each</b>", "updated": ago(1)}
    other = {"content": "on the scores", "updated": ago(2)}
    storage.put(json.dumps({"version": 2, "notes": {"tokens": note, "heads": other}}))
    page.goto(f"{site}dashboard/")
    field = page.get_by_role("searchbox", name="Search your notes")
    field.press_sequentially("SCALE")
    expect(page.locator("[data-notes-count]")).to_have_text("1 note with “SCALE”")
    expect(page.locator("[data-notes-list] mark")).to_have_text("Scále")
    expect(page.locator("[data-notes-list] .excerpt")).to_have_text("Scále: 64 terms <b>each</b>")
    expect(field).to_be_focused()
    field.fill("sc")
    expect(page.locator("[data-notes-list] .excerpt mark")).to_have_text(["Sc", "sc"])
    field.fill("multi")
    expect(page.locator("[data-notes-list] a mark")).to_have_text("Multi")
    field.fill("nowhere")
    expect(page.locator("[data-notes-count]")).to_have_text("No notes with “nowhere”")
    field.fill("")
    expect(page.locator("[data-notes-count]")).to_have_text("")
    expect(page.locator("[data-notes-list] li")).to_have_count(2)


def test_reading_time_is_counted_while_the_learner_reads(page, site, storage):
    page.clock.install(time=datetime(2026, 11, 21, 14))
    page.goto(
        f"{site}topics/tokens/", wait_until="networkidle"
    )  # the module that counts comes after the page
    page.clock.run_for(60_000)
    assert "tokens" not in storage.record["time"], "nobody moved"
    page.mouse.move(50, 50)
    page.mouse.move(60, 60)
    page.clock.run_for(30_000)
    stored = lambda record: list(record["time"]["tokens"].values())[0]  # noqa: E731
    storage.until(lambda record: 25 <= stored(record) <= 30)  # the clock also runs by itself
    page.clock.run_for(600_000)
    record = storage.until(lambda record: 115 <= stored(record) <= 121)
    before = stored(record)
    assert list(record["time"]["tokens"])[0].startswith("2026-11-21 ")
    page.keyboard.press("Shift")
    page.clock.run_for(7_000)
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-time-topics] li")).to_have_text("Tokens2 min")
    assert 5 <= stored(storage.record) - before <= 12
    expect(page.locator("[data-time-summary]")).to_have_text("You have read for 2 min.")
    expect(
        page.get_by_role("img", name="The last 12 weeks: something done on 1 day, 2 min of reading")
    ).to_be_visible()
    expect(page.locator("[data-weeks] > *")).to_have_count(84)
    page.get_by_text("The same days as a list").click()
    expect(page.locator("[data-days] li")).to_have_text(re.compile("^Sat,? 21 Nov: 2 min$"))


def test_days_in_a_row_are_a_plain_fact(page, site, storage):
    days = {datetime.now().date() - timedelta(days=back): 60 for back in range(4)}
    storage.put(
        json.dumps(
            {"version": 2, "time": {"tokens": {f"{day} one": seconds for day, seconds in days.items()}}}
        )
    )
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-time-summary]")).to_have_text("You have read for 4 min. 4 days in a row.")


def test_recent_activity_is_by_day_and_links_lead_on(page, site, storage):
    storage.put(json.dumps({
        "version": 2,
        "visits": {"heads": {"first": ago(9), "last": ago(9)}, "tokens": {"first": ago(4), "last": ago(4)}},
        "answers": {"tokens.q1": answers((4, True)), "tokens.q2": answers((4, False))},
        "notes": {"tokens": {"content": "x", "updated": ago(0)}},
    }))  # fmt: skip
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-recent] h3").first).to_have_text("Today")
    expect(page.locator("[data-recent] li > span:first-child")).to_have_text(
        ["Tokens: note written", "Tokens: 2 answers, 1 right", "Multi-Head Attention: visited"]
    )
    expect(page.get_by_role("link", name="Learning paths")).to_have_attribute("href", "../paths/")
    expect(page.get_by_role("link", name="Your portfolio, to print")).to_have_attribute(
        "href", "../portfolio/"
    )


def heavy() -> dict:
    """A record of 200 topics: 2 MB of notes, and a year of everything else."""
    mark = {"value": True, "updated": ago(20)}
    text = "scale the scores by the root of the width, é. " * 220
    today = datetime.now().date()
    return {
        "version": 2,
        "notes": {f"t{n}": {"content": f"note {n} {text}", "updated": mark["updated"]} for n in range(200)},
        "rubric": {f"t{n}": {"1": mark, "2": mark} for n in range(0, 200, 2)},
        "finished": {f"t{n}": mark for n in range(150)},
        "visits": {f"t{n}": {"first": ago(n + 1), "last": ago(n)} for n in range(200)},
        "answers": {
            f"t{n}.q{q}": answers((n + 9, False), (n + 1, True)) for n in range(200) for q in range(1, 9)
        },
        "exercises": {f"t{n}.task": {"log": [{"at": ago(n), "passed": 5, "total": 6}]} for n in range(200)},
        "time": {
            f"t{n}": {f"{today - timedelta(days=n + k)} one": 900 for k in range(5)} for n in range(200)
        },
    }


def test_a_course_of_200_topics(page, large_site):
    page.goto(f"{large_site}axe.min.js")
    text = json.dumps(heavy())
    assert len(text) > 2_000_000
    page.evaluate("text => localStorage.setItem('ai-syllabus-progress', text)", text)
    page.goto(f"{large_site}dashboard/")
    expect(page.locator("[data-summary]")).to_contain_text("finished 150 of 200 topics.")
    expect(page.locator("[data-overall-text]")).to_have_text(
        "72% of what is written: 0 of 400 sections read, 1,600 of 1,600 questions answered, 0 of 200 exercises done"
    )
    expect(page.locator("[data-topic-square]")).to_have_count(200)
    expect(page.locator("[data-notes-list] li")).to_have_count(8)
    page.get_by_role("button", name="Show all 200").last.scroll_into_view_if_needed()
    page.locator("[data-notes-list]").get_by_role("button", name="Show all 200").click()
    expect(page.locator("[data-notes-list] li")).to_have_count(200)
    expect(page.locator("[data-notes-list] li").nth(8).get_by_role("link")).to_be_focused()
    page.get_by_role("searchbox").fill("note 199")
    expect(page.locator("[data-notes-count]")).to_have_text("1 note with “note 199”")
    page.goto(f"{large_site}reference/topic-map/")
    expect(page.locator("a.map-node")).to_have_count(200)
    expect(page.locator("[data-map-entry].is-next")).to_have_count(1)


def test_the_dashboard_draws_once_for_each_change(page, large_site, context):
    page.goto(f"{large_site}axe.min.js")
    page.evaluate("text => localStorage.setItem('ai-syllabus-progress', text)", json.dumps(heavy()))
    page.goto(f"{large_site}dashboard/")
    drawn = "performance.getEntriesByName('dashboard').length"
    expect(page.locator("[data-due]")).to_contain_text("more topics")
    assert page.evaluate(drawn) == 1
    same = "dispatchEvent(new StorageEvent('storage', {key: 'ai-syllabus-progress'}))"
    page.evaluate(f"{same}; {same}")
    page.wait_for_timeout(300)
    assert page.evaluate(drawn) == 1, "nothing has changed"
    other = context.new_page()
    other.goto(f"{large_site}topics/t199/")
    other.get_by_role("button", name="Mark as finished").click()
    expect(page.locator("[data-summary]")).to_contain_text("finished 151 of 200 topics.")
    page.wait_for_timeout(300)
    assert page.evaluate(drawn) <= 3, "one for the visit, one for the button"
