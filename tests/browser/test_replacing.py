"""Replacing everything: asked first, a copy saved and another kept, open tabs let go, and nothing unseen is lost."""

import json

from playwright.sync_api import expect
from support.backup_page import RECORD, TIME

OTHER = {"version": 2, "notes": {"heads": {"content": "another life", "updated": TIME, "history": []}}}
PAUSE = 600  # ms, after which every tab has stored what was typed, and seen the others


def test_replacing_asks_first_saves_a_copy_and_keeps_another(page, backup, storage):
    backup.open(RECORD)
    before = backup.exported()
    backup.choose(OTHER, name="other.json")
    button = backup.button("Replace everything")
    button.click()
    dialog = page.get_by_role("dialog", name="Replace everything?")
    expect(dialog).to_contain_text("Stored here now: 2 notes, 2 self-assessments, 1 finished mark")
    expect(dialog).to_contain_text("In other.json: 1 note.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    assert storage.record == RECORD

    button.click()
    assert backup.saved(dialog.get_by_role("button", name="Save a copy and replace").click) == before
    assert "Everything was replaced by other.json" in backup.said()
    record = storage.until_noted("another life", "heads")
    assert set(record["notes"]) == {"heads"} and record["finished"] == {}
    assert backup.copies == [RECORD]


def test_the_copy_stays_until_it_is_deleted(page, backup, storage):
    backup.open(RECORD)
    before = backup.exported()
    backup.replace(OTHER)
    page.reload()
    row = page.locator("[data-replaced] li")
    expect(row).to_contain_text("2 notes, 2 self-assessments")
    assert backup.saved(row.get_by_role("button", name="Save it as a file").click) == before
    delete = row.get_by_role("button", name="Delete it")
    delete.click()
    backup.dialog.get_by_role("button", name="Cancel").click()
    expect(delete).to_be_focused()
    assert backup.copies == [RECORD]
    delete.click()
    backup.dialog.get_by_role("button", name="Delete it").click()
    expect(page.locator("[data-replaced]")).to_be_empty()
    expect(backup.button("Export to a file")).to_be_focused()
    assert backup.copies == [] and "was deleted" in backup.said()
    assert storage.record["notes"].keys() == {"heads"}


def test_what_was_replaced_can_be_brought_back_to_the_byte(page, backup):
    backup.open(RECORD)
    before = backup.exported()
    backup.replace(OTHER)
    page.get_by_role("button", name="Bring it back").click()
    expect(backup.panel).to_contain_text("2 notes, new")
    backup.button("Replace everything").click()
    backup.button("Save a copy and replace").click()
    expect(page.locator("[data-replaced] li")).to_have_count(2)
    assert backup.exported() == before


def test_replacing_reaches_tabs_that_were_open(page, site, backup, storage, context):
    backup.open(RECORD)
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    expect(other.locator("textarea")).to_have_value("mine 🦉")
    backup.replace(OTHER)
    expect(other.locator("textarea")).to_have_value("")
    expect(other.locator("input[data-level='1']")).not_to_be_checked()
    other.locator("textarea").press_sequentially("from now on")
    record = storage.until_noted("from now on")
    assert record["notes"].keys() == {"tokens", "heads"} and record["finished"] == {}


def test_replacing_while_another_tab_is_being_typed_into(page, site, backup, storage, context):
    """Every letter is in the copy of what was replaced, or in what took its place."""
    backup.open(RECORD)
    other = context.new_page()
    other.goto(f"{site}topics/attention/")
    backup.choose(OTHER)
    backup.button("Replace everything").click()
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters:
        if letter == "h":
            button = backup.button("Save a copy and replace")
            button.evaluate("button => setTimeout(() => button.click(), 100)")
        other.locator("textarea").press_sequentially(letter)
    backup.said()
    storage.until(lambda record: record.get("replaced"))
    other.wait_for_timeout(PAUSE)
    record, copy = storage.record, backup.copies[0]
    assert set(letters) <= set(texts(record["notes"]) + texts(copy["notes"]))
    assert copy["notes"]["tokens"] == RECORD["notes"]["tokens"] and "tokens" not in record["notes"]


def texts(notes: dict) -> str:
    note = notes.get("attention", {"content": "", "history": []})
    return note["content"] + "".join(old["content"] for old in note["history"])


def test_where_there_is_no_room_for_both_nothing_is_replaced(page, backup, storage):
    large = {"tokens": {"content": "y" * 3_000_000, "updated": TIME, "history": []}}
    backup.open({**RECORD, "notes": large})
    before = storage.text
    assert "Nothing was replaced" in backup.replace(OTHER)
    assert storage.text == before and backup.copies == []
    assert json.loads(backup.exported())["notes"] == large


def test_replacing_by_keyboard(page, backup, storage):
    """From the panel, which has the focus, through the question: Escape says no, Enter on its button yes."""
    backup.open(RECORD)
    backup.choose(OTHER)
    expect(backup.panel.locator("section")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(backup.button("Replace everything")).to_be_focused()
    page.keyboard.press("Enter")
    expect(backup.dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(backup.dialog).to_have_count(0)
    expect(backup.button("Replace everything")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    expect(backup.button("Save a copy and replace")).to_be_focused()
    page.keyboard.press("Enter")
    storage.until_noted("another life", "heads")
    expect(page.locator("input[data-import]")).to_be_focused()
