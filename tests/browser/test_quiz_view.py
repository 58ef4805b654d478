"""A quiz in a real browser: answered, said why, tried again, remembered, and never lost."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.quiz_site import IDS, choose, log, open_quiz, order, question


@pytest.fixture
def site(quiz_address):
    """Every fixture of this folder looks at this site."""
    return quiz_address


def test_a_wrong_choice_is_told_why_and_where_to_look_and_may_be_tried_again(page, quiz, storage):
    form = question(page, "one")
    choose(form, "three")
    feedback = form.get_by_role("status")
    expect(feedback).to_contain_text("✕ Not yet.")
    expect(feedback).to_contain_text("That is one more than")
    assert feedback.locator("math").count() == 1
    expect(feedback.get_by_role("link", name="Counting")).to_have_attribute("href", "#counting")
    expect(feedback).not_to_contain_text("Count them")
    expect(form.locator("label.is-wrong")).to_have_text(re.compile("It is three.*✕ Your answer"))
    assert form.locator("label.is-right").count() == 0, "the right one is not given away"
    form.get_by_text("The answer, and why").click()
    expect(form.locator("[data-answer]")).to_contain_text("✓ Right It is two")
    assert len(log(storage, "one")) == 1 and log(storage, "one")[0]["right"] is False
    before = order(form)
    form.get_by_role("button", name="Try again").click()
    assert order(form) != before and sorted(order(form)) == sorted(before)
    expect(feedback).to_have_text("")
    expect(form.locator("[data-answer]")).not_to_have_attribute("open", "")
    assert form.locator(":checked").count() == 0
    choose(form, "two")
    expect(feedback).to_contain_text("✓ Correct.")
    expect(feedback).to_contain_text("Count them.")
    expect(form.locator("label.is-right")).to_have_text(re.compile("✓ Correct"))
    assert [
        event["right"]
        for event in storage.until(lambda r: len(r["answers"][IDS[0]]["log"]) == 2)["answers"][IDS[0]]["log"]
    ] == [False, True]


def test_several_choices_are_right_together_or_not_yet(page, quiz, storage):
    form = question(page, "some")
    choose(form, "one", "four")
    feedback = form.get_by_role("status")
    expect(feedback).to_contain_text("Not yet. 1 more is right.")
    expect(feedback).to_contain_text("✓ It is one: One is odd.")
    expect(feedback).to_contain_text("✕ It is four: Four is even.")
    expect(feedback).not_to_contain_text("Three")
    form.get_by_role("button").click()
    choose(form, "one", "three")
    expect(feedback).to_contain_text("Correct.")
    events = storage.until(lambda r: len(r["answers"][IDS[1]]["log"]) == 2)["answers"][IDS[1]]["log"]
    assert [event["right"] for event in events] == [False, True]
    assert events[1]["given"] == sorted(events[1]["given"]) and len(events[1]["given"]) == 2


def test_a_number_may_be_written_as_people_write_it(page, quiz, storage):
    form = question(page, "share")
    field = form.get_by_label("Your answer")
    expect(field).to_have_attribute("inputmode", "decimal")
    expect(form).to_contain_text("m, to within 0.01")
    feedback = form.get_by_role("status")
    field.fill("about half")
    field.press("Enter")
    expect(feedback).to_have_text("Write a number, such as 12 or 0.5.")
    assert storage.text is None or "tokens.share" not in storage.text, "what cannot be read is no try"
    field.fill("1/3")
    field.press("Enter")
    expect(feedback).to_contain_text("That is a third of one metre.")
    expect(field).to_have_js_property("readOnly", True)
    form.get_by_role("button", name="Try again").press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("0,67 m")
    page.keyboard.press("Enter")
    expect(feedback).to_contain_text("Correct.")
    assert [event["given"] for event in log(storage, "share")][-1] == ["0,67 m"]
    form.get_by_text("The answer, and why").click()
    expect(form.locator("[data-answer]")).to_contain_text("0.67 m")
    expect(form.locator("[data-answer]")).to_contain_text("third = 2 / 3")


def test_what_code_prints_is_predicted(page, quiz, storage):
    form = question(page, "print")
    expect(form.locator("pre").first).to_contain_text("range(3)")
    field = form.get_by_label("What it prints")
    field.fill("[1,4,9]")
    field.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Counting starts at 0.")
    form.get_by_role("button").click()
    field.fill(" [0,1, 4]")
    field.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("✓ Correct.")
    lines = question(page, "lines")
    area = lines.get_by_label("What it prints")
    assert area.evaluate("e => e.tagName") == "TEXTAREA"
    area.fill("a\n1 2\n")
    lines.get_by_role("button").click()
    expect(lines.get_by_role("status")).to_contain_text("✓ Correct.")


def test_after_a_reload_the_last_try_is_said_quietly_and_the_order_is_the_same(page, site, quiz, storage):
    form = question(page, "one")
    choose(form, "three")
    log(storage, "one")
    page.reload()
    expect(form.locator("[data-last]")).to_have_text(re.compile(r"^Last try, \d\d:\d\d: ✕ not right$"))
    expect(form.get_by_role("status")).to_have_text("")
    assert form.locator(":checked").count() == 0
    shown = order(form)
    page.reload()
    assert order(form) == shown
    form.get_by_text("The answer, and why").click()
    expect(form.locator("[data-why]").filter(has_text="(your last answer)")).to_have_text(
        re.compile("It is three")
    )
    expect(question(page, "some").locator("[data-last]")).to_have_text("")
    expect(question(page, "some").get_by_text("The answer, and why")).to_be_hidden()


def test_another_device_sees_another_order(page, site, quiz, storage):
    seen = set()
    for device in ("aaaa1111", "bbbb2222", "cccc3333", "dddd4444"):
        page.evaluate("device => localStorage.setItem('ai-syllabus-device', device)", device)
        open_quiz(page, site)
        seen.add(tuple(order(question(page, "one"))))
    assert len(seen) > 1


def test_the_score_counts_last_tries_and_leads_to_what_was_missed(page, quiz, storage):
    score = quiz.locator("[data-score]")
    expect(score.locator("[data-score-text]")).to_have_text("5 questions")
    choose(question(page, "one"), "two")
    choose(question(page, "some"), "two")
    expect(score.locator("[data-score-text]")).to_have_text("1 of 5 right at the last try, 3 not tried yet")
    expect(score.get_by_role("link", name="Question 2: not right yet")).to_have_class("is-wrong")
    score.get_by_role("link", name="Question 2: not right yet").click()
    expect(page).to_have_url(re.compile("#q-some$"))
    question(page, "one").get_by_role("button").click()
    choose(question(page, "one"), "four")
    expect(score.locator("[data-score-text]")).to_have_text("0 of 5 right at the last try, 3 not tried yet")


def test_an_answer_given_in_another_tab_is_known_here(page, site, quiz, storage, context):
    other = context.new_page()
    open_quiz(other, site)
    choose(question(other, "one"), "two")
    expect(quiz.locator("[data-score-text]")).to_have_text("1 of 5 right at the last try, 4 not tried yet")
    expect(question(page, "one").locator("[data-last]")).to_contain_text("✓ right")
    choose(question(page, "one"), "four")
    storage.until(lambda record: len(record["answers"][IDS[0]]["log"]) == 2)


def test_a_record_of_a_newer_version_is_not_written_and_practice_goes_on(page, site, storage):
    newer = json.dumps({"version": 99, "answers": {}, "notes": {}})
    storage.put(newer)
    open_quiz(page, site)
    form = question(page, "one")
    choose(form, "three")
    expect(form.get_by_role("status")).to_contain_text("That is one more than")
    expect(form.get_by_role("status")).to_contain_text("This try was not recorded: a newer version")
    expect(form.get_by_text("The answer, and why")).to_be_visible()
    page.wait_for_timeout(300)
    assert storage.text == newer


def test_storage_that_is_full_is_told_and_the_try_counts_until_the_page_is_left(page, site, storage):
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    quiz = open_quiz(page, site)
    choose(question(page, "one"), "two")
    expect(question(page, "one").get_by_role("status")).to_contain_text(
        "This try lasts until you leave the page"
    )
    expect(quiz.locator("[data-score-text]")).to_contain_text("1 of 5 right")


def test_typed_text_is_shown_as_text(page, site, quiz, storage):
    form = question(page, "print")
    form.get_by_label("What it prints").fill("<img src=x onerror=alert(1)>")
    form.get_by_role("button").click()
    log(storage, "print")
    page.reload()
    form.get_by_text("The answer, and why").click()
    expect(form.locator("[data-answer]")).to_contain_text("You wrote: <img src=x onerror=alert(1)>")
