"""The note beside the text: opened from anywhere, one with the note of the page, and holding quotes that lead back."""

import json

from playwright.sync_api import expect
from support.built_site import REPO

AXE = (REPO / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
FIELD = "#notes-tokens"
PANEL = "#notes-panel-field"
TIME = "2026-11-01T08:00:00.000Z"
SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (!walker.nextNode().data.includes(words)) {}
  const range = document.createRange();
  const start = walker.currentNode.data.indexOf(words);
  range.setStart(walker.currentNode, start);
  range.setEnd(walker.currentNode, start + words.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def check_with_axe(page) -> None:
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
    )
    assert found == []


def test_n_opens_the_same_note_and_escape_returns(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    expect(page.get_by_title("Notes (N)")).to_be_visible()
    page.locator("[data-level='1']").focus()
    page.keyboard.press("n")  # a checkbox takes no letters
    expect(page.locator(PANEL)).to_be_hidden()
    page.get_by_role("button", name="Mark as finished").focus()
    page.keyboard.press("n")
    expect(page.locator(PANEL)).to_be_focused()
    page.keyboard.type("n is a letter here")
    expect(page.locator(FIELD)).to_have_value("n is a letter here")
    storage.until_noted("n is a letter here")
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.get_by_role("button", name="Mark as finished")).to_be_focused()
    page.locator(FIELD).press_sequentially(", and here")
    page.get_by_title("Notes (N)").click()
    expect(page.locator(PANEL)).to_have_value("n is a letter here, and here")
    page.get_by_role("button", name="Close the notes").press("Enter")
    expect(page.get_by_title("Notes (N)")).to_be_focused()


def test_a_selected_passage_is_quoted_and_its_link_leads_back(page, site, storage):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{site}topics/tokens/")
    page.evaluate(SELECT, "I can write it.")
    page.get_by_role("button", name="Quote in notes").click()
    page.keyboard.type("not yet")
    quote = "> I can write it.\n> [How well do you know this?](#rubric:~:text=I%20can%20write%20it.)"
    storage.until_noted(f"{quote}\n\nnot yet")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.get_by_role("button", name="Read", exact=True).click()
    check_with_axe(page)
    page.get_by_role("link", name="How well do you know this?").click()
    expect(page.locator(".rubric-can", has_text="I can write it.")).to_be_in_viewport()
    expect(
        page.locator("label", has_text="I can write it.").locator(":focus, :scope:focus-within")
    ).to_have_count(0)
    assert page.evaluate("[...CSS.highlights.get('quoted')].map(String)") == ["I can write it."]
    assert "I can write it." in page.evaluate("document.activeElement.textContent")


def test_a_passage_that_has_changed_is_said_to_have(page, site, storage):
    gone = "> These words were here.\n> [{0}](#{0}:~:text=These)\n\n"
    note = {"content": gone.format("rubric") + gone.format("nowhere"), "updated": TIME, "history": []}
    storage.put(json.dumps({"version": 2, "notes": {"tokens": note}}))
    page.goto(f"{site}topics/tokens/#nowhere")
    expect(page.locator("[data-notices]")).to_contain_text("no longer on this page")
    page.get_by_title("Notes (N)").click()
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.locator(".is-changed").first).to_contain_text("This passage has changed. Its section: rubric")
    expect(page.locator(".is-changed").last).to_contain_text("gone, and so is its section, “nowhere”")
    page.get_by_role("link", name="rubric").click()
    expect(page.locator("#rubric")).to_be_in_viewport()


def test_over_the_text_on_a_phone_it_makes_way(page, site, storage):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{site}topics/tokens/")
    page.get_by_title("Notes (N)").click()
    expect(page.locator(PANEL)).to_be_in_viewport()
    check_with_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("h1").evaluate("e => { e.tabIndex = 0; e.focus(); }")
    expect(page.locator(PANEL)).to_be_hidden()
