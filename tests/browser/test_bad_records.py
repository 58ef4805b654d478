"""Stored records that are not as they should be, and storage that does not store."""

import json

import pytest
from playwright.sync_api import expect
from support.refusing import FILL, REFUSED

FIELD = "textarea[data-notes-for=tokens]"
PAUSE = 300  # ms, after which a keystroke is stored
GOOD = {"content": "a good note", "updated": "2026-11-01T08:00:00.000Z", "history": []}


@pytest.fixture
def saved(page):
    """Presses a button and reads the file that it saves."""

    def save(button: str) -> str:
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        return download.value.path().read_text(encoding="utf-8")

    return save


@pytest.mark.parametrize(
    "text", ["{not json", "[]", '["a", "b"]', "5", '"text"', "null", '{"version":1,"notes":{"tokens":{"con']
)
def test_a_record_that_cannot_be_read_is_set_aside_whole(page, site, storage, saved, text):
    storage.put(text)
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("could not be read")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("nothing was deleted")
    assert storage.set_aside == [text]
    assert saved("Save the unreadable text as a file") == text

    page.locator(FIELD).fill("a new note")
    storage.until_noted("a new note")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("a new note")
    expect(page.locator("[data-notice=set-aside]")).to_have_count(0)
    assert storage.set_aside == [text]


@pytest.mark.parametrize(
    "wrong",
    [
        {"notes": {"heads": 5}},
        {"notes": {"heads": {"content": 5}}},
        {"notes": {"heads": ["content"]}},
        {"notes": {"heads": {"content": "c", "history": "none"}}},
        {"rubric": 5},
        {"rubric": {"tokens": {"1": "yes"}}},
        {"visits": [1, 2]},
        {"finished": {"tokens": True}},
        {"version": "1"},
    ],
    ids=json.dumps,
)
def test_a_wrong_part_leaves_everything_else_working(page, site, storage, wrong):
    notes = {"tokens": GOOD, **wrong.get("notes", {})}
    text = json.dumps({"version": 1, **wrong, "notes": notes, "unknown": {"kept": True}})
    storage.put(text)
    page.goto(f"{site}topics/tokens/")
    expect(page.locator(FIELD)).to_have_value("a good note")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("could not be read")
    assert storage.set_aside == [text]
    page.locator("[data-level='1']").check()
    page.reload()
    expect(page.locator("[data-level='1']")).to_be_checked()
    record = storage.until_noted("a good note")
    assert record["unknown"] == {"kept": True} and record["version"] == 3
    assert storage.set_aside == [text]


def test_a_set_aside_text_stays_within_reach_on_the_dashboard(page, site, storage, saved):
    storage.put("{lost?")
    page.goto(f"{site}topics/tokens/")
    page.goto(f"{site}dashboard/")
    expect(page.locator("[data-set-aside]")).to_contain_text("kept as they were")
    assert saved("Save it as a file") == "{lost?"


def test_a_newer_record_is_shown_and_never_written(page, site, storage, saved):
    text = json.dumps({"version": 4, "notes": {"tokens": GOOD}, "rubric": {}, "streak": {"days": 40}})
    storage.put(text)
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("newer version")
    field = page.locator(FIELD)
    expect(field).to_have_value("a good note")
    expect(field).not_to_be_editable()
    expect(page.locator("[data-level='1']")).to_be_disabled()
    expect(page.locator("[data-finish]")).to_be_disabled()
    page.goto(f"{site}dashboard/")
    page.goto(f"{site}reference/topic-map/")
    page.goto(f"{site}raw/")
    expect(page.locator(FIELD)).to_have_value("a good note")
    assert storage.text == text and storage.set_aside == []
    assert json.loads(saved("Save my notes as a file"))["notes"]["tokens"]["content"] == "a good note"
    assert saved("Save all of it as it is stored") == text
    page.goto(f"{site}dashboard/")
    assert saved("Export to a file") == text


