"""The look in a real Chromium: widths, axe, units, copy buttons, keyboard, paper, and no script."""

from urllib.parse import quote

import pytest
from support.windows import windows

from . import sample

PAGES = ["", "topic/", "words/", "raw/", "lab/", "404.html"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BEST = ["best-practice"]
SCROLLERS = (
    ".code-scroll, .table-scroll, .math, pre, .jp-Cell-inputWrapper, .jp-OutputArea-output, "
    ".md-typeset__scrollwrap, .visually-hidden, .md-code__nav"
)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_overflows_sideways(visit, path):
    page = visit(path)
    for width in (320, 360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        beyond = page.evaluate(
            """scrollers => [...document.querySelectorAll(".md-content__inner *")].filter(element => {
                const box = element.getBoundingClientRect();
                return box.width && box.right > innerWidth + 1 && !element.closest(scrollers);
            }).map(element => element.outerHTML.slice(0, 120))""",
            SCROLLERS,
        )
        assert not beyond, width


@windows
def test_axe_finds_nothing(visit, address, width, scheme):
    page = visit("", width=width, scheme=scheme, bypass_csp=True)
    told = []
    for path in PAGES:
        page.goto(address + path)
        page.add_script_tag(path=sample.REPO / "node_modules/axe-core/axe.min.js")
        # An older page keeps the headings that its owner wrote, an h4 under an h2.
        found = page.evaluate("tags => axe.run({ runOnly: tags })", WCAG + BEST * (path != "raw/"))
        for violation in found["violations"]:
            told += [f"{path} {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
    assert not told


def colours(page, selector):
    return page.eval_on_selector_all(selector, "all => all.map(one => getComputedStyle(one).backgroundColor)")


def test_steps_by_keyboard(visit):
    """The sentence's step is pressed at load; Enter on another moves the tint to its line and its mark."""
    page = visit("topic/")
    unit = page.locator("#whole")
    assert unit.locator("[aria-pressed=true]").inner_text().split()[:2] == ["3", "weights"]
    soft = colours(page, "#whole .line[data-step='3']")[0]
    none = colours(page, "#whole .line[data-step='1']")[0]
    assert soft == "rgb(243, 234, 248)" and soft != none
    unit.locator("button[data-step='3']").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert unit.locator("[aria-pressed=true]").count() == 1
    assert unit.locator("[aria-pressed=true]").get_attribute("data-step") == "1"
    assert colours(page, "#whole .line[data-step='1']") == [soft]
    assert colours(page, "#whole .line[data-step='3']") == [none, none]
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    by_mark = page.eval_on_selector_all(
        "#whole math [data-step]",
        "all => Object.fromEntries(all.map(one => [one.dataset.step, getComputedStyle(one).color]))",
    )
    assert by_mark["2"] == "rgb(106, 44, 145)"
    assert len({by_mark[mark] for mark in "134"}) == 1 and by_mark["2"] != by_mark["1"]


@pytest.mark.parametrize(
    ("button", "text"),
    [("whole-code", sample.CODE), ("whole-output", sample.OUTPUT), ("plain-code", sample.CODE)],
)
def test_copies_the_exact_text_and_says_so(visit, button, text):
    page = visit("topic/", permissions=["clipboard-read", "clipboard-write"])
    pressed = page.locator(f"button[data-copy='{button}']")
    name = pressed.inner_text()
    pressed.focus()
    page.keyboard.press("Enter")
    pressed.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text
    said = page.locator("[role=status][data-copy-voice]").inner_text()
    assert said == f"Copied: {name.removeprefix('Copy ')}"
    pressed.get_by_text(name, exact=True).wait_for()


def test_copies_where_the_clipboard_is_refused(visit):
    page = visit("topic/", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.locator("button[data-copy='plain-code']").click()
    page.locator("button[data-copy='plain-code']").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == sample.CODE


def test_selected_code_has_no_marks(visit):
    """Marks stand in the gutter by style alone: dragging over the code takes the code."""
    page = visit("topic/")
    page.evaluate("getSelection().selectAllChildren(document.getElementById('whole-code'))")
    assert page.evaluate("getSelection().toString()").rstrip("\n") == sample.CODE.rstrip("\n")
    assert page.evaluate("document.getElementById('whole-code').textContent") == sample.CODE


def test_prompt_is_chosen_by_arrow_keys_and_copied(visit):
    page = visit("topic/", permissions=["clipboard-read", "clipboard-write"])
    first = sample.TOPIC["providers"][0]["prompt"]
    assert page.locator(".prompt:visible blockquote").all_inner_texts() == [first]
    page.get_by_role("radio", name="Claude").focus()
    page.keyboard.press("ArrowRight")
    wanted = sample.TOPIC["providers"][1]["prompt"]
    assert page.locator(".prompt:visible blockquote").all_inner_texts() == [wanted]
    page.keyboard.press("Enter")
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    page.get_by_text("Gemini", exact=True).last.click()
    opens = page.locator("a[data-assistant]").evaluate_all("links => links.map(link => link.href)")
    prompts = [quote(one["prompt"], safe="!'()*~") for one in sample.TOPIC["providers"]]
    assert opens == [
        f"https://claude.ai/new?q={prompts[0]}",
        f"https://chatgpt.com/?q={prompts[1]}",
        "https://gemini.google.com/app",
    ]
    page.get_by_role("button", name="Copy prompt for Gemini").click()
    page.locator("[data-copy-voice]").get_by_text("prompt for Gemini").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == sample.TOPIC["providers"][2]["prompt"]


def test_readable_without_script(visit):
    page = visit("topic/", java_script_enabled=False)
    assert "torch.exp(scores" in page.locator("#whole-code").inner_text()
    assert "0.6698" in page.locator("#whole-output").inner_text()
    assert page.locator("#whole .step-button b").all_inner_texts() == ["scores", "scale", "weights", "mix"]
    page.get_by_text("Hint 1").click()
    assert page.get_by_text("Start with the scores.").is_visible()
    page.locator("label.pill", has_text="Gemini").click()
    assert page.get_by_text("Show why the scores").is_visible()
    page.get_by_text("The code behind this").click()
    assert page.locator("#quiet-code").is_visible()


def test_menu_opens_by_keyboard(visit):
    page = visit("words/", width=360)
    menu = page.get_by_role("button", name="Menu")
    assert not page.locator(".md-sidebar--primary").is_visible(), "a closed menu takes no focus"
    menu.focus()
    page.keyboard.press("Enter")
    page.locator(".md-sidebar--primary").get_by_role("link", name="An older page").wait_for()
    assert menu.get_attribute("aria-expanded") == "true"


def test_prose_is_narrower_than_units(visit):
    page = visit("topic/")
    width = "one => one.getBoundingClientRect().width"
    assert page.eval_on_selector("[data-topic-id] > p:not(.mode-tag)", width) <= 612
    assert page.eval_on_selector("#whole", width) == pytest.approx(688, abs=1)


def test_links_widen_with_their_minutes(visit):
    page = visit("topic/")
    width = "all => all.map(one => one.getBoundingClientRect().width)"
    learn, practice, build, review = page.eval_on_selector_all(".mode-links a", width)
    assert build > learn > practice >= review


def test_equation_uses_the_maths_font(visit):
    page = visit("topic/")
    used = "[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)"
    loaded = [family.strip('"') for family in page.evaluate(used)]
    assert {"STIX Two Math", "Source Serif 4", "Source Sans 3", "Source Code Pro"} <= set(loaded)


def test_paper_is_light_and_shows_what_screens_fold(visit):
    page = visit("topic/", scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 28)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.get_by_text("Start with the scores.").is_visible()
    assert page.locator(".prompt:visible").count() == len(sample.TOPIC["providers"])
    assert not page.locator("button:visible").count()
    assert page.eval_on_selector("#whole-code", "one => one.scrollWidth <= one.parentElement.clientWidth")


def test_no_motion_where_none_is_wanted(visit):
    page = visit("topic/", reduced_motion="reduce")
    still = "all => all.every(one => getComputedStyle(one).transitionDuration === '0s')"
    assert page.eval_on_selector_all("*", still)


def test_templates_stay_out_of_the_site(built):
    files = {str(path.relative_to(built)) for path in built.rglob("*")}
    assert not [name for name in files if name.startswith(("parts", "partials")) or name.endswith(".py")]
    assert "main.html" not in files
    assert {
        "assets/css/site.css",
        "assets/js/app.mjs",
        "assets/fonts/stix-two-math.woff2",
    } <= files


def test_an_address_that_is_no_page_leads_to_the_last_place(visit):
    page = visit("")
    topic = {"planned": False, "aliases": [], "rubric": [], "prerequisites": [], "opens": []}
    topics = [
        {**topic, "id": id, "title": title, "url": f"{id}/"}
        for id, title in (("topic", "A Topic"), ("words", "Words"))
    ]
    page.route("**/assets/course.json", lambda route: route.fulfill(json={"topics": topics}))
    visits = {"words": {"first": "2026-11-01T08:00:00.000Z", "last": "2026-11-01T08:00:00.000Z"}}
    page.evaluate(
        "record => localStorage.setItem('ai-syllabus-progress', JSON.stringify(record))",
        {"version": 2, "visits": visits},
    )
    page.goto(page.url + "404.html")
    page.locator("[data-lost]").get_by_text("You were last at Words.").wait_for()
    assert page.get_by_role("link", name="Topic map").last.is_visible()
