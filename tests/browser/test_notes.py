"""Notes in a real browser: nothing typed is lost."""

import contextlib
import json

from playwright.sync_api import Error, expect

FIELD = "textarea[data-notes-for=tokens]"


def test_a_note_survives_a_reload(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("Row = who looks")
    storage.until_noted("Row = who looks")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("Row = who looks")
    expect(page.locator("[data-notes-status]")).to_contain_text("Saved")
    expect(page.locator("[data-notes-status]")).to_contain_text("on this device only")


def test_leaving_right_after_a_keystroke_loses_nothing(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("the last letter counts")
    page.goto(f"{site}dashboard/")
    assert storage.record["notes"]["tokens"]["content"] == "the last letter counts"


def test_a_killed_tab_loses_at_most_the_last_moment(page, site, storage, context):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("before the crash")
    storage.until_noted("before the crash")
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=2000)
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    expect(other.locator(FIELD)).to_have_value("before the crash")


def test_back_and_forward_show_what_is_stored_now(page, site, storage, context):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("first")
    page.goto(f"{site}dashboard/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    other.locator(FIELD).fill("first, and second")
    storage.until_noted("first, and second")
    page.go_back()
    expect(page.locator(FIELD)).to_have_value("first, and second")


def texts(record: dict, id: str) -> list[str]:
    note = record["notes"][id]
    return [note["content"], *(old["content"] for old in note["history"])]


def test_two_tabs_with_the_same_note_keep_both_texts(page, site, storage, context):
    """Letters by turns, faster than a save: neither tab has seen the other's."""
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    for left, right in zip("aleft", "bright", strict=False):
        page.locator(FIELD).press_sequentially(left)
        other.locator(FIELD).press_sequentially(right)
    record = storage.until(lambda record: set("aleftbrigh") <= set("".join(texts(record, "tokens"))))
    for tab in (page, other):
        expect(tab.locator(FIELD)).to_have_value(texts(record, "tokens")[0])


def test_a_text_that_arrives_while_another_is_being_typed_is_kept_beside_it(page, site, storage, context):
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    theirs = {"version": 1, "notes": {"tokens": {"content": "theirs", "updated": "2026-11-01T08:00:00.000Z"}}}
    page.locator(FIELD).fill("mine")
    other.evaluate("text => localStorage.setItem('ai-syllabus-progress', text)", json.dumps(theirs))
    storage.until(lambda record: texts(record, "tokens") == ["mine", "theirs"])
    for tab in (page, other):
        expect(tab.locator(FIELD)).to_have_value("mine")
        expect(tab.get_by_text("1 other text of this note")).to_be_visible()


def test_two_tabs_by_turns_just_go_on_with_one_text(page, site, storage, context):
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("one thing")
    expect(other.locator(FIELD)).to_have_value("one thing")
    other.locator(FIELD).fill("another")
    expect(page.locator(FIELD)).to_have_value("another")
    page.locator(FIELD).fill("")
    expect(other.locator(FIELD)).to_have_value("")
    storage.until(lambda record: texts(record, "tokens") == ["", "another"])


def test_a_text_that_is_deleted_can_be_put_back(page, site, storage):
    """At once or letter by letter; corrections on the way leave nothing behind."""
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("A row of weightd")
    page.locator(FIELD).press("Backspace")
    page.locator(FIELD).press_sequentially("s adds up to one")
    storage.until(lambda record: texts(record, "tokens") == ["A row of weights adds up to one"])
    page.locator(FIELD).press("ControlOrMeta+a")
    page.locator(FIELD).press("Delete")
    storage.until_noted("")
    page.reload()
    page.get_by_text("1 other text of this note").click()
    page.get_by_role("button", name="Put this text back").click()
    expect(page.locator(FIELD)).to_have_value("A row of weights adds up to one")


def test_a_long_note_is_printed_whole(page, site, storage):
    lines = "\n".join(f"line {n}" for n in range(60))
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill(lines)
    storage.until_noted(lines)
    page.emulate_media(media="print")
    expect(page.locator(FIELD)).to_be_hidden()
    paper = page.locator(".notes-paper:visible")
    assert paper.evaluate("e => e.innerText") == lines
    assert paper.evaluate("e => e.scrollHeight <= e.clientHeight")


def test_two_tabs_with_different_notes_lose_neither(page, site, storage, context):
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/attention/")
    for number in range(12):
        page.locator(FIELD).press_sequentially(str(number % 10))
        other.locator("textarea").press_sequentially(str(9 - number % 10))
        page.locator("[data-level='1']").set_checked(number % 2 == 0)
        other.locator("[data-level='2']").set_checked(number % 2 == 0)
    storage.until_noted("012345678901", "tokens")
    storage.until_noted("987654321098", "attention")
    storage.until(lambda record: record["rubric"]["tokens"]["1"]["value"] is False)
    storage.until(lambda record: record["rubric"]["attention"]["2"]["value"] is False)


def test_storage_cleared_elsewhere_while_a_note_is_open(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("still on the screen")
    storage.until_noted("still on the screen")
    page.evaluate("localStorage.clear()")
    page.locator(FIELD).press_sequentially("!")
    storage.until_noted("still on the screen!")


def test_other_texts_can_be_read_and_put_back(page, site, storage):
    old = {"content": "<b>what I wrote</b> on the train", "updated": "2026-11-01T08:00:00.000Z"}
    note = {"content": "what I wrote at home", "updated": "2026-11-02T08:00:00.000Z", "history": [old]}
    storage.put(json.dumps({"version": 1, "notes": {"tokens": note}}))
    page.goto(f"{site}topics/tokens/")
    page.get_by_text("1 other text of this note").click()
    expect(page.locator(".notes-versions pre")).to_have_text("<b>what I wrote</b> on the train")
    page.get_by_role("button", name="Put this text back").click()
    expect(page.locator(FIELD)).to_have_value("<b>what I wrote</b> on the train")
    assert texts(storage.record, "tokens") == ["<b>what I wrote</b> on the train", "what I wrote at home"]


def test_a_large_note_with_markup_emoji_and_right_to_left_text(page, site, storage):
    line = "<script>document.title = 'owned'</script> 🦉 שלום <img src=x onerror=alert(1)> مرحبا\n"
    large = line * (1_000_000 // len(line.encode()) + 1)
    assert len(large.encode()) >= 1_000_000
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }", large
    )
    storage.until_noted(large)
    page.reload()
    assert page.locator(FIELD).input_value() == large
    assert storage.record["notes"]["tokens"]["content"] == large
    page.goto(f"{site}dashboard/")
    excerpt = page.locator("[data-notes-list] .excerpt")
    expect(excerpt).to_contain_text("<script>document.title = 'owned'</script> 🦉 שלום")
    assert excerpt.get_attribute("dir") == "auto"
    assert page.locator("[data-notes-list] script, [data-notes-list] img").count() == 0
    assert page.title() == "Your dashboard"


def test_a_page_written_as_html_with_its_own_script(page, site, storage):
    """The page's script sets the field itself, from what is stored; ours goes on from there."""
    storage.put(json.dumps({"notes": {"tokens": {"content": "from the old site"}}, "theme": "dark"}))
    page.goto(f"{site}raw/")
    expect(page.locator(FIELD)).to_have_value("from the old site")
    page.locator(FIELD).press_sequentially(", and on")
    page.locator("[data-level='1']").check()
    storage.until_noted("from the old site, and on")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("from the old site, and on")
    expect(page.locator("[data-level='1']")).to_be_checked()
    expect(page.locator(".notes-auto-save")).to_contain_text("Saved")
    record = storage.record
    assert record["version"] == 3 and record["theme"] == "dark" and "tokens" in record["visits"]


def test_letters_typed_before_our_module_arrives_are_kept(page, site, storage):
    """The module comes late; the page's script then empties the field."""
    waiting = []
    page.route("**/app.mjs", lambda route: waiting.append(route))
    with page.expect_request("**/app.mjs"):
        page.goto(f"{site}raw/", wait_until="commit")
    page.locator(FIELD).press_sequentially("early bird")
    waiting[0].continue_()
    expect(page.locator(".notes-auto-save")).to_contain_text("Saved")
    expect(page.locator(FIELD)).to_have_value("early bird")
    storage.until_noted("early bird")


def test_typed_early_beside_a_stored_note_keeps_both(page, site, storage):
    storage.put(json.dumps({"notes": {"tokens": {"content": "stored long ago"}}}))
    waiting = []
    page.route("**/app.mjs", lambda route: waiting.append(route))
    with page.expect_request("**/app.mjs"):
        page.goto(f"{site}raw/", wait_until="commit")
    page.locator(FIELD).press_sequentially("early bird")
    waiting[0].continue_()
    expect(page.locator(FIELD)).to_have_value("stored long ago")
    expect(page.get_by_text("1 other text of this note")).to_be_visible()
    storage.until(lambda record: texts(record, "tokens") == ["stored long ago", "early bird"])
