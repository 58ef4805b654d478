"""What browsers do to storage: broken records of every kind, and writes that fail half-way. Compared before and after."""

import json

import pytest
from playwright.sync_api import expect
from support.generated import cases

FIELD = "textarea[data-notes-for=tokens]"
MESSAGES = "[data-notices]"
SECTIONS = ("notes", "rubric", "finished", "steps", "answers", "exercises", "reviews", "time")
TIME = "2026-11-01T08:00:00.000Z"
GOOD = {"content": "a good note", "updated": TIME, "history": []}


def without_visit(record: dict) -> dict:
    """A topic's page adds its visit; nothing else may change."""
    visits = {id: visit for id, visit in record["visits"].items() if id != "tokens"}
    return {**record, "visits": visits}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_something_else_anywhere_in_a_record(page, site, storage, seed):
    """Thirty broken records a seed, at every depth: what can be read goes on, the whole text is set aside, and it is said."""
    page.goto(f"{site}topics/tokens/")
    depths = set()
    for case in cases("broken", 30, seed):
        depths.add(len(case["place"]))
        page.evaluate(
            "text => { localStorage.clear(); localStorage.setItem('ai-syllabus-progress', text); }",
            case["text"],
        )
        page.reload()
        expect(page.locator("[data-notes-status]")).not_to_be_empty()
        newer, broken = case["problem"] == "newer", bool(case["wrong"] or case["problem"] == "unreadable")
        if newer:
            assert storage.text == case["text"] and storage.set_aside == []
            expect(page.locator(MESSAGES)).to_contain_text("newer version")
            continue
        record = storage.until(lambda record: "tokens" in record["visits"])
        assert without_visit(record) == case["read"], case["place"]
        assert storage.set_aside == ([case["text"]] if broken else []), case["place"]
        if broken:
            expect(page.locator(MESSAGES)).to_contain_text("nothing was deleted")
        else:
            expect(page.locator("[data-notice]")).to_have_count(0)
    assert len(depths) >= 5


def test_what_was_set_aside_can_be_saved_byte_for_byte(page, site, storage):
    case = next(case for case in cases("broken", 24, 1) if case["wrong"])
    storage.put(case["text"])
    page.goto(f"{site}topics/tokens/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the unreadable text as a file").click()
    assert download.value.path().read_text(encoding="utf-8") == case["text"]


def test_two_unreadable_texts_of_one_moment_are_both_kept(page, site, storage):
    """Two tabs may set a text aside in the same millisecond."""
    page.clock.install(time="2026-11-21T14:00:00Z")
    page.clock.pause_at("2026-11-21T14:00:01Z")
    for text in ("{one", "{two", "{one"):
        page.goto(f"{site}axe.min.js")
        storage.put(text)
        page.goto(f"{site}topics/tokens/")
        expect(page.locator("[data-notice=set-aside]")).to_be_visible()
    assert sorted(storage.set_aside) == ["{one", "{two"]


FULL_AFTER = """allowed => {
  const setItem = Storage.prototype.setItem;
  let written = 0;
  Storage.prototype.setItem = function (key, value) {
    if (String(key).startsWith("ai-syllabus-progress") && (written += 1) > allowed) {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    }
    return setItem.call(this, key, value);
  };
}"""


def test_full_between_the_copy_and_the_record(page, site, storage, context):
    """The unreadable text fits under its key, and then the record does not: the stored text stays as it was."""
    text = json.dumps({"version": 2, "notes": {"tokens": GOOD, "heads": 5}})
    storage.put(text)
    page.add_init_script(f"({FULL_AFTER})(1)")
    page.goto(f"{site}topics/tokens/")
    expect(page.locator(MESSAGES)).to_contain_text("storage for the site is full")
    expect(page.locator(FIELD)).to_have_value("a good note")
    page.locator(FIELD).press_sequentially(", and more")
    expect(page.locator("[data-notes-status]")).to_contain_text("Not stored")
    page.wait_for_timeout(600)
    assert storage.text == text and storage.set_aside == [text]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my notes as a file").click()
    rescued = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert rescued["notes"]["tokens"]["content"] == "a good note, and more"


def test_full_between_the_copy_and_the_replacement(page, backup, storage):
    record = {"version": 2, "notes": {"tokens": GOOD}}
    backup.open(record)
    before = backup.exported()
    stored = storage.text
    page.evaluate(f"({FULL_AFTER})(1)")
    file = {"version": 2, "notes": {"heads": GOOD}}
    assert "Nothing was replaced" in backup.replace(file)
    assert storage.text == stored and backup.exported() == before
    assert backup.copies == []


def test_storage_that_reads_and_never_writes(page, site, storage):
    storage.put(json.dumps({"version": 2, "notes": {"tokens": GOOD}}))
    before = storage.text
    page.add_init_script(f"({FULL_AFTER})(0)")
    page.goto(f"{site}topics/tokens/")
    expect(page.locator(FIELD)).to_have_value("a good note")
    expect(page.locator(MESSAGES)).to_contain_text("storage for the site is full")
    assert storage.text == before


NONE = """Object.defineProperty(window, "localStorage", { value: null });
Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError"); } });"""


