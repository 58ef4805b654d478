"""The dashboard and a topic's end: what the learner did, counted from the manifest alone."""

import json

from playwright.sync_api import expect


def finish(page, site, id):
    page.goto(f"{site}topics/{id}/")
    page.get_by_role("button", name="Mark as finished").click()


def test_an_empty_dashboard_helps_to_start(page, site, storage):
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-summary]")).to_have_text(
        "You say that you have finished 0 of 3 topics. 2 more are planned. Everything here is stored in this browser only."
    )
    banner = page.get_by_role("region", name="Next", exact=True)
    expect(banner).to_contain_text("Tokens")
    expect(banner).to_contain_text(
        "It needs no other topic first. It opens Scaled Dot-Product Attention and Cross-Attention."
    )
    banner.get_by_role("link", name="Start, 45 min").click()
    expect(page).to_have_url(f"{site}topics/tokens/")
    storage.until(lambda record: set(record["visits"]) == {"tokens"})
    page.goto(f"{site}dashboard/")
    expect(banner.get_by_role("link", name="Go on, 20 min")).to_have_attribute(
        "href", f"{site}topics/tokens/#first"
    )
    cards = page.locator("[data-cards] > .card:visible")
    expect(cards.locator("h2")).to_have_text(["Your time", "Recent activity"])
    expect(page.locator("#words + dl dt")).to_have_text(["Read", "Answered", "Shown", "You say", "Percent"])


def test_a_topic_can_be_finished_and_unfinished(page, site, storage):
    finish(page, site, "tokens")
    expect(page.locator("[data-finish-status]")).to_contain_text("You say that you have finished this")
    storage.until(lambda record: record["finished"]["tokens"]["value"] is True)
    page.reload()
    page.get_by_role("button", name="Not finished after all").click()
    expect(page.get_by_role("button", name="Mark as finished")).to_be_visible()
    storage.until(lambda record: record["finished"]["tokens"]["value"] is False)


def test_all_of_the_course_can_be_finished(page, site, storage):
    for done, id in enumerate(("tokens", "attention", "heads"), start=1):
        finish(page, site, id)
        page.goto(f"{site}dashboard/")
        expect(page.locator("[data-summary]")).to_contain_text(
            f"You say that you have finished {done} of 3 topics. 2 more are planned."
        )
    expect(page.get_by_role("region", name="Next", exact=True)).to_contain_text(
        "You have finished every topic that is written"
    )
    expect(page.locator("[data-overall-text]")).to_have_text(
        "0% of what is written: 0 of 6 sections read, 0 of 4 questions answered, 0 of 1 exercise done"
    )  # what is said moves no bar


def test_bars_move_by_what_is_read_answered_and_done(page, site, storage):
    day = "2026-11-03T08:00:00.000Z"
    storage.put(json.dumps({
        "version": 3,
        "read": {"tokens": {"first": {"seconds": 300, "end": True, "last": day}, "second": {"seconds": 374, "end": True, "last": day}}},
        "answers": {"tokens.q1": {"log": [{"at": day, "right": False, "given": []}]}},
        "done": {"tokens.task": {"value": True, "updated": day}},
        "finished": {"attention": {"value": True, "updated": day}},
    }))  # fmt: skip
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-overall-text]")).to_have_text(
        "27% of what is written: 1 of 6 sections read, 1 of 4 questions answered, 1 of 1 exercise done"
    )
    expect(page.locator("[data-part='1'] [data-part-count]")).to_have_text("42% of 1 topic, 1 planned")
    expect(page.locator("[data-part='2'] [data-part-count]")).to_have_text("0% of 2 topics, 1 planned")
    assert [bar.evaluate("bar => bar.value") for bar in page.locator("progress").all()] == [27, 42, 0]
    expect(page.locator("[data-topic-square=tokens] .topic-percent")).to_have_text("42%")
    expect(page.locator("[data-levels]")).to_contain_text("You say: done, Tokens by hand")
    expect(page.get_by_role("region", name="Next", exact=True)).to_contain_text("Section 2 of 2 in Tokens.")


