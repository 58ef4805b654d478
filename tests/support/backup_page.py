"""The dashboard's card "Keep a copy", as the tests use it."""

import json

from playwright.sync_api import Locator, Page, expect

TIME = "2026-11-01T08:00:00.000Z"
MARK = {"value": True, "updated": TIME}
RECORD = {
    "version": 3,
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
    "steps": {"path-lesson.read": MARK},
    "answers": {"tokens.what-is": {"log": [{"at": TIME, "right": True, "given": ["a"]}]}},
    "exercises": {"tokens.split": {"log": [{"at": TIME, "passed": 2, "total": 5}]}},
    "done": {"tokens.split": MARK},
    "reviews": {"tokens.what-is": {"log": [{"at": TIME, "grade": 3}]}},
    "time": {"tokens": {"2026-11-01 k3f9a2xq": 600}},
    "read": {"tokens": {"first": {"seconds": 600, "end": True, "last": TIME}}},
    "later": {"kept": [1, {"two": None}]},
}  # fmt: skip


class Backup:
    """Opens the dashboard, chooses files, presses buttons, and reads what is said and saved."""

    def __init__(self, page: Page, site: str, storage):
        self.page, self.site, self.storage = page, site, storage
        self.status = page.locator("[data-backup-status]")
        self.panel = page.locator("[data-import-preview]")
        self.dialog = page.get_by_role("dialog")

    def open(self, record: dict | None = None) -> None:
        if record is not None:
            self.storage.put(json.dumps(record))
        self.page.goto(f"{self.site}dashboard/")
        expect(self.page.get_by_role("button", name="Export to a file")).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, content: str | bytes | dict, name: str = "progress.json") -> None:
        text = json.dumps(content) if isinstance(content, dict) else content
        data = text if isinstance(text, bytes) else text.encode()
        self.status.evaluate("place => { place.textContent = ''; }")
        self.page.locator("input[data-import]").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": data}
        )

    def said(self) -> str:
        expect(self.status).not_to_be_empty()
        return self.status.inner_text()

    def merge(self, content: str | bytes | dict, name: str = "progress.json") -> str:
        self.choose(content, name)
        self.button("Merge").click()
        return self.said()

    def replace(self, content: str | bytes | dict, name: str = "progress.json") -> str:
        """What the page says; the file that it saves first is let go."""
        self.choose(content, name)
        self.button("Replace everything").click()
        self.button("Save a copy and replace").click()
        return self.said()

    def saved(self, press) -> str:
        with self.page.expect_download() as download:
            press()
        return download.value.path().read_text(encoding="utf-8")

    def exported(self) -> str:
        return self.saved(self.button("Export to a file").click)

    @property
    def copies(self) -> list[dict]:
        """The records that are kept because they were replaced."""
        return self.page.evaluate(
            "Object.keys(localStorage).filter(k => k.includes('-replaced-')).map(k => JSON.parse(localStorage[k]))"
        )
