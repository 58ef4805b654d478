"""An exercise on its page: hints in turn, results that pytest has written, and files that are none."""

import json
import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from support import courses, learner_site
from support.keyboard import tab_to
from support.refusing import FILL, REFUSED
from support.server import serve
from support.windows import MATERIAL, windows

from directives.exercise import folder as exercises
from directives.exercise import view as exercise_view
from hooks.base import markdown, templates
from hooks.execution import cache, runner

DOCS = learner_site.REPO / "docs"
PAGE = "topics/tokens/exercise/"
ID = "tokens.attention-maps"
DATA = {
    "id": "attention-maps",
    "title": "Read the maps",
    "minutes": 60,
    "task": "Write **five** functions.",
    "folder": "exercises/attention-maps",
    "hints": ["Say the axes aloud.", "Take a row.", "`divmod`."],
}
FOLDER = exercises.folder_of(DATA, DOCS, "part1/x.md", 1)
WRONG = {answer.name.removesuffix(".py"): answer for answer in FOLDER.wrong}


@pytest.fixture(scope="module")
def results(built_site):
    """What pytest writes for each answer, by the answer's path: the very file that a learner opens."""
    ran = runner.run(FOLDER.tasks(), cache.users(learner_site.REPO), lambda line: None)
    return ran, {answer.path: ran[FOLDER.task(answer).key].values[0] for answer in FOLDER.answers}


@pytest.fixture(scope="module")
def site(tmp_path_factory, results):
    """A page with the exercise as the build makes it, and one with an exercise that has no files."""
    folder = tmp_path_factory.mktemp("exercise")
    manifest = courses.small()
    learner_site.build(folder, manifest)
    told = exercises.prove(FOLDER, results[0])
    plain = {
        "id": "think",
        "title": "Think",
        "minutes": 5,
        "task": "Think.",
        "hints": ["One", "Two"],
        "solution": "Ah.",
    }
    content = ""
    for number, (data, files) in enumerate([(DATA, FOLDER), (plain, None)], start=1):
        page = SimpleNamespace(root="../../../", files={})
        shown = exercise_view.view(data, files, told if files else {}, page, markdown.block)
        for path, text in page.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        shown |= {"id": f"tokens.{data['id']}", "number": number, "title": data["title"]}
        content += templates.fill("exercise", "../../../", exercise=shown)
    content = f'<h1>Tokens</h1><div data-topic-id="tokens"><h2>Exercises</h2>{content}</div>'
    learner_site.write(folder, PAGE, "Tokens", content, manifest)
    with serve(folder) as address:
        yield address


@pytest.fixture
def exercise(page, site, storage):
    page.goto(site + PAGE)
    return page.locator("#exercise-attention-maps")


def xml(text: str, name: str = "result.xml") -> dict:
    return {"name": name, "mimeType": "text/xml", "buffer": text.encode()}


def open_file(exercise, file: dict) -> None:
    expect(exercise.locator("[data-result-ready]")).to_be_visible()  # before that nobody listens
    exercise.locator("[data-result-file]").set_input_files(file)


def log(record: dict) -> list[tuple[int, int]]:
    return [(run["passed"], run["total"]) for run in record["exercises"][ID]["log"]]


def test_hints_open_one_at_a_time_by_keyboard(page, exercise):
    hints = exercise.locator("[data-hint]")
    for opened in range(3):
        assert [hint.is_visible() for hint in hints.all()] == [at <= opened for at in range(3)]
        expect(hints.nth(opened)).to_contain_text(f"Hint {opened + 1} of 3")
        tab_to(page, hints.nth(opened).locator("summary"))
        page.keyboard.press("Enter")
        expect(hints.nth(opened).locator("p")).to_be_visible()
        expect(exercise.locator("[data-hint]:visible")).to_have_count(min(opened + 2, 3))
    hints.nth(0).locator("summary").click()
    expect(hints.nth(2)).to_be_visible()  # what was opened once does not go away again
    other = page.locator("#exercise-think [data-hint]")
    expect(other.nth(0)).to_be_visible()
    expect(other.nth(1)).to_be_hidden()


