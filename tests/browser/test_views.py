"""The app starts every view that a page needs; one that fails leaves the others working."""

import pytest
from support.built_site import REPO

from hooks.base import project

VISITED = "JSON.parse(localStorage.getItem('ai-syllabus-progress') ?? '{}').visits?.tokens !== undefined"
BROKEN = """
const ask = Document.prototype.querySelectorAll;
Document.prototype.querySelectorAll = function (selector) {
  if (selector === "%s") throw new Error("broken");
  return ask.call(this, selector);
};
"""


@pytest.fixture
def unwatched(browser):
    """A page whose errors do not fail the test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("selector", ["[data-rubric-for]", "[data-quiz]"])
def test_a_view_that_throws_leaves_the_others_working(unwatched, quiz_address, selector):
    """The first is started before the one that notes the visit; the second is a directive's."""
    unwatched.add_init_script(BROKEN % selector)
    with unwatched.expect_event("pageerror") as error:
        unwatched.goto(f"{quiz_address}quiz/")
    assert error.value.message == "broken"
    unwatched.wait_for_function(VISITED)


def test_the_app_is_one_request(unwatched, quiz_address):
    loaded = []
    unwatched.on("request", lambda request: loaded.append(request.url.rpartition("/assets/")[2]))
    unwatched.goto(f"{quiz_address}quiz/", wait_until="networkidle")
    assert [path for path in loaded if path.endswith(".mjs")] == ["js/app.mjs"]


def test_the_line_that_installs_names_the_address_at_which_the_reader_is(page, site):
    page.goto(f"{site}setup/")
    wheel = project.read(REPO).wheel
    page.wait_for_function(f"document.getElementById('install').textContent === 'pip install {site}{wheel}'")
