"""A served site for the learner's tests, and a look into its storage."""

import contextlib
import json
import time

import pytest
from support import backup_page, courses, learner_site, quiz_site
from support.server import serve

KEY = "ai-syllabus-progress"


@pytest.fixture(scope="session")
def site(once):
    """Address of the small course."""
    with serve(once("small", lambda folder: learner_site.build(folder, courses.small()))) as address:
        yield address


@pytest.fixture(scope="session")
def large_site(once):
    """Address of a course of 200 topics."""
    with serve(once("large", lambda folder: learner_site.build(folder, courses.large(200)))) as address:
        yield address


@pytest.fixture(scope="session")
def quiz_address(once):
    """Address of a page with a quiz."""
    with serve(once("quiz", quiz_site.build) / "site") as address:
        yield address


@pytest.fixture
def quiz(page, site, storage):
    """That page's quiz, ready; for tests whose `site` is quiz_address."""
    return quiz_site.open_quiz(page, site)


@pytest.fixture
def page(page, context):
    """A page that fails its test when a file is missing, the site's policy is broken or a script throws."""
    complaints = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console", lambda message: complaints.append(message.text) if message.type == "error" else None
    )
    context.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    yield page
    assert not complaints


class Storage:
    """The browser's storage as it is, past the site's modules."""

    def __init__(self, page):
        self.page = page

    @property
    def text(self) -> str | None:
        return self.page.evaluate("key => localStorage.getItem(key)", KEY)

    @property
    def record(self) -> dict:
        return json.loads(self.text)

    @property
    def set_aside(self) -> list[str]:
        """Texts under the quarantine keys."""
        return self.page.evaluate(
            "prefix => Object.keys(localStorage).filter(k => k.startsWith(prefix)).map(k => localStorage.getItem(k))",
            f"{KEY}-set-aside-",
        )

    def until(self, holds) -> dict:
        """The record, as soon as `holds` is true of it: saving is quick, but not instant."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(KeyError, TypeError):
                if holds(self.record):
                    return self.record
            self.page.wait_for_timeout(30)
        raise AssertionError(f"not stored in time: {self.text}")

    def until_noted(self, content: str, id: str = "tokens") -> dict:
        return self.until(lambda record: record["notes"][id]["content"] == content)

    def put(self, text: str) -> None:
        self.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


@pytest.fixture
def storage(page, site):
    """Storage of the small site; the page stands on a file that runs no script."""
    page.goto(f"{site}axe.min.js")
    return Storage(page)


@pytest.fixture
def backup(page, site, storage):
    """The dashboard's card with copies."""
    return backup_page.Backup(page, site, storage)
