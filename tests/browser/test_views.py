"""The app starts every view that a page needs; one that fails leaves the others working."""

import pytest

VISITED = "JSON.parse(localStorage.getItem('ai-syllabus-progress') ?? '{}').visits?.tokens !== undefined"


@pytest.fixture
def unwatched(browser):
    """A page whose errors do not fail the test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_view_that_throws_leaves_the_others_working(unwatched, site):
    broken = "export function start() { throw new Error('broken'); }"
    unwatched.route(
        "**/js/views/rubric.mjs",
        lambda route: route.fulfill(body=broken, content_type="text/javascript"),
    )
    with unwatched.expect_event("pageerror"):
        unwatched.goto(f"{site}topics/tokens/")
    unwatched.wait_for_function(VISITED)  # the view after the broken one


def test_a_directive_that_cannot_be_loaded_leaves_the_others_working(unwatched, quiz_address):
    unwatched.route("**/directives/quiz/view.mjs", lambda route: route.abort())
    with unwatched.expect_event("pageerror"):
        unwatched.goto(f"{quiz_address}quiz/")
    unwatched.wait_for_function(VISITED)


def test_a_page_loads_the_directives_that_it_has_and_no_others(unwatched, site, quiz_address):
    loaded = []
    unwatched.on("request", lambda request: loaded.append(request.url.rpartition("/assets/")[2]))
    unwatched.goto(f"{site}topics/tokens/", wait_until="networkidle")
    assert not [path for path in loaded if path.startswith("directives/")]
    unwatched.goto(f"{quiz_address}quiz/", wait_until="networkidle")
    assert {path for path in loaded if path.startswith("directives/")} == {
        "directives/quiz/view.mjs",
        "directives/quiz/question.mjs",
    }