def test_a_result_is_counted_explained_and_kept(page, exercise, storage, results):
    expect(exercise.locator("[data-status]")).to_have_text("No result yet")
    open_file(exercise, xml(results[1][WRONG["its_own_row_counts_too"].path]))
    expect(exercise.locator("[data-status]")).to_have_text(
        re.compile(r"^Shown: 6 of 8 tests passed, \d\d:\d\d$")
    )
    failure = exercise.locator("[data-failure]")
    expect(failure).to_contain_text("Test 6: what the first token receives")
    expect(failure).to_contain_text(
        "received() counts what the token gives to itself. Leave out its own row."
    )
    exercise.get_by_text("What the 8 tests check").click()
    signs = [row.text_content() for row in exercise.locator("[data-test] [data-sign]").all()]
    assert signs == ["✓ passed"] * 5 + ["✕ failed"] * 2 + ["✓ passed"]
    expect(exercise.locator("[data-runs]")).to_be_hidden()

    open_file(exercise, xml(results[1][FOLDER.solution.path]))
    expect(exercise.locator("[data-status]")).to_have_text(
        re.compile(r"^✓ Shown: 8 of 8 tests passed, \d\d:\d\d$")
    )
    expect(failure).to_be_hidden()
    record = storage.until(lambda record: len(log(record)) == 2)
    assert log(record) == [(6, 8), (8, 8)]

    page.reload()
    expect(exercise.locator("[data-status]")).to_contain_text("✓ Shown: 8 of 8 tests passed")
    expect(exercise.locator("[data-runs] li")).to_have_count(2)
    runs = [square.inner_text() for square in exercise.locator("[data-runs] li").all()]
    assert [" ".join(text.split()).split(",")[0] for text in runs] == ["6 of 8", "8 of 8"]


def test_a_mistake_in_the_learners_own_line_is_placed(exercise, results):
    text = results[1][FOLDER.starter.path]
    fault = 'message="TypeError: no">maps_exercise.py:44: in looks\n  x\nE  TypeError: no\n\nmaps_exercise.py:44: TypeError'
    open_file(exercise, xml(re.sub(r'message="Failed: maps_of[^"]*">[^<]*', lambda _: fault, text, count=1)))
    expect(exercise.locator("[data-failure]")).to_contain_text("TypeError: no")
    expect(exercise.locator("[data-failure]")).to_contain_text("maps_exercise.py, line 44")


