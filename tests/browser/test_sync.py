"""A file kept up to date: real files of the browser's own file system, only the picker and what it grants are stood in for."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from support.exported_files import faults

FIELD = "textarea[data-notes-for=tokens]"
STATUS = "[data-sync-status]"
TIME = "2026-11-01T08:00:00.000Z"

PICKERS = """
const fileNamed = async (name) => (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
window.showSaveFilePicker = async (options) => {
  window.pickerOptions = options;
  const handle = await fileNamed(options.suggestedName);
  const writable = await handle.createWritable();
  await writable.truncate(0); // as browsers do with a file that is there
  await writable.close();
  return handle;
};
window.showOpenFilePicker = async () => [await fileNamed("transformer-course-progress.json")];
"""

PERMISSION = """
if (window.FileSystemFileHandle) {
FileSystemFileHandle.prototype.queryPermission = async () => sessionStorage.getItem("permission") ?? "granted";
FileSystemFileHandle.prototype.requestPermission = async () => {
  sessionStorage.setItem("permission", "granted");
  return "granted";
};
}
"""

READ = """async () => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("transformer-course-progress.json", { create: true });
  for (let left = 20; ; left -= 1) {
    try {
      return await (await handle.getFile()).text();
    } catch (error) {  // it was written anew between the two: what was opened is gone
      if (error.name !== "NotReadableError" || left === 0) throw error;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}"""

WRITE = """async (text) => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("transformer-course-progress.json", { create: true });
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
}"""


@pytest.fixture(autouse=True)
def pickers(context):
    context.add_init_script(PICKERS + PERMISSION)


class File:
    """The synced file, as the operating system would show it."""

    def __init__(self, page):
        self.page = page

    @property
    def text(self) -> str:
        return self.page.evaluate(READ)

    def put(self, value: dict | str) -> None:
        self.page.evaluate(WRITE, value if isinstance(value, str) else json.dumps(value))

    def until(self, holds) -> dict:
        end = time.monotonic() + 15
        while time.monotonic() < end:
            text = self.text
            if text and holds(json.loads(text)):
                return json.loads(text)
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not written in time: {self.text}")


@pytest.fixture
def file(storage, context, site):
    """Seen from a page of its own, which runs no script of ours."""
    page = context.new_page()
    page.goto(f"{site}axe.min.js")
    return File(page)


def note(content: str, updated: str = TIME) -> dict:
    return {"content": content, "updated": updated, "history": []}


def start(page, site):
    page.bring_to_front()
    page.goto(f"{site}dashboard/")
    page.get_by_role("button", name="Start a new file").click()
    expect(page.locator(STATUS)).to_contain_text("transformer-course-progress.json is kept up to date")


def test_what_is_typed_reaches_the_file_by_itself(page, site, storage, file):
    storage.put(json.dumps({"version": 2, "notes": {"heads": note("from before")}}))
    start(page, site)
    assert page.evaluate("window.pickerOptions.types[0].accept") == {"application/json": [".json"]}
    written = file.until(lambda record: record["notes"]["heads"]["content"] == "from before")
    assert faults(written) == [] and written["$schema"] == f"{site}assets/record.schema.json"
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).press_sequentially("typed on another page")
    written = file.until(lambda record: "tokens" in record["notes"])
    assert written["notes"]["tokens"]["content"] == "typed on another page"
    expect(page.locator("[data-notice]")).to_have_count(0)


def test_editing_leaves_no_older_texts_behind(page, site, storage, file):
    """The file holds the note's older text at every round; it is the learner's own, and not another device's."""
    start(page, site)
    page.goto(f"{site}topics/tokens/")
    for text in ("a first thought", "a first thought, longer", "a first thought, longer still"):
        page.locator(FIELD).fill(text)
        file.until(lambda record, text=text: record["notes"].get("tokens", {}).get("content") == text)
    assert storage.record["notes"]["tokens"]["history"] == []
    page.reload()
    page.locator(FIELD).fill("a first thought, longer still, after a reload")
    file.until(lambda record: record["notes"]["tokens"]["content"].endswith("after a reload"))
    assert storage.record["notes"]["tokens"]["history"] == []


def test_what_another_device_wrote_joins(page, site, storage, file):
    start(page, site)
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("mine")
    theirs = file.until(lambda record: "tokens" in record["notes"])
    theirs["notes"]["heads"] = note("from the other laptop")
    theirs["finished"]["tokens"] = {"value": True, "updated": TIME}
    file.put(theirs)
    page.locator(FIELD).fill("mine, and more")
    written = file.until(lambda record: record["notes"]["tokens"]["content"] == "mine, and more")
    assert written["notes"]["heads"]["content"] == "from the other laptop"
    record = storage.until_noted("from the other laptop", "heads")
    assert record["finished"]["tokens"]["value"] is True
    expect(page.locator("[data-finish-status]")).to_contain_text("finished")


def test_a_note_changed_on_both_devices_keeps_both_texts(page, site, storage, file):
    start(page, site)
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("as it was")
    theirs = file.until(lambda record: "tokens" in record["notes"])
    soon = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    theirs["notes"]["tokens"] = note("on the train", soon)
    page.locator(FIELD).fill("at home")
    file.put(theirs)
    record = storage.until(lambda record: len(record["notes"]["tokens"]["history"]) == 1)
    kept = record["notes"]["tokens"]
    assert [kept["content"], kept["history"][0]["content"]] == ["on the train", "at home"]
    written = file.until(lambda record: record["notes"]["tokens"]["history"])
    assert written["notes"] == storage.record["notes"]


def test_an_existing_file_is_read_before_it_is_written(page, site, storage, file):
    """As on a second device: the picker for saving would have emptied it."""
    file.put({"version": 2, "notes": {"heads": note("only in the file")}})
    storage.put(json.dumps({"version": 2, "notes": {"tokens": note("only here")}}))
    page.goto(f"{site}dashboard/")
    page.get_by_role("button", name="Go on with a file").click()
    storage.until_noted("only in the file", "heads")
    written = file.until(lambda record: len(record["notes"]) == 2)
    assert written["notes"]["tokens"]["content"] == "only here"
    expect(page.locator("[data-notes-list]")).to_contain_text("only in the file")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{broken", "is no progress file"),
        ('{"name": "a-package", "version": "1.0.0"}', "is no progress file of this site"),
        ('{"version": 4, "notes": {}}', "newer version of this site (4)"),
        ('{"version": 2, "notes": {"tokens": 5}}', "holds something that cannot be read (notes.tokens)"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_never_written_to(page, site, storage, file, text, why):
    file.put(text)
    page.goto(f"{site}dashboard/")
    page.get_by_role("button", name="Go on with a file").click()
    expect(page.locator(STATUS)).to_contain_text(why)
    expect(page.locator(STATUS)).to_contain_text("Nothing was written to it.")
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("a change")
    expect(page.locator("[data-notice=sync]")).to_contain_text(why)
    page.wait_for_timeout(2500)
    assert file.text == text
    page.get_by_role("button", name="Stop keeping it up to date").click()
    expect(page.locator("[data-notice=sync]")).to_have_count(0)
    assert file.text == text and storage.record["notes"]["tokens"]["content"] == "a change"


def test_permission_is_asked_for_again_after_a_restart(page, site, storage, file):
    start(page, site)
    before = file.text
    page.evaluate("sessionStorage.setItem('permission', 'prompt')")
    page.goto(f"{site}topics/tokens/")
    notice = page.locator("[data-notice=sync]")
    expect(notice).to_contain_text(
        "The browser has to be asked again before anything is written to transformer-course-progress.json"
    )
    page.locator(FIELD).fill("waits for permission")
    page.goto(f"{site}dashboard/")
    expect(page.locator(STATUS)).to_contain_text("asked again")
    assert file.text == before
    allow = page.get_by_role("button", name="Allow writing again")
    expect(allow).to_be_visible()
    allow.focus()
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_contain_text("is kept up to date")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    assert json.loads(file.text)["notes"]["tokens"]["content"] == "waits for permission"


def test_permission_can_be_given_on_any_page(page, site, storage, file):
    start(page, site)
    page.evaluate("sessionStorage.setItem('permission', 'prompt')")
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("then allowed")
    page.get_by_role("button", name="Allow writing again").click()
    file.until(lambda record: record["notes"].get("tokens", {}).get("content") == "then allowed")
    expect(page.locator("[data-notice=sync]")).to_have_count(0)


def test_stopping(page, site, storage, file):
    start(page, site)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(STATUS)).to_contain_text("no longer kept up to date")
    expect(page.get_by_role("button", name="Start a new file")).to_be_focused()
    before = file.text
    page.goto(f"{site}topics/tokens/")
    page.locator(FIELD).fill("not for the file")
    storage.until_noted("not for the file")
    page.wait_for_timeout(2500)
    assert file.text == before
    page.goto(f"{site}dashboard/")
    expect(page.locator(STATUS)).to_be_empty()


def test_a_file_that_was_deleted_is_said(page, site, storage, file):
    start(page, site)
    file.page.evaluate(
        "navigator.storage.getDirectory().then((folder) => folder.removeEntry('transformer-course-progress.json'))"
    )
    page.reload()
    expect(page.locator(STATUS)).to_contain_text("was moved or deleted")
    expect(page.get_by_role("button", name="Start a new file")).to_be_visible()


def test_replacing_everything_ends_it_and_leaves_the_file(page, site, storage, file, backup):
    storage.put(json.dumps({"version": 2, "notes": {"tokens": note("the old life")}}))
    start(page, site)
    before = file.text
    backup.replace({"version": 2, "notes": {"heads": note("a new life")}})
    expect(page.locator(STATUS)).to_contain_text("because everything here was replaced")
    assert file.text == before and storage.record["notes"].keys() == {"heads"}


def test_two_tabs_share_the_file(page, site, storage, file, context):
    start(page, site)
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/attention/")
    for tab, text in ((page, "left"), (other, "right"), (page, "left again"), (other, "right again")):
        tab.locator("textarea").fill(text)
        tab.wait_for_timeout(700)
    written = file.until(
        lambda record: (
            [record["notes"].get(id, {}).get("content") for id in ("tokens", "attention")]
            == ["left again", "right again"]
        )
    )
    assert [one["history"] for one in written["notes"].values()] == [[], []]


def test_where_storage_is_full_the_file_still_gets_everything(page, site, storage, file):
    start(page, site)
    page.goto(f"{site}topics/tokens/")
    full = "throw new DOMException('full', 'QuotaExceededError');"
    page.evaluate(f"() => {{ Storage.prototype.setItem = () => {{ {full} }}; }}")
    page.locator(FIELD).fill("does not fit here")
    file.until(lambda record: record["notes"].get("tokens", {}).get("content") == "does not fit here")
    assert "tokens" not in storage.record["notes"]


def test_cancelling_the_picker_changes_nothing(page, site, storage):
    page.goto(f"{site}dashboard/")
    cancelled = "Promise.reject(new DOMException('no', 'AbortError'))"
    page.evaluate(f"() => {{ window.showSaveFilePicker = () => {cancelled}; }}")
    page.get_by_role("button", name="Start a new file").click()
    expect(page.locator(STATUS)).to_be_empty()


def test_where_the_browser_has_no_such_files_nothing_is_shown(page, site, context):
    context.add_init_script("delete window.showSaveFilePicker;")
    page.goto(f"{site}dashboard/")
    expect(page.get_by_role("button", name="Export to a file")).to_be_visible()
    expect(page.locator("[data-sync]")).to_be_hidden()


def test_the_real_browser_has_the_pickers_and_the_files(browser_type, whole_browser_launch_args, site):
    """What the other tests stand in for is there under the names that the page uses."""
    browser = browser_type.launch(**whole_browser_launch_args)
    page = browser.new_page()
    page.goto(f"{site}axe.min.js")
    names = "['showSaveFilePicker', 'showOpenFilePicker'].map((name) => typeof window[name])"
    assert page.evaluate(names) == ["function", "function"]
    methods = "['createWritable', 'getFile', 'queryPermission', 'requestPermission'].map((name) => typeof FileSystemFileHandle.prototype[name])"
    assert page.evaluate(methods) == ["function"] * 4
    browser.close()
