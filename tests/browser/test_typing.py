"""Typing into notes while browsers do what they do: nothing typed is lost, and after a crash at most the last 300 ms."""

import contextlib
import json
import os
import random
import signal
import string
import time

import pytest
from playwright.sync_api import Error, expect

FIELD = "textarea[data-notes-for=tokens]"
MOST_LOST = 0.300  # seconds of typing, when a tab is killed


def texts(record: dict, id: str) -> list[str]:
    note = record["notes"][id]
    return [note["content"], *(old["content"] for old in note["history"])]


def kill_renderers(browser) -> None:
    """Every process of this browser that draws pages, from outside: none of them can say a last word."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    for process in processes:
        if process["type"] == "renderer":
            os.kill(process["id"], signal.SIGKILL)


def stored_text(context, site) -> str:
    """Read by a new page; the browser may hand it a process that was killed with the others, and then another one."""
    for _ in range(3):
        with contextlib.suppress(Error):
            page = context.new_page()
            page.goto(f"{site}axe.min.js")
            return page.evaluate("localStorage.getItem('ai-syllabus-progress')")
    raise AssertionError("no page can be opened any more")


def type_for(page, seconds: float) -> tuple[str, list[float]]:
    """Presses keys, one after the other; gives back what was typed and when each key was about to be pressed."""
    typed, times, end = "", [], time.monotonic() + seconds
    while time.monotonic() < end:
        letter = string.ascii_letters[len(typed) % 52]
        times.append(time.monotonic())
        page.keyboard.press(letter)
        typed += letter
    return typed, times


@pytest.mark.long
@pytest.mark.parametrize("way", ["killed", "crashed", "closed"])
def test_a_tab_that_ends_in_the_middle_of_typing(browser, site, way, record_property):
    """Killed from outside, crashed, or closed without a word: what was typed until 300 ms before is stored."""
    lost = []
    for attempt in range(5):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{site}topics/tokens/")
        page.locator(FIELD).focus()
        typed, times = type_for(page, 0.4 + 0.07 * attempt)
        end = times[-1]
        if way == "killed":
            with page.expect_event("crash"):
                kill_renderers(browser)
                end = time.monotonic()
        elif way == "crashed":
            with pytest.raises(Error):
                page.goto("chrome://crash", timeout=1500, wait_until="commit")
        else:
            page.close(run_before_unload=False)
        record = json.loads(stored_text(context, site))
        context.close()
        stored = record["notes"]["tokens"]["content"]
        assert typed.startswith(stored)
        lost.append(end - times[len(stored)] if len(stored) < len(typed) else 0.0)
    record_property("seconds lost", [round(one, 3) for one in lost])
    assert max(lost) <= MOST_LOST, lost


@pytest.fixture
def caching_page(browser_type, whole_browser_launch_args):
    """A page of a browser that keeps left pages frozen, as learners' browsers do and the tests' one does not."""
    browser = browser_type.launch(
        **whole_browser_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser.new_context().new_page()
    browser.close()


def go_back(page) -> None:
    """Page.go_back waits for a load event, and pages from the cache have none."""
    with page.expect_event("framenavigated"):
        page.evaluate("() => void setTimeout(() => history.back())")


def test_back_from_the_cache_with_a_note_written_elsewhere_and_typing_goes_on(caching_page, site):
    page = caching_page
    page.goto(f"{site}topics/tokens/")
    page.evaluate("window.sameDocument = true")
    page.locator(FIELD).press_sequentially("first")
    page.goto(f"{site}dashboard/")
    other = page.context.new_page()
    other.goto(f"{site}topics/tokens/")
    expect(other.locator(FIELD)).to_have_value("first")
    other.locator(FIELD).fill("first, and second")
    other.locator("[data-level='1']").check()
    other.close()
    go_back(page)
    expect(page.locator(FIELD)).to_have_value("first, and second")
    assert page.evaluate("window.sameDocument"), "the page came from the back-forward cache"
    expect(page.locator("[data-level='1']")).to_be_checked()
    page.locator(FIELD).press("ControlOrMeta+End")
    page.locator(FIELD).press_sequentially("!")
    page.goto(f"{site}dashboard/")
    go_back(page)
    assert page.evaluate("window.sameDocument")
    page.locator(FIELD).press_sequentially("?")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("first, and second!?")
    expect(page.locator(".notes-others")).to_be_hidden()


def test_reload_in_the_middle_of_typing_loses_nothing(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    typed = ""
    for word in ("one ", "two ", "three ", "four ", "five "):
        page.locator(FIELD).press_sequentially(word)
        typed += word
        page.reload()
        expect(page.locator(FIELD)).to_have_value(typed)
        assert storage.record["notes"]["tokens"] == {
            **storage.record["notes"]["tokens"],
            "content": typed,
            "history": [],
        }


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_two_pages_typed_into_by_turns_at_random(page, site, storage, context, seed):
    """The same note and different ones, with pauses as they come: every letter ends up in the note it was typed into."""
    chance = random.Random(seed)
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    third = context.new_page()
    third.goto(f"{site}topics/attention/")
    left, right, apart = list(string.ascii_lowercase), list(string.ascii_uppercase), list(string.digits)
    while left or right or apart:
        tab, letters = chance.choice([(page, left), (other, right), (third, apart)])
        for _ in range(chance.randint(1, 4)):
            if letters:
                tab.locator("textarea").press_sequentially(letters.pop(0))
        if chance.random() < 0.3:
            page.wait_for_timeout(chance.choice([20, 160, 300]))
    same = set(string.ascii_letters)
    record = storage.until(lambda record: same <= set("".join(texts(record, "tokens"))))
    record = storage.until_noted(string.digits, "attention")
    assert texts(record, "attention") == [string.digits]
    for tab in (page, other):
        expect(tab.locator(FIELD)).to_have_value(texts(storage.record, "tokens")[0])
    settled = storage.text
    page.wait_for_timeout(500)
    assert storage.text == settled, "nobody goes on writing"


def test_the_same_note_on_two_pages_keeps_both_texts(page, site, storage, context):
    """Two whole texts, neither of them written over the other: one is the note, the other stands below it."""
    page.goto(f"{site}topics/tokens/")
    other = context.new_page()
    other.goto(f"{site}topics/tokens/")
    # At the same moment: a text that had already arrived in the other tab would be written over knowingly.
    fill = """([field, text, at]) => {
      setTimeout(() => { field.value = text; field.dispatchEvent(new Event("input")); }, at - Date.now());
    }"""
    at = 1000 * time.time() + 1000
    for tab, text in ((page, "what I think here"), (other, "what I think there")):
        tab.evaluate(fill, [tab.locator(FIELD).element_handle(), text, at])
    record = storage.until(lambda record: len(texts(record, "tokens")) == 2)
    assert sorted(texts(record, "tokens")) == ["what I think here", "what I think there"]
    for tab in (page, other):
        expect(tab.get_by_text("1 other text of this note")).to_be_visible()
