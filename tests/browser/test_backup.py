"""Export and import: the same record back, seen before it merges, and nothing lost to a bad file."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.backup_page import MARK, RECORD, TIME
from support.exported_files import faults
from support.generated import REPO
from support.windows import MATERIAL, windows

LATER = "2026-11-20T08:00:00.000Z"


def note(content: str, updated: str = TIME) -> dict:
    return {"content": content, "updated": updated, "history": []}


def test_export_clear_import_export_gives_the_same_bytes(page, site, backup, storage):
    backup.open(RECORD)
    with page.expect_download() as download:
        backup.button("Export to a file").click()
    name = r"transformer-course-progress-\d{4}-\d\d-\d\d\.json"
    assert re.fullmatch(name, download.value.suggested_filename)
    first = download.value.path().read_bytes()
    page.evaluate("localStorage.clear()")
    page.reload()
    assert storage.text is None
    assert backup.merge(first) == (
        "progress.json: 2 notes, 2 self-assessments, 1 finished mark, 1 answered question, 1 exercise, "
        "1 exercise said to be done, 1 reviewed question, 1 step of a path, 1 visit, 1 reading time, "
        "1 record of sections read added or brought up to date. Where a note differed, both texts are kept."
    )
    assert backup.exported().encode() == first
    page.reload()
    assert backup.exported().encode() == first
    assert storage.record == RECORD
    assert json.loads(first) == {"$schema": f"{site}assets/record.schema.json", **RECORD}
    assert faults(json.loads(first)) == []


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_a_record_of_every_version_that_shipped_goes_on_and_comes_out_whole(
    page, site, backup, storage, version
):
    """Stored by an older site, migrated by a visit, exported, and the older file itself imported: the same."""
    text = (REPO / "tests" / "fixtures" / "records" / f"{version}.json").read_text(encoding="utf-8")
    old = json.loads(text)
    storage.put(text)
    page.goto(f"{site}topics/tokens/")
    record = storage.until(lambda record: record["visits"]["tokens"] and record["version"] == 3)
    for id, written in old["notes"].items():
        assert {**record["notes"][id], **written} == record["notes"][id]
    for section in [name for name in old if isinstance(old[name], dict) and name != "notes"]:
        assert {**record[section], **old[section]} == record[section]
    assert record["theme"] == "dark" and storage.set_aside == []
    backup.open()
    assert faults(json.loads(backup.exported())) == []
    page.evaluate("localStorage.clear()")
    page.reload()
    backup.merge(text)
    del record["visits"]["tokens"]
    assert storage.record == record


def test_importing_again_changes_nothing(page, backup, storage):
    backup.open(RECORD)
    text = backup.exported()
    backup.choose(text)
    expect(backup.panel).to_contain_text("everything in it is here already")
    expect(backup.button("Merge")).to_have_count(0)
    backup.button("Cancel").click()
    expect(backup.status).to_have_text("Nothing was changed.")
    assert backup.exported() == text


def test_the_import_shows_what_would_change_and_changes_nothing_yet(page, backup, storage):
    notes = {"tokens": note("rewritten on the train", LATER), "heads": note("new", LATER)}
    file = {**RECORD, "notes": notes, "finished": {"heads": MARK}}
    backup.open(RECORD)
    before = storage.text
    backup.choose(file, name="laptop.json")
    title = backup.panel.get_by_role("heading", name="What laptop.json would change here")
    expect(title).to_be_visible()
    expect(backup.panel.locator("section")).to_be_focused()
    assert backup.panel.locator("section > ul > li").all_inner_texts() == [
        "2 notes: 1 new, 1 changed",
        "1 finished mark, new",
        "Tokens\nHere, 1 Nov 2026\nmine 🦉\nIn the file, 20 Nov 2026\nrewritten on the train",
    ]
    assert storage.text == before
    backup.button("Cancel").click()
    expect(backup.panel).to_be_empty()
    expect(page.locator("input[data-import]")).to_be_focused()
    assert storage.text == before

    backup.merge(file, name="laptop.json")
    record = storage.until_noted("rewritten on the train")
    assert [old["content"] for old in record["notes"]["tokens"]["history"]] == ["mine 🦉", "older"]
    expect(page.locator("input[data-import]")).to_be_focused()


def test_many_notes_that_differ_are_counted(page, backup):
    def notes(text):
        return {f"n{at:02}": note(f"{text} {at}") for at in range(14)}

    backup.open({**RECORD, "notes": notes("here")})
    backup.choose({**RECORD, "notes": notes("there")})
    expect(backup.panel.locator("dl")).to_have_count(10)
    expect(backup.panel).to_contain_text("And 4 notes more.")


def test_an_old_backup_brings_back_what_is_missing_and_undoes_nothing(page, backup, storage):
    now = {
        "notes": {"tokens": note("rewritten", LATER)},
        "finished": {"tokens": {"value": False, "updated": LATER}},
    }
    backup.open({**RECORD, **now})
    assert "both texts are kept" in backup.merge(RECORD)
    record = storage.until_noted("rewritten")
    assert [old["content"] for old in record["notes"]["tokens"]["history"]] == ["mine 🦉", "older"]
    assert record["notes"]["gone"]["content"] == "of a topic that is no more"
    assert record["finished"]["tokens"]["value"] is False


def test_a_file_of_the_source_site_can_be_brought_in(page, backup, storage):
    backup.open()
    assert "1 note added" in backup.merge('{"notes":{"tokens":{"content":"from the old site"}}}')
    expect(page.locator("[data-notes-list]")).to_contain_text("from the old site")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (json.dumps(RECORD)[:-40], "its end is missing"),
        ("", "no progress file of this site"),
        ("[]", "no progress file"),
        ("not json", "no progress file"),
        (json.dumps({"notes": {"tokens": note("café")}}, ensure_ascii=False).encode("latin-1"), "another encoding than UTF-8"),
        ('{"name":"a-package","version":"1.0.0"}', "no progress file of this site"),
        ('{"version":4,"notes":{"tokens":{"content":"from the future"}}}', "newer version of this site (4)"),
        ({"notes": {"a": {"content": "", "history": [note(str(n)) for n in range(9000)]}}}, "more texts of one note"),
        pytest.param(b"[" + b" " * 50_000_000, "larger than 50 MB", marks=pytest.mark.long),
    ],
    ids=["truncated", "empty", "array", "text", "latin-1", "other-json", "newer", "endless-history", "huge"],
)  # fmt: skip
def test_a_file_that_is_no_record_is_refused_and_changes_nothing(page, backup, storage, content, says):
    backup.open(RECORD)
    before = storage.text
    backup.choose(content, name="holiday.json")
    told = backup.said()
    assert says in told and told.startswith("holiday.json") and told.endswith("Nothing was changed.")
    assert storage.text == before and storage.set_aside == []
    expect(backup.panel).to_be_empty()
    assert json.loads(backup.exported())["notes"] == RECORD["notes"]


def test_a_hostile_file_is_neutralised(page, backup, storage):
    hostile = """{"version":1,"__proto__":{"polluted":"yes"},"notes":{
        "__proto__":{"content":"evil"},
        "<img src=x onerror=alert(1)>":{"content":"<script>document.title='owned'</script>","updated":"2026-11-01T08:00:00.000Z"},
        "constructor":{"content":"named like what every object has"},
        "tokens":{"content":"<img src=x onerror=alert(1)>","__proto__":{"polluted":"yes"}}},
        "replaced":"8999-01-01T00:00:00.000Z",
        "finished":{"no such topic":{"value":true}},"rubric":{"tokens":{"1":{"value":"<b>"}}}}"""
    backup.open(RECORD)
    backup.choose(hostile, name="<img src=x onerror=alert(1)>.json")
    expect(backup.panel).to_contain_text("<img src=x onerror=alert(1)>.json would change here")
    expect(backup.panel).to_contain_text("Left out, because it could not be read: ")
    backup.button("Merge").click()
    told = backup.said()
    assert "Left out" in told and "__proto__" in told
    assert page.evaluate("({}).polluted === undefined && Object.prototype.content === undefined")
    assert page.locator("[data-dashboard] img, [data-dashboard] script").count() == 0
    assert page.title() == "Your dashboard"
    record = storage.until_noted("named like what every object has", "constructor")
    tokens = record["notes"]["tokens"]
    texts = {tokens["content"], *(old["content"] for old in tokens["history"])}
    assert {"mine 🦉", "<img src=x onerror=alert(1)>"} <= texts
    assert record["rubric"]["tokens"] == RECORD["rubric"]["tokens"] and "replaced" not in record
    expect(page.locator("[data-summary]")).to_contain_text("finished 1 of 3 topics")


def test_a_file_that_no_longer_fits_is_kept_in_memory_and_said(page, backup, storage):
    backup.open(RECORD)
    before = storage.text
    backup.merge({"version": 2, "notes": {"heads": note("y" * 6_000_000)}})
    expect(page.get_by_role("status", name="Messages")).to_contain_text("full")
    assert storage.text == before
    assert json.loads(backup.exported())["notes"]["heads"]["content"] == "y" * 6_000_000


@windows
def test_axe_finds_nothing_in_the_card_when_it_has_most_to_show(page, site, backup, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    backup.open(RECORD)
    backup.replace({"version": 2, "notes": {"tokens": note("other " * 60)}})
    backup.choose(RECORD, name="a-file-with-quite-a-long-name-that-wraps-somewhere-in-the-middle.json")
    expect(backup.panel).not_to_be_empty()
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", MATERIAL[scheme])
    page.add_script_tag(url=f"{site}axe.min.js")
    for asking in (False, True):
        if asking:
            backup.button("Replace everything").click()
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        told = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
        assert not told, told
        small = page.locator("[data-backup] button:visible, dialog button").evaluate_all(
            "buttons => buttons.filter(b => b.getBoundingClientRect().height < 43.9).map(b => b.textContent)"
        )
        assert not small
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_markdown_holds_what_the_learner_wrote_and_did(page, backup):
    backup.open(RECORD)
    with page.expect_download() as download:
        backup.button("Notes and results as Markdown").click()
    assert re.fullmatch(r"transformer-course-notes-[\d-]+\.md", download.value.suggested_filename)
    text = download.value.path().read_text(encoding="utf-8")
    assert text.split("\n\n", 2)[2] == MARKDOWN


MARKDOWN = """\
## Part 1: Foundations

### Tokens

- You say: level 2 of 4, Explain: I can say why.
- You say: finished, 1 Nov 2026
- Reading time: 10 min
- Read: 1 of 2 sections
- Answered: 1 question. Shown: 1 right at the last try
  - “What is a token?”: right, 1 Nov 2026, 1 try
- You say: exercise `tokens.split` is done
- Shown: exercise `tokens.split`, 2 of 5 tests passed, 1 Nov 2026, 1 run
- Reviews: 1, the last on 1 Nov 2026 (0 again, 0 hard, 1 good, 0 easy)

Notes, 1 Nov 2026:

```markdown
mine 🦉
```

Another text of these notes, 1 Oct 2026:

```markdown
older
```

## Labs, paths and what is no longer in the course

### gone

Notes, 1 Nov 2026:

```markdown
of a topic that is no more
```

### path-lesson

- You say: step `path-lesson.read` is done, 1 Nov 2026
"""