def test_levels_are_shown_wherever_they_belong(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    for level in (1, 3):
        page.locator(f"input[data-level='{level}']").check()
    expect(page.locator("[data-level-says]")).to_have_text(
        "You say 1. Level 3 counts once level 2 is ticked."
    )
    expect(page.locator("[data-level-of]")).to_contain_text("Level 1 of 4")
    page.locator("input[data-level='2']").check()
    expect(page.locator("[data-level-says]")).to_have_text("You say 3.")

    page.goto(f"{site}topics/attention/")
    expect(page.locator("[data-needs=tokens]")).to_contain_text("✓ done")
    expect(page.locator("[data-needs=vectors]")).to_contain_text("○ not yet")

    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-topic-square=tokens] .level-square")).to_have_text("3")
    expect(page.locator("[data-levels]")).to_contain_text("You say: level 3, Use")
    expect(page.locator("[data-levels]")).to_contain_text("Shown: nothing yet")
    expect(page.locator("[data-levels] .is-you")).to_have_text("3")
    square = page.get_by_role("link", name="Scaled Dot-Product Attention level 0")
    expect(square).to_have_attribute("href", "../topics/attention/")


def test_planned_topics_are_shown_as_planned_and_lead_to_the_map(page, site, storage):
    page.goto(f"{site}dashboard/")
    page.get_by_role("link", name="Cross-Attention planned").click()
    expect(page).to_have_url(f"{site}reference/topic-map/#cross")
    expect(page.locator("#cross")).to_be_in_viewport()


def test_notes_and_visits_are_listed_newest_first(page, site, storage):
    note = {"content": "a\n" * 200, "updated": "2026-11-02T08:00:00.000Z"}
    newer = {"content": "short", "updated": "2026-11-03T08:00:00.000Z"}
    visits = {
        id: {"first": day, "last": day}
        for id, day in (("tokens", "2026-11-01T08:00:00.000Z"), ("heads", "2026-11-02T08:00:00.000Z"))
    }
    storage.put(
        json.dumps(
            {"version": 1, "notes": {"tokens": note, "heads": newer, "elsewhere": newer}, "visits": visits}
        )
    )
    page.goto(f"{site}dashboard/")
    rows = page.locator("[data-notes-list] li")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("Tokens")
    expect(rows.nth(2).locator(".excerpt")).to_contain_text("…")
    expect(page.locator("[data-notes-list] b")).to_have_text("elsewhere")
    expect(page.locator("[data-recent] li").first).to_contain_text("Multi-Head Attention")
    rows.nth(2).get_by_role("link").click()
    expect(page).to_have_url(f"{site}topics/tokens/#notes")
    expect(page.locator("textarea")).to_be_in_viewport()


def test_another_tab_is_followed(page, site, storage, context):
    page.goto(f"{site}dashboard/")
    finish(context.new_page(), site, "tokens")
    expect(page.locator("[data-summary]")).to_contain_text("finished 1 of 3 topics")
    expect(page.get_by_role("region", name="Next", exact=True)).to_contain_text(
        "Scaled Dot-Product Attention"
    )
    expect(page.get_by_role("region", name="Next", exact=True)).to_contain_text(
        "You have what it needs: Tokens, finished."
    )


def test_without_scripts_the_topics_are_there_and_the_page_says_why_the_rest_is_not(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}dashboard/")
    expect(page.get_by_text("scripts are switched off here")).to_be_visible()
    expect(page.get_by_role("link", name="Multi-Head Attention")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.goto(f"{site}reference/topic-map/")
    expect(page.locator("a.map-node")).to_have_count(5)
    expect(page.locator("#heads")).to_contain_text("Needs Scaled Dot-Product Attention")
    expect(page.get_by_role("button")).to_have_count(0)
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_text("scripts are switched off here")).to_have_count(3)
    expect(page.get_by_role("button")).to_have_count(0)
    context.close()
