"""Export and import: the same record back, merged with what is there, and nothing lost to a bad file."""

import json

import pytest
from playwright.sync_api import expect

TIME = "2026-11-01T08:00:00.000Z"
MARK = {"value": True, "updated": TIME}
RECORD = {
    "version": 1,
    "notes": {
        "tokens": {
            "content": "mine 🦉",
            "updated": TIME,
            "history": [{"content": "older", "updated": "2026-10-01T08:00:00.000Z"}],
        },
        "gone": {"content": "of a topic that is no more", "updated": TIME, "history": []},
    },
    "rubric": {"tokens": {"1": MARK, "2": MARK}, "attention": {"1": {**MARK, "value": False}}},
    "visits": {"tokens": {"first": TIME, "last": TIME}},
    "finished": {"tokens": MARK},
    "later": {"kept": [1, {"two": None}]},
}


@pytest.fixture
def dashboard(page, site, storage):
    """Opens the dashboard with a record in storage."""

    def open(record: dict | None = None):
        if record is not None:
            storage.put(json.dumps(record))
        page.goto(f"{site}dashboard/")

    return open


@pytest.fixture
def bring_in(page):
    """Imports a file; gives back what the page says about it."""

    def bring(content: str | bytes, name: str = "progress.json") -> str:
        data = content if isinstance(content, bytes) else content.encode()
        status = page.locator("[data-backup-status]")
        status.evaluate("place => { place.textContent = ''; }")
        page.locator("input[data-import]").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": data}
        )
        expect(status).not_to_be_empty()
        return status.inner_text()

    return bring


def exported(page) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name="Export to a file").click()
    assert download.value.suggested_filename.startswith("transformer-course-progress-")
    return download.value.path().read_text(encoding="utf-8")


def test_export_clear_import_gives_the_same_record(page, dashboard, storage, bring_in):
    dashboard(RECORD)
    first = exported(page)
    page.evaluate("localStorage.clear()")
    page.reload()
    assert storage.text is None
    said = bring_in(first)
    assert (
        "2 notes" in said and "2 self-assessments" in said and "1 finished mark" in said and "1 visit" in said
    )
    assert exported(page) == first
    page.reload()
    assert exported(page) == first
    assert json.loads(first) == RECORD


def test_importing_again_changes_nothing(page, dashboard, storage, bring_in):
    dashboard(RECORD)
    text = exported(page)
    assert "everything in it was here already" in bring_in(text)
    assert exported(page) == text


def test_an_old_backup_brings_back_what_is_missing_and_undoes_nothing(page, dashboard, storage, bring_in):
    later = "2026-11-20T08:00:00.000Z"
    dashboard(
        {
            **RECORD,
            "notes": {"tokens": {"content": "rewritten", "updated": later}},
            "finished": {"tokens": {"value": False, "updated": later}},
        }
    )
    assert "both texts are kept" in bring_in(json.dumps(RECORD))
    record = storage.until_noted("rewritten")
    assert [old["content"] for old in record["notes"]["tokens"]["history"]] == ["mine 🦉", "older"]
    assert record["notes"]["gone"]["content"] == "of a topic that is no more"
    assert record["finished"]["tokens"]["value"] is False


def test_a_file_of_the_source_site_can_be_brought_in(page, dashboard, storage, bring_in):
    dashboard()
    assert "1 note added" in bring_in('{"notes":{"tokens":{"content":"from the old site"}}}')
    expect(page.locator("[data-notes-list]")).to_contain_text("from the old site")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (json.dumps(RECORD)[:-40], "its end is missing"),
        ("", "no progress file of this site"),
        ("[]", "no progress file"),
        ("not json", "no progress file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no progress file"),
        ('{"name":"a-package","version":"1.0.0"}', "no progress file of this site"),
        ('{"version":2,"notes":{"tokens":{"content":"from the future"}}}', "newer version of this site (2)"),
    ],
    ids=["truncated", "empty", "array", "text", "picture", "other-json", "newer"],
)  # fmt: skip
def test_a_file_that_is_no_record_is_refused_and_changes_nothing(
    page, dashboard, storage, bring_in, content, says
):
    dashboard(RECORD)
    before = storage.text
    said = bring_in(content, name="holiday.json")
    assert says in said and said.startswith("holiday.json") and said.endswith("Nothing was changed.")
    assert storage.text == before and storage.set_aside == []


def test_a_huge_file_is_refused(page, dashboard, storage, bring_in):
    dashboard(RECORD)
    before = storage.text
    assert "larger than 50 MB" in bring_in(b"[" + b" " * 50_000_000)
    assert storage.text == before


def test_a_hostile_file_is_neutralised(page, dashboard, storage, bring_in):
    hostile = """{"version":1,"__proto__":{"polluted":"yes"},"notes":{
        "__proto__":{"content":"evil"},
        "<img src=x onerror=alert(1)>":{"content":"<script>document.title='owned'</script>","updated":"2026-11-01T08:00:00.000Z"},
        "constructor":{"content":"named like what every object has"},
        "tokens":{"content":"fine","__proto__":{"polluted":"yes"}}},
        "finished":{"no such topic":{"value":true}},"rubric":{"tokens":{"1":{"value":"<b>"}}}}"""
    dashboard(RECORD)
    said = bring_in(hostile, name="<img src=x onerror=alert(1)>.json")
    assert "Left out" in said and "__proto__" in said
    assert page.evaluate("({}).polluted === undefined && Object.prototype.content === undefined")
    assert page.locator("[data-dashboard] img, [data-dashboard] script").count() == 0
    assert page.title() == "Your dashboard"
    record = storage.until_noted("named like what every object has", "constructor")
    assert {"mine 🦉", "fine"} <= {
        record["notes"]["tokens"]["content"],
        *(h["content"] for h in record["notes"]["tokens"]["history"]),
    }
    assert record["rubric"]["tokens"] == RECORD["rubric"]["tokens"]
    expect(page.locator("[data-summary]")).to_contain_text("1 of 3 topics finished")


def test_a_file_that_no_longer_fits_is_kept_in_memory_and_said(page, dashboard, storage, bring_in):
    dashboard(RECORD)
    before = storage.text
    large = {"version": 1, "notes": {"heads": {"content": "y" * 6_000_000, "updated": TIME}}}
    bring_in(json.dumps(large))
    expect(page.get_by_role("status", name="Messages")).to_contain_text("full")
    assert storage.text == before
    assert json.loads(exported(page))["notes"]["heads"]["content"] == "y" * 6_000_000