def test_nothing_is_imported_over_a_newer_record(page, storage, backup):
    text = json.dumps({"version": 4, "notes": {"tokens": GOOD}})
    backup.open()
    storage.put(text)
    page.reload()
    backup.choose({"version": 2, "notes": {"heads": GOOD}})
    assert "your stored progress is of a newer version" in backup.said()
    expect(backup.panel).to_be_empty()
    assert storage.text == text


def test_a_newer_record_that_arrives_while_a_note_is_open(page, site, storage, saved, context):
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}axe.min.js")
    newer = json.dumps({"version": 4, "notes": {}})
    page.locator(FIELD).press_sequentially("half a thou")
    other.evaluate("text => localStorage.setItem('ai-syllabus-progress', text)", newer)
    expect(page.get_by_role("status", name="Messages")).to_contain_text("newer version")
    expect(page.locator(FIELD)).to_have_value("half a thou")
    assert storage.text == newer
    assert json.loads(saved("Save my notes as a file"))["notes"]["tokens"]["content"] == "half a thou"


def test_full_storage(page, site, storage, saved):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("stored in time")
    storage.until_noted("stored in time")
    before = storage.text
    page.evaluate(FILL)
    page.locator(FIELD).fill("stored in time, and a little more that does not fit")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("storage for the site is full")
    expect(page.locator("[data-notes-status]")).to_contain_text("Not stored")
    assert storage.text == before
    rescued = json.loads(saved("Save my notes as a file"))
    assert rescued["notes"]["tokens"]["content"] == "stored in time, and a little more that does not fit"

    page.locator("[data-level='1']").check()
    expect(page.locator("[data-level-says]")).to_have_text("You say 1.")

    page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('filler')).forEach(k => localStorage.removeItem(k))"
    )
    page.locator(FIELD).press_sequentially("!")
    expect(page.locator("[data-notice=storage]")).to_have_count(0)
    record = storage.until_noted("stored in time, and a little more that does not fit!")
    assert record["notes"]["tokens"]["history"] == []
    assert record["rubric"]["tokens"]["1"]["value"] is True


def test_an_unreadable_record_that_cannot_be_set_aside_is_not_written_over(page, site, storage):
    text = '{"notes":{"tokens":{"content":"a good note"},"heads":5},"padding":"' + "p" * 3_000_000 + '"}'
    storage.put(text)
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("storage for the site is full")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("could not be read")
    expect(page.locator(FIELD)).to_have_value("a good note")
    page.locator(FIELD).press_sequentially(" and more")
    page.wait_for_timeout(PAUSE)
    assert storage.text == text and storage.set_aside == []


def test_refused_storage(page, site, context, saved):
    context.add_init_script(REFUSED)
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_role("status", name="Messages")).to_contain_text(
        "does not let the site store anything"
    )
    page.locator(FIELD).fill("only for now")
    page.locator("[data-level='1']").check()
    page.get_by_role("button", name="Mark as finished").click()
    expect(page.locator("[data-finish-status]")).to_contain_text("finished")
    expect(page.locator("[data-level-says]")).to_have_text("You say 1.")
    rescued = json.loads(saved("Save my notes as a file"))
    assert rescued["notes"]["tokens"]["content"] == "only for now"
    assert rescued["finished"]["tokens"]["value"] is True


def test_refused_storage_warns_before_a_note_would_be_lost(page, site, context):
    context.add_init_script(REFUSED)
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("only for now")
    page.wait_for_timeout(PAUSE)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}dashboard/")
    assert asked == ["beforeunload"]
    expect(page.locator("[data-summary]")).to_contain_text("finished 0 of 3 topics")


def test_a_message_can_be_dismissed(page, site, storage):
    storage.put("{broken")
    page.goto(f"{site}topics/tokens/")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("[data-notice=set-aside]")).to_be_hidden()
    page.locator("[data-level='1']").check()
    expect(page.locator("[data-notice=set-aside]")).to_be_hidden()
