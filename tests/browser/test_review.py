"""The review page: what is due, asked and graded by keyboard alone; what goes wrong; and the file for Anki."""

import csv
import json
import re

import pytest
from playwright.sync_api import expect
from support import review_page
from support.keyboard import tab_to
from support.review_page import ALL, NOW, QUESTIONS, record
from support.server import serve
from support.windows import MATERIAL, windows

from hooks.base.errors import MissingFileError
from hooks.site_files import vendored


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    review_page.build(folder)
    with serve(folder) as address:
        yield address


@pytest.fixture
def storage(page, storage):
    page.clock.install(time=NOW)
    return storage


def visit(page, site, storage, stored=ALL):
    storage.put(json.dumps(stored))
    page.goto(f"{site}review/")
    expect(page.locator(".review-card, .review-rest, .review-start.is-shown")).to_be_visible()


def test_from_the_first_question_to_the_end_by_keyboard(page, site, storage):
    visit(page, site, storage)
    places = (".review-card", ".review-answer", "[data-review-status]")
    card, answer, status = (page.locator(place) for place in places)
    expect(card).to_be_focused()
    expect(card).to_have_accessible_name("1 of 4 due What is all?")
    page.keyboard.press("3")  # no answer yet, so no grade
    expect(answer).to_be_hidden()
    first = page.locator(".question-option > span").first.inner_text()
    page.keyboard.press("Tab")  # the code scrolls
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(answer).to_be_hidden()
    page.keyboard.press("Enter")
    expect(answer).to_be_focused()
    expect(answer).to_contain_text("✕ Not yet." + ("" if first == "Not this one" else " 1 more is right."))
    page.keyboard.press("Control+3")
    expect(answer).to_be_visible()
    page.keyboard.press("1")
    expect(status).to_have_text("Again: again in 10 min.")
    storage.until(lambda now: now["reviews"]["tokens.all"]["log"][0]["grade"] == 1)

    expect(card).to_be_focused()
    expect(card).to_have_accessible_name("2 of 4 due What does a row add up to? See the notes.")
    page.keyboard.press("Space")
    expect(answer).to_be_focused()
    expect(page.get_by_role("button", name="Again 10 min")).to_be_visible()
    page.keyboard.press("3")
    expect(status).to_have_text(re.compile(r"^Good: again in \d+ days\.$"))

    expect(card).to_have_accessible_name("3 of 4 due What is scale?")
    expect(page.get_by_text("Answer to within 0.01.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("5.66")
    tab_to(page, page.get_by_role("button", name="Good"), limit=8)
    page.keyboard.press("Enter")
    expect(card).to_have_accessible_name("4 of 4 due What is shape?")
    page.keyboard.press("Space")
    page.keyboard.press("4")

    rest = page.locator(".review-rest")
    expect(rest).to_be_focused()
    expect(rest).to_contain_text("Nothing is due")
    expect(rest).to_contain_text("4 questions reviewed, 1 of them to see again soon.")
    expect(rest).to_contain_text("Next: today from 14:1")
    stored = storage.until(lambda now: len(now["reviews"]) == 4)["reviews"]
    assert {id: [event["grade"] for event in entry["log"]] for id, entry in stored.items()} == {
        "tokens.all": [1], "tokens.row": [3], "tokens.scale": [3], "tokens.shape": [4],
    }  # fmt: skip

    page.clock.fast_forward("11:00")
    expect(rest).to_contain_text("1 question due again")
    expect(rest).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_have_accessible_name("5 of 5 due What is all?")
    expect(card).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("3")
    expect(rest).to_contain_text(re.compile(r"Next: (tomorrow|on \w+), \d question"))
    storage.until(lambda now: [event["grade"] for event in now["reviews"]["tokens.all"]["log"]] == [1, 3])


def test_each_step_is_in_sight_on_a_phone(page, site, storage):
    page.set_viewport_size({"width": 360, "height": 740})
    visit(page, site, storage)
    for place in (".review-grades", ".review-card", ".review-grades", ".review-card", ".review-grades"):
        page.keyboard.press("Space" if place == ".review-grades" else "3")
        expect(page.locator(place)).to_be_visible()
        part = page.locator(place if place == ".review-grades" else "#review-ask")
        expect(part).to_be_in_viewport(ratio=1)


def test_a_choice_is_judged_and_each_option_explained(page, site, storage):
    visit(page, site, storage, record(["row"]))
    page.get_by_label("To 0").check()
    page.get_by_role("button", name="Show answer").click()
    answer = page.locator(".review-answer")
    expect(answer).to_contain_text("✕ Not yet.")
    expect(answer).to_contain_text("✓ To 1, for every queryBecause of a.")
    expect(answer).to_contain_text("✕ To 0Because of c.")
    expect(page.locator(".question-option.is-right")).to_contain_text("✓ Right")
    expect(page.locator(".question-option.is-wrong")).to_contain_text("✕ Your choice")
    expect(answer.get_by_text("Because of b.")).to_be_hidden()
    answer.get_by_text("Why not another answer").click()
    expect(answer.get_by_text("Because of b.")).to_be_visible()
    page.keyboard.press("Enter")  # the summary's own key
    expect(answer.get_by_text("Because of b.")).to_be_hidden()
    expect(page.get_by_role("link", name="the notes")).to_have_attribute(
        "href", f"{site}topics/tokens/#notes"
    )
    answer.get_by_role("link", name="How they are made").click()
    expect(page).to_have_url(f"{site}topics/tokens/#notes")
    assert "reviews" not in storage.record or not storage.record["reviews"], "looking is not grading"


def test_what_was_typed_elsewhere_stays_text(page, site, storage):
    visit(page, site, storage, record(["shape"]))
    page.keyboard.press("Space")
    page.get_by_text("Why not another answer").click()
    expect(page.get_by_text("<b>(5, 2)</b>")).to_be_visible()


def test_keys_belong_to_the_card_alone(page, site, storage):
    visit(page, site, storage)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Export all 4 questions").focus()
    page.keyboard.press("3")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("3")
    expect(page.locator(".review-answer")).to_be_visible()
    assert not storage.record.get("reviews")


def test_options_stand_in_another_order_at_another_try(page, site, storage):
    orders = set()
    for tries in range(1, 5):
        log = [{"at": f"2026-11-1{n}T08:00:00.000Z", "right": False, "given": []} for n in range(tries)]
        visit(page, site, storage, {"version": 2, "answers": {"tokens.row": {"log": log}}})
        orders.add(tuple(page.locator(".question-option > span").all_inner_texts()))
        page.goto(f"{site}axe.min.js")
    assert len(orders) > 1


def test_nothing_answered_yet_leads_to_the_topics_questions(page, site, storage):
    visit(page, site, storage, {"version": 2})
    expect(page.get_by_role("heading", name="Where questions come from")).to_be_visible()
    expect(page.locator("[data-review-place]")).to_be_empty()
    expect(page.get_by_role("button", name="that you have answered")).to_be_hidden()
    page.get_by_role("link", name="Tokens: 4 questions").click()
    expect(page).to_have_url(f"{site}topics/tokens/#q-row")


def test_nothing_is_due_says_when_something_will_be(page, site, storage):
    visit(page, site, storage, record(["row", "all"], at="2026-11-21T13:0{}:00.000Z"))
    rest = page.locator(".review-rest")
    expect(rest).to_have_text(re.compile("Nothing is due\\s*Next: on Monday, 2 questions."))
    expect(page.get_by_role("heading", name="Where questions come from")).to_be_hidden()


def test_questions_that_are_gone_are_skipped_and_kept(page, site, storage):
    gone = record(["row", "gone"])
    visit(page, site, storage, gone)
    expect(page.locator(".review-card")).to_have_accessible_name(re.compile("^1 of 1 due"))
    page.keyboard.press("Space")
    page.keyboard.press("3")
    stored = storage.until(lambda now: now["reviews"]["tokens.row"])
    assert stored["answers"]["tokens.gone"] == gone["answers"]["tokens.gone"]


def test_another_tab_changes_the_count_and_not_the_question(page, site, storage, context):
    visit(page, site, storage, record(["row"]))
    expect(page.locator("#review-progress")).to_have_text("1 of 1 due")
    other = context.new_page()
    other.goto(f"{site}axe.min.js")
    type(storage)(other).put(json.dumps(ALL))
    expect(page.locator("#review-progress")).to_have_text("1 of 4 due")
    expect(page.locator("#review-ask")).to_contain_text("What does a row add up to?")


def test_a_newer_record_is_not_graded(page, site, storage):
    visit(page, site, storage, ALL | {"version": 99})
    expect(page.locator(".review-rest")).to_contain_text("this one only reads it")
    expect(page.locator(".review-card")).to_have_count(0)
    assert storage.record["version"] == 99


@pytest.mark.parametrize("missing", ["questions.json", "ts-fsrs.mjs"])
def test_what_cannot_be_loaded_can_be_tried_again(browser, site, missing):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}axe.min.js")
    stored = json.dumps(record(["row"], at="2026-01-01T08:0{}:00.000Z"))
    page.evaluate("text => localStorage.setItem('ai-syllabus-progress', text)", stored)
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(f"{site}review/")
    expect(page.locator("[data-review-status]")).to_contain_text("could not be loaded")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    page.unroute(f"**/{missing}")
    page.keyboard.press("Enter")
    expect(page.locator(".review-card")).to_be_focused()
    context.close()


def test_without_scripts_the_page_says_where_the_questions_are(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}review/")
    expect(page.get_by_text("scripts are switched off here")).to_be_visible()
    expect(page.get_by_role("link", name="Tokens: 4 questions")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    context.close()


def test_only_the_review_page_loads_the_scheduler(page, site, storage):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, site, storage)
    assert any("ts-fsrs" in url for url in asked)
    asked.clear()
    page.goto(f"{site}topics/tokens/", wait_until="networkidle")
    assert not [url for url in asked if "fsrs" in url or "questions.json" in url]


def test_a_missing_package_is_named_with_the_cure(tmp_path):
    with pytest.raises(MissingFileError, match=r"ts-fsrs/dist/index\.mjs: .* run `make setup`"):
        vendored.files(tmp_path)


def test_the_file_for_anki(page, site, storage):
    visit(page, site, storage, record(["row", "scale"]))
    for name, ids in (
        ("Export the 2 questions that you have answered", {"tokens.row", "tokens.scale"}),
        ("Export all 4 questions", set(QUESTIONS)),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert re.fullmatch(r"transformer-course-anki-2026-11-21\.txt", download.value.suggested_filename)
        text = download.value.path().read_text(encoding="utf-8")
        assert text.split("\n")[3:6] == ["#deck:The Running Transformer", "#guid column:1", "#tags column:4"]
        notes = list(csv.reader(text.split("\n")[6:-1], delimiter="\t", doublequote=True, strict=True))
        assert {note[0] for note in notes} == ids and all(len(note) == 4 for note in notes)
        expect(page.locator("[data-anki-status]")).to_have_text(f"{len(ids)} notes saved as a text file.")
    by_id = {note[0]: note for note in notes}
    assert "in weights:<br>&#9;<span" in by_id["tokens.shape"][1]
    assert '"and more of it"' in by_id["tokens.shape"][1]
    assert "To <math><mi>T</mi></math>" in by_id["tokens.row"][1]
    assert f'href="{site}topics/tokens/#notes"' in by_id["tokens.row"][2]
    assert by_id["tokens.all"][3] == "tokens multiple"


@windows
def test_axe_finds_nothing(page, site, storage, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    states = {
        "nothing answered": ({"version": 2}, []),
        "asked": (ALL, []),
        "answered": (ALL, ["Tab", "Tab", "Space", "Enter"]),
        "code": (record(["all"]), ["Space"]),
        "calculation": (record(["scale"]), ["Space"]),
        "nothing due": (record(["scale"]), ["Space", "3"]),
    }
    for name, (stored, keys) in states.items():
        page.goto(f"{site}axe.min.js")
        page.evaluate("localStorage.clear()")
        visit(page, site, storage, stored)
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", MATERIAL[scheme])
        for key in keys:
            page.keyboard.press(key)
        for summary in page.locator(".review-answer summary").all():
            summary.click()
        page.add_script_tag(url=f"{site}axe.min.js")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        told = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
        assert not told, (name, told)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        small = page.eval_on_selector_all(
            ".review button, .review-card label",
            "all => all.filter(one => one.offsetHeight && one.offsetHeight < 43.5).map(one => one.outerHTML)",
        )
        assert not small, (name, small)
