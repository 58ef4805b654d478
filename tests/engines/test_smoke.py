"""Every kind of page in Firefox and WebKit: no error, and what a learner does works there too.

Everything that Chromium is not needed for is tested there; here is what differs between engines: syntax, policy, layout,
keys, files and storage. One browser of each, and one walk through the site.
"""

import json
import os
import shutil

import pytest
from support import engines
from support.built_site import KINDS, PAGES
from support.engines import KEYS, until
from support.server import serve

pytestmark = pytest.mark.engines
TOPIC = "part1-transformer-architecture"
# Before everything else on a page: what goes wrong, and the files that the page would save.
WATCH = """
window.faults = [];
window.files = [];
const fault = (text) => window.faults.push(text);
addEventListener("error", ({ message, target }) => fault(message ?? `not loaded: ${target.src ?? target.href}`), true);
addEventListener("unhandledrejection", ({ reason }) => fault(String(reason)));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => fault(`${violatedDirective} ${blockedURI}`));
const say = console.error;
console.error = (...words) => { fault(words.join(" ")); say(...words); };
const made = URL.createObjectURL;
URL.createObjectURL = (blob) => { blob.text().then((text) => window.files.push(text)); return made.call(URL, blob); };
HTMLAnchorElement.prototype.click = function () {}; // no download dialog
"""
IMPORT = """(() => {
  const input = document.querySelector("input[data-import]");
  const files = new DataTransfer();
  files.items.add(new File([%s], "progress.json", { type: "application/json" }));
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
})()"""


@pytest.fixture(scope="module")
def address(built_site, tmp_path_factory):
    """The site, with `WATCH` at the start of the pages that are opened; the same bytes on disk otherwise."""
    folder = tmp_path_factory.mktemp("watched") / "site"
    shutil.copytree(built_site, folder, copy_function=os.link)
    (folder / "watch.js").write_text(WATCH, encoding="utf-8")
    for path in PAGES.values():
        file = folder / (path if path.endswith(".html") else f"{path}index.html")
        page = file.read_text(encoding="utf-8").replace(
            "<head>", '<head><script src="/watch.js"></script>', 1
        )
        file.unlink()
        file.write_text(page, encoding="utf-8")
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="module", params=engines.ENGINES)
def driver(request):
    if not engines.is_installed(request.param):
        needed = f"{request.param} is not installed; `python tests/support/engines.py` installs it"
        pytest.fail(needed) if os.environ.get("LONG_TESTS") else pytest.skip(needed)
    with engines.ENGINES[request.param]() as driver:
        yield driver


def check(driver) -> None:
    """Nothing went wrong on the page, and it fits."""
    assert driver.run("window.faults") == []
    assert driver.run("document.documentElement.scrollWidth <= innerWidth")


def click(driver, selector: str) -> None:
    driver.run(f"document.querySelector({json.dumps(selector)}).click()")


def focus(driver, selector: str) -> None:
    driver.run(f"document.querySelector({json.dumps(selector)}).focus()")


def test_every_kind_of_page_opens_without_an_error_and_fits(driver, address):
    """One of each kind for a commit, every page in `make test-all`; two are opened below."""
    names = PAGES if os.environ.get("LONG_TESTS") else KINDS
    for name in set(names) - {"topic", "dashboard"}:
        driver.open(address + PAGES[name])
        until(driver, "document.documentElement.dataset.started === ''")
        assert driver.run("document.querySelector('h1').innerText.trim().length > 3"), name
        check(driver)


def test_a_learner_works_and_takes_it_along(driver, address):
    driver.open(address + PAGES["topic"])
    until(driver, "document.querySelector('.opens-notes') !== null")

    driver.press("n")
    until(driver, "document.activeElement.id === 'notes-panel-field'")
    driver.press("rows add up to 1")
    driver.press(KEYS["Escape"])
    until(driver, "document.activeElement.id !== 'notes-panel-field'")
    note = f"document.querySelector('textarea[data-notes-for={TOPIC}]').value"
    until(driver, f"{note} === 'rows add up to 1'")

    focus(driver, f"[data-rubric-for='{TOPIC}'] [data-level='1']")
    driver.press(" ")
    until(driver, f"document.querySelector('[data-level-says={TOPIC}]').innerText.includes('1')")

    form = "form[data-question]"
    driver.run(
        f"[...document.querySelectorAll('{form} input')].find((input) => 'right' in input.dataset).click()"
    )
    click(driver, f"{form} [data-check]")
    until(driver, f"document.querySelector('{form}').classList.contains('is-right')")

    focus(driver, "#causal-map tr[data-row] button[tabindex='0']")
    driver.press(KEYS["ArrowDown"])
    until(driver, "document.querySelector('#causal-map [role=status]').innerText.includes('down →')")
    check(driver)

    driver.open(address + PAGES["dashboard"])
    until(driver, "document.querySelector('[data-notes-list]').innerText.includes('rows add up to 1')")
    click(driver, "[data-backup] button[data-export]")
    exported = until(driver, "window.files[0]")
    record = json.loads(exported)
    assert record["notes"][TOPIC]["content"] == "rows add up to 1"
    assert record["rubric"][TOPIC]["1"]["value"] and len(record["answers"]) == 1
    check(driver)

    driver.run("localStorage.clear()")
    driver.open(address + PAGES["dashboard"])
    until(driver, "!document.querySelector('[data-backup]').hidden")
    driver.run(IMPORT % json.dumps(exported))
    until(driver, "document.querySelector('.import-preview .btn-primary') !== null")
    click(driver, ".import-preview .btn-primary")
    until(driver, "document.querySelector('[data-notes-list]').innerText.includes('rows add up to 1')")
    check(driver)

    driver.open(address + PAGES["review"])
    until(driver, "document.querySelector('[data-review]').innerText.match(/due|Nothing/) !== null")
    check(driver)