def test_a_browser_without_any_storage(page, site, context, backup):
    """As some embedded browsers are: everything works until the page is left, and the work can be saved."""
    context.add_init_script(NONE)
    page.goto(f"{site}topics/tokens/")
    expect(page.locator(MESSAGES)).to_contain_text("does not let the site store anything")
    page.locator(FIELD).fill("only for now")
    page.locator("[data-level='1']").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my notes as a file").click()
    rescued = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert rescued["notes"]["tokens"]["content"] == "only for now"
    page.once("dialog", lambda dialog: dialog.accept())
    backup.open()
    backup.merge({"version": 2, "notes": {"heads": GOOD}})
    assert json.loads(backup.exported())["notes"]["heads"] == GOOD
    expect(page.locator("[data-sync]")).to_be_hidden()


def test_a_tick_is_not_lost_silently_either(page, site, context):
    """Where nothing can be stored, the browser asks before a page with work on it is left; a mere visit is no work."""
    context.add_init_script(NONE)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}topics/tokens/")
    page.goto(f"{site}topics/attention/")
    assert asked == []
    page.locator("[data-level='1']").check()
    page.goto(f"{site}dashboard/")
    assert asked == ["beforeunload"]


def test_storage_cleared_by_another_tab_while_a_note_is_being_typed(page, site, storage, context):
    storage.put(json.dumps({"version": 2, "notes": {"heads": GOOD}, "later": {"kept": True}}))
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}axe.min.js")
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters:
        page.locator(FIELD).press_sequentially(letter)
        if letter in "gmt":
            other.evaluate("localStorage.clear()")
    record = storage.until_noted(letters)
    assert record["notes"]["heads"] == GOOD and record["later"] == {"kept": True}
    assert record["notes"]["tokens"]["history"] == []
    expect(page.locator("[data-notice=storage]")).to_have_count(0)


def test_storage_cleared_while_nothing_is_typed_is_said_and_can_be_stored_again(page, site, storage, context):
    storage.put(json.dumps({"version": 2, "notes": {"tokens": GOOD}}))
    page.goto(f"{site}topics/tokens/")
    before = storage.until(lambda record: "tokens" in record["visits"])
    other = context.new_page()
    other.goto(f"{site}axe.min.js")
    for way in ("localStorage.clear()", "localStorage.removeItem('ai-syllabus-progress')"):
        other.wait_for_function("localStorage.getItem('ai-syllabus-progress') !== null")
        other.evaluate(way)
        expect(page.locator(MESSAGES)).to_contain_text("was just deleted")
        expect(page.locator("[data-notes-status]")).to_contain_text("Not stored")
        expect(page.locator(FIELD)).to_have_value("a good note")
        assert storage.text is None, "it may have been meant: nothing is stored again by itself"
        with page.expect_download() as download:
            page.get_by_role("button", name="Save my notes as a file").click()
        assert json.loads(download.value.path().read_text(encoding="utf-8"))["notes"] == before["notes"]
        page.get_by_role("button", name="Store them again").click()
        expect(page.locator("[data-notice=storage]")).to_have_count(0)
        assert storage.until(lambda record: record["notes"]["tokens"]) == before


def test_after_storage_was_cleared_only_the_learner_stores_again(page, site, storage, context):
    """A clock that goes on counting is no wish to have everything back; a tick is."""
    page.evaluate("""async () => {
      const [{ Store }, edits] = await Promise.all(["store/store", "record/actions"].map((name) => import(`/source/js/${name}.mjs`)));
      Object.assign(window, { store: new Store(), edits });
      await store.change((record) => edits.setFinished(record, "heads", true, new Date()));
    }""")
    other = context.new_page()
    other.goto(f"{site}axe.min.js")
    other.wait_for_function("localStorage.getItem('ai-syllabus-progress') !== null")
    other.evaluate("localStorage.clear()")
    page.wait_for_function("store.status === 'cleared'")
    page.evaluate("store.change((record) => edits.addTime(record, 'heads', '2026-11-21 a', 15))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert storage.text is None
    page.evaluate("store.change((record) => edits.setLevel(record, 'heads', '1', true, new Date()))")
    record = storage.until(lambda record: record["rubric"]["heads"]["1"]["value"])
    assert record["finished"]["heads"]["value"] and record["time"]["heads"] == {"2026-11-21 a": 15}


def test_the_device_has_one_name_for_all_pages(page, site, storage):
    names = set()
    for path in ("topics/tokens/", "dashboard/", "topics/attention/"):
        page.goto(f"{site}{path}")
        names.add(page.evaluate("localStorage.getItem('ai-syllabus-device')"))
    (name,) = names
    assert len(name) == 8 and set(name) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    page.evaluate("localStorage.setItem('ai-syllabus-device', 'not a name')")
    page.reload()
    assert page.evaluate("localStorage.getItem('ai-syllabus-device')") not in {name, "not a name"}
    assert storage.text is None or "device" not in storage.record


def test_a_device_that_stores_nothing_has_a_name_for_the_page(page, site, context):
    context.add_init_script(NONE)
    page.goto(f"{site}axe.min.js")
    ask = "import('/source/js/store/store.mjs').then(({ Store }) => [new Store().device, new Store().device])"
    first, second = page.evaluate(ask)
    assert len(first) == len(second) == 8 and first != second
