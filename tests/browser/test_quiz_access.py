"""A quiz by keyboard alone, to a screen reader, on paper, and without a script."""

import re

import pytest
from playwright.sync_api import expect
from support.quiz_site import choose, log, order, question
from support.windows import MATERIAL, windows


@pytest.fixture
def site(quiz_address):
    """Every fixture of this folder looks at this site."""
    return quiz_address


# --- by keyboard, and to a screen reader --------------------------------------------------------------------------


def test_the_whole_quiz_by_keyboard_alone(page, quiz, storage):
    def focused(what: str) -> str:
        return page.evaluate(f"document.activeElement.{what}")

    page.locator("h1").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    page.keyboard.press("Tab")
    assert focused("type") == "radio"
    form = question(page, "one")
    place = order(form).index(form.locator("input[data-right]").get_attribute("value"))
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("✓ Correct.")
    assert focused("textContent") == "Try again", "focus waits on the button"
    page.keyboard.press("Enter")
    assert focused("type") == "radio", "and goes back to the first option"
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
        if focused("type") == "checkbox":
            break
        page.keyboard.press("Enter") if focused("tagName") == "SUMMARY" else None
    while focused("type") != "checkbox":
        page.keyboard.press("Tab")
    form = question(page, "some")
    for value in order(form):
        if form.locator(f"input[value='{value}'][data-right]").count():
            page.keyboard.press("Space")
        page.keyboard.press("Tab")
    assert focused("textContent") == "Check"
    page.keyboard.press("Space")
    expect(form.get_by_role("status")).to_contain_text("✓ Correct.")
    for own, text in (("share", "0.667"), ("print", "[0, 1, 4]")):
        while focused("tagName") != "INPUT":
            page.keyboard.press("Tab")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(question(page, own).get_by_role("status")).to_contain_text("✓ Correct.")
    while focused("tagName") != "TEXTAREA":
        page.keyboard.press("Tab")
    page.keyboard.type("a\n1 2")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(question(page, "lines").get_by_role("status")).to_contain_text("✓ Correct.")
    expect(quiz.locator("[data-score-text]")).to_contain_text("of 5 right at the last try")


def test_a_held_enter_does_not_race_through(page, quiz, storage):
    form = question(page, "share")
    form.get_by_label("Your answer").fill("5")
    page.keyboard.down("Enter")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(form.get_by_role("button")).to_have_text("Try again")
    assert len(log(storage, "share")) == 1


def test_checking_without_an_answer_says_so_and_is_no_try(page, quiz, storage):
    form = question(page, "some")
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("Choose at least one option first.")
    expect(form.get_by_role("checkbox").first).to_be_focused()
    assert "tokens.some" not in (storage.text or "")


def test_roles_and_names(page, quiz):
    group = page.get_by_role("group", name=re.compile("Question 2 Which numbers are odd"))
    assert group.get_by_role("checkbox").count() == 4
    expect(group.get_by_role("checkbox", name="It is three")).to_be_enabled()
    one = page.get_by_role("group", name=re.compile("Question 1 What is"))
    assert one.get_by_role("radio").count() == 4
    share = page.get_by_role("group", name=re.compile("Question 3"))
    expect(share.get_by_role("textbox", name="Your answer")).to_have_accessible_description(
        "m, to within 0.01"
    )
    one.get_by_role("radio", name="It is three").check()
    one.get_by_role("button", name="Check").click()
    expect(one.get_by_role("radio", name="It is three ✕ Your answer")).to_be_disabled()


@windows
def test_axe_finds_nothing_and_targets_are_large(page, quiz, scheme, width, site):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", MATERIAL[scheme])
    small = page.locator(
        ".question-option, [data-check], .question-field :is(input, textarea), .quiz-score a"
    )
    heights = small.evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => Math.min(r.height, r.width))"
    )
    assert len(heights) > 15 and min(heights) >= 44
    page.add_script_tag(url=f"{site}axe.min.js")

    def told():
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        return [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]

    assert not told()
    choose(question(page, "one"), "three")
    choose(question(page, "some"), "one", "three")
    question(page, "share").get_by_label("Your answer").fill("5")
    question(page, "share").get_by_role("button").click()
    for summary in page.locator(".is-offered > summary").all():
        summary.click()
    assert not told()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# --- on paper, and without a script -------------------------------------------------------------------------------


def test_on_paper_it_is_a_test_with_its_key_at_the_end(page, quiz):
    choose(question(page, "one"), "three")
    question(page, "one").get_by_text("The answer, and why").click()
    page.emulate_media(media="print")
    tops = (
        question(page, "one")
        .locator("[data-options] label")
        .evaluate_all(
            "all => Object.fromEntries(all.map(e => [e.dataset.letter, e.getBoundingClientRect().top]))"
        )
    )
    assert sorted(tops, key=tops.get) == ["A", "B", "C", "D"], "in the order of the key, whatever the shuffle"
    expect(quiz.locator(".quiz-key")).to_be_visible()
    expect(quiz.locator(".quiz-key")).to_have_text(
        "Answers: 1: B; 2: A, C; 3: 0.67 m; 4: [0, 1, 4]; 5: a / 1 2"
    )
    expect(question(page, "one").locator("[data-answer]")).to_be_visible()
    expect(question(page, "some").locator("[data-answer]")).to_be_hidden()
    expect(page.get_by_role("button", name="Check").first).to_be_hidden()


def test_without_a_script_questions_can_be_read_and_answers_unfolded(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}quiz/")
    expect(page.get_by_text("scripts are switched off here").first).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(4)
    expect(page.locator("[data-check]:visible")).to_have_count(0)
    expect(page.locator("[data-answer]:visible")).to_have_count(5)
    form = question(page, "one")
    expect(form.get_by_text("Count them.")).to_be_hidden()
    form.get_by_text("The answer, and why").click()
    expect(form.get_by_text("Count them.")).to_be_visible()
    question(page, "print").get_by_label("What it prints").press("Enter")
    expect(page).to_have_url(f"{site}quiz/")
    context.close()
