"""The real site in a real browser: what is asked for, what is blocked, what can be read and reached."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.built_site import KINDS, PAGES, REPO
from support.windows import PHONE, windows

AXE = (REPO / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
HEIGHT = 900
TOPIC = "part1-transformer-architecture"


@pytest.fixture
def browser_context_args(browser_context_args, request):
    """Scheme and size of the window, where a test asks for them."""
    more = {}
    if "scheme" in request.fixturenames:
        more["color_scheme"] = request.getfixturevalue("scheme")
    if "width" in request.fixturenames:
        more["viewport"] = {"width": request.getfixturevalue("width"), "height": HEIGHT}
    return {**browser_context_args, **more}


def open_quietly(page, address, name) -> None:
    """Opens a page and everything that is folded on it; it fits the window."""
    page.goto(address + PAGES[name])
    page.locator("[data-notices]").wait_for(state="attached")  # the views have started
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} px wider than the window"


def check_with_axe(page) -> None:
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 150))]))"
    )
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_is_asked_and_the_page_fits_a_phone(watched, address, name):
    page, faults = watched
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    open_quietly(page, address, name)
    assert faults == []


ALL = [name if name in KINDS else pytest.param(name, marks=pytest.mark.long) for name in PAGES]


@pytest.mark.parametrize("name", ALL)
@windows
def test_nobody_else_is_asked_and_axe_finds_nothing(watched, address, name, scheme, width):
    page, faults = watched
    open_quietly(page, address, name)
    check_with_axe(page)
    assert faults == []


def test_no_code_scrolls_sideways_on_a_desk(page, address):
    page.set_viewport_size({"width": 1280, "height": 900})
    for name in ("topic", "lab"):
        page.goto(address + PAGES[name])
        wide = page.evaluate("""[...document.querySelectorAll('.band-code .code-scroll, .jp-InputArea pre')]
            .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 80))""")
        assert wide == []


def test_without_javascript_the_page_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES["topic"])
    for words in (
        "Attention in four steps",
        "weights [[",
        "I can read the attention formula aloud",
    ):
        assert page.get_by_text(words).first.is_visible(), words
    assert page.locator("#causal-map").get_by_text("Row adds up to").is_visible()
    assert page.locator("math").first.is_visible()
    page.goto(address + PAGES["map"])
    assert page.get_by_role("link", name="Transformer Architecture").first.is_visible()
    page.goto(address + PAGES["dashboard"])
    assert page.get_by_role("link", name="Architecture").first.is_visible()
    context.close()


def test_steps_light_up_equation_and_code_together(page, address):
    page.goto(address + PAGES["topic"])
    unit = page.locator("#attention")
    unit.get_by_role("button", name=re.compile("scale")).press("Enter")
    pressed = unit.locator("[aria-pressed=true]")
    assert pressed.count() == 1 and "scale" in pressed.inner_text()
    line = unit.locator(".line[data-step~='2']").first
    other = unit.locator(".line[data-step~='4']").first
    colour = "e => getComputedStyle(e).backgroundColor"
    assert line.evaluate(colour) != other.evaluate(colour)


def test_a_long_listing_folds_to_its_marked_lines(page, address):
    page.goto(address + PAGES["topic"])
    unit = page.locator("#multi-head")
    whole = unit.locator("#multi-head-code").evaluate("e => e.textContent")
    hidden = unit.locator(".fold .line")
    assert hidden.count() > 40 and not any(line.is_visible() for line in hidden.all())
    marked = unit.locator(".line[data-step]")
    assert marked.count() >= 4 and all(line.is_visible() for line in marked.all())
    button = unit.get_by_role("button", name=f"Show all {len(whole.splitlines())} lines")
    button.press("Enter")
    assert hidden.first.is_visible() and button.count() == 0
    unit.get_by_role("button", name="Show fewer lines").press("Enter")
    assert not hidden.first.is_visible()
    assert unit.locator("#multi-head-code").evaluate("e => e.textContent") == whole


def test_the_contents_say_how_long_a_section_takes_and_which_are_read(page, address):
    page.goto(address + PAGES["dashboard"])
    sections = page.evaluate(
        "fetch('/assets/course.json').then(r => r.json()).then(course => course.topics[0].sections)"
    )
    read = {TOPIC: {"whole": {"seconds": 600, "end": True, "last": "2026-11-27T08:00:00.000Z"}}}
    page.evaluate(
        "record => localStorage.setItem('ai-syllabus-progress', JSON.stringify(record))",
        {"version": 3, "read": read},
    )
    page.goto(address + PAGES["topic"])
    contents = page.locator(".md-sidebar--secondary")
    expect(contents.locator(".toc-mark")).to_have_count(len(sections))
    for section in sections:
        mark = contents.locator(f"a[href$='#{section['id']}'] .toc-mark")
        expect(mark).to_have_text("✓ read" if section["id"] == "whole" else f"{section['minutes']} min")


def test_copy_gives_the_exact_code(page, context, address):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address + PAGES["topic"])
    page.locator("#attention").get_by_role("button", name="Copy code").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#attention-code").evaluate("e => e.textContent")
    assert "①" not in copied
    compile(copied, "copied", "exec")


def test_a_learner_is_remembered(watched, address):
    """Notes, level and finishing on the topic page; all of it on the dashboard, after a reload, without a mouse."""
    page, faults = watched
    page.goto(address + PAGES["topic"])
    page.locator(f"textarea[data-notes-for='{TOPIC}']").focus()
    page.keyboard.type("Row looks, column is looked at. <script>alert(1)</script> 🙂 שלום")
    for level in (1, 2):
        page.locator(f"[data-rubric-for='{TOPIC}'] [data-level='{level}']").focus()
        page.keyboard.press("Space")
    page.locator(f"button[data-finish='{TOPIC}']").focus()
    page.keyboard.press("Enter")
    page.reload()
    note = page.locator(f"textarea[data-notes-for='{TOPIC}']")
    assert note.input_value().startswith("Row looks") and note.input_value().endswith("שלום")
    assert page.locator(f"[data-rubric-for='{TOPIC}'] :checked").count() == 2
    assert "2" in page.locator(f"[data-level-of='{TOPIC}']").first.inner_text()
    record = json.loads(page.evaluate("localStorage.getItem('ai-syllabus-progress')"))
    assert record["notes"][TOPIC]["content"].startswith("Row looks")
    page.goto(address + PAGES["dashboard"])
    dashboard = page.locator("[data-dashboard]")
    expect(dashboard).to_contain_text("You say that you have finished 1 of 1 topic")
    expect(dashboard).to_contain_text("<script>alert(1)</script>")
    page.goto(address + PAGES["map"])
    assert page.locator(f"[data-level-square='{TOPIC}']").first.inner_text() == "2"
    assert faults == []


def test_a_head_of_the_grid_opens_and_its_rows_can_be_read_by_keyboard(page, address):
    page.goto(address + PAGES["topic"])
    figure = page.locator("#all-heads")
    figure.scroll_into_view_if_needed()  # its picture is fetched when it comes near
    figure.get_by_role("button").nth(2).focus()
    page.keyboard.press("Enter")
    assert "Layer 0, head 2" in figure.inner_text()
    heat = page.locator("#it-to-cat")
    heat.scroll_into_view_if_needed()  # it comes when it is seen
    heat.locator("tr[data-row] button[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    assert "was →" in heat.get_by_role("status").inner_text()
    page.keyboard.press("Escape")
    assert "it → cat, 0.71" in heat.get_by_role("status").inner_text()