def test_by_keyboard_alone(page, exercise, storage, results):
    page.on("filechooser", lambda _: None)  # in time: the browser must know that somebody will choose
    tab_to(page, exercise.locator("[data-result-file]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(xml(results[1][WRONG["one_token_ahead"].path]))
    expect(exercise.locator("[data-status]")).to_contain_text("6 of 8 tests passed")
    tab_to(page, exercise.get_by_role("button", name="Say that you have done it"))
    page.keyboard.press("Enter")
    expect(exercise.locator("[data-says-status]")).to_contain_text("You say that it is done")
    storage.until(lambda record: record["done"][ID]["value"] is True)
    expect(exercise.locator("[data-status]")).to_contain_text("Shown: 6 of 8 tests passed")
    assert log(storage.record) == [(6, 8)]  # what is said is no run
    page.keyboard.press("Enter")
    expect(exercise.locator("[data-says-status]")).to_be_empty()
    storage.until(lambda record: record["done"][ID]["value"] is False)
    for name in ("Copy command", "test_maps_exercise.py tests"):
        role = "button" if name.startswith("Copy") else "link"
        expect(exercise.get_by_role(role, name=name)).to_be_visible()
    tab_to(page, exercise.locator(":scope > details > summary").last)
    page.keyboard.press("Enter")
    expect(exercise.get_by_text("passes all 8 tests, and did so when this site was built")).to_be_visible()


SUITE = '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" tests="8">{}</testsuite></testsuites>'
CASE = '<testcase classname="{}" name="{}"/>'
REFUSALS = {
    "empty": ("", "is not a result that pytest has written."),
    "a record": ('{"version": 2}', "is not a result that pytest has written."),
    "another XML": ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "is not a result"),
    "no end": (SUITE.format(CASE.format("test_maps_exercise", "test_2_where_a_token_looks"))[:-30], "ends in the middle: run pytest once more."),
    "entities": (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><testsuites>&b;</testsuites>',
        "declares things of its own",
    ),
    "another exercise": (
        SUITE.format(CASE.format("test_attention_exercise", "test_1_it_returns_output_and_weights")),
        "holds the result of test_attention_exercise.py, and not of test_maps_exercise.py.",
    ),
    "other tests": (SUITE.format(CASE.format("test_maps_exercise", "test_old")), "none of the tests on this page"),
    "too large": ("<testsuites>" + "x" * 5_000_001, "is larger than 5 MB"),
    "no import": (
        SUITE.format(
            '<testcase classname="" name="test_maps_exercise"><error message="collection failure">E   NameError: name '
            "'Tensr' is not defined</error></testcase>"
        ),
        "says that no test could run. Python says: NameError: name 'Tensr' is not defined",
    ),
}  # fmt: skip


def test_what_is_no_result_of_these_tests_is_refused_in_a_sentence(page, exercise, storage):
    said = exercise.locator("[data-said]")
    for text, why in REFUSALS.values():
        open_file(exercise, xml(text, "mine.xml"))
        expect(said).to_contain_text(why)
        assert said.inner_text().startswith("mine.xml ") and said.inner_text().endswith(
            "Nothing was recorded."
        )
    assert storage.text is None or storage.record["exercises"] == {}
    expect(exercise.locator("[data-status]")).to_have_text("No result yet")


def test_markup_in_a_result_stays_text(page, exercise):
    message = "&lt;img src=x onerror=document.title=1&gt;&lt;b&gt;bold&lt;/b&gt;"
    fail = f'<testcase classname="test_maps_exercise" name="test_2_where_a_token_looks"><failure message="{message}"/></testcase>'
    open_file(
        exercise,
        xml(SUITE.format(fail + "<script xmlns='http://www.w3.org/1999/xhtml'>document.title=1</script>")),
    )
    expect(exercise.locator("[data-failure]")).to_contain_text(
        "<img src=x onerror=document.title=1><b>bold</b>"
    )
    assert exercise.locator("[data-failure] img").count() == 0 and page.title() == "Tokens"


def test_numbers_that_the_file_gives_are_not_believed(exercise, storage):
    """It says 8 tests and no failure; it holds one that passed, and the same one again."""
    one = CASE.format("folder.test_maps_exercise", "test_2_where_a_token_looks")
    open_file(exercise, xml(SUITE.format(one * 9 + CASE.format("test_maps_exercise", "test_99"))))
    expect(exercise.locator("[data-status]")).to_contain_text("1 of 8 tests passed")
    expect(exercise.locator("[data-said]")).to_have_text(
        "7 tests were not run. Some tests in it are not on this page: save the test file from here once more."
    )
    assert log(storage.until(lambda record: len(log(record)) == 1)) == [(1, 8)]


def test_the_same_result_counts_once(exercise, storage, results):
    file = xml(results[1][WRONG["one_token_ahead"].path])
    open_file(exercise, file)
    expect(exercise.locator("[data-status]")).to_contain_text("6 of 8")
    open_file(exercise, file)
    expect(exercise.locator("[data-said]")).to_contain_text(
        "is the result that you opened before: run pytest once more."
    )
    assert log(storage.record) == [(6, 8)]


def test_more_than_twelve_runs_and_tests_that_were_fewer_then(page, site, storage):
    runs = [
        {"at": f"2026-11-{day:02}T08:00:00.000Z", "passed": day % 8, "total": 7, "source": "file"}
        for day in range(1, 16)
    ]
    storage.put(json.dumps({"version": 3, "exercises": {ID: {"log": runs}}}))
    page.goto(site + PAGE)
    place = page.locator("#exercise-attention-maps")
    expect(place.locator("[data-status]")).to_have_text(
        "✓ Shown: 7 of 7 tests passed (there are 8 now), 15 Nov 2026"
    )
    expect(place.locator("[data-runs]")).to_contain_text("15 runs, the last 12")
    expect(place.locator("[data-runs] li")).to_have_count(12)
    expect(place.locator("[data-runs] li").last).to_have_text("7 of 7, 15 Nov 2026")


def test_a_newer_record_is_only_read(page, site, storage, results):
    stored = json.dumps({"version": 99, "exercises": {}})
    storage.put(stored)
    page.goto(site + PAGE)
    place = page.locator("#exercise-attention-maps")
    open_file(place, xml(results[1][FOLDER.solution.path]))
    expect(place.locator("[data-said]")).to_contain_text(
        "8 of 8 tests passed. Not recorded: a newer version of this site"
    )
    assert storage.text == stored


@pytest.mark.parametrize("fault", ["refused", "full"])
def test_without_storage_the_result_is_shown_and_said_to_be_unstored(page, site, storage, fault, results):
    if fault == "refused":
        page.add_init_script(REFUSED)
    else:
        page.evaluate(FILL)
    page.goto(site + PAGE)
    place = page.locator("#exercise-attention-maps")
    if fault == "full":
        page.evaluate(FILL)
    place.get_by_role("button", name="Say that you have done it").click()
    expect(place.locator("[data-says-status]")).to_contain_text("Not recorded: this browser")
    open_file(place, xml(results[1][FOLDER.solution.path]))
    expect(place.locator("[data-status]")).to_contain_text("✓ Shown: 8 of 8 tests passed")
    expect(place.locator("[data-said]")).to_contain_text("Not recorded: this browser")


def test_all_can_be_read_without_scripts_and_on_paper(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + PAGE)
    place = page.locator("#exercise-attention-maps")
    for hint in place.locator("[data-hint]").all():
        hint.locator("summary").click()
        expect(hint.locator("p")).to_be_visible()
    expect(place.get_by_text("scripts are switched off here")).to_be_visible()
    expect(place.get_by_role("button", name="Say that you have done it")).to_be_hidden()
    place.locator(":scope > details > summary").last.click()
    expect(place.get_by_text("passes all 8 tests")).to_be_visible()
    place.get_by_text(f"{len(FOLDER.wrong)} wrong answers").click()
    place.get_by_role("link", name="Read them").click()
    expect(page.get_by_text("looks() takes a column")).to_be_visible()
    context.close()

    page = browser.new_page()
    page.goto(site + PAGE)
    expect(page.locator("[data-hint].is-waiting")).to_have_count(3)
    page.emulate_media(media="print")
    expect(page.get_by_text("Take a row.")).to_be_visible()
    expect(page.locator("[data-result]")).to_be_hidden()
    page.close()


@windows
def test_axe_finds_nothing(page, exercise, storage, results, site, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", MATERIAL[scheme])
    for answer in (FOLDER.starter, WRONG["its_own_row_counts_too"]):
        open_file(exercise, xml(results[1][answer.path]))
        expect(exercise.locator("[data-failure]")).to_be_visible()
    open_file(exercise, xml("no"))
    closed = page.locator(".exercise details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
    page.add_script_tag(url=f"{site}axe.min.js")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    assert not [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    small = page.locator(".exercise :is(.btn:not(.btn-quiet), details.row > summary):visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 43.9).map(one => one.textContent)"
    )
    assert not small
