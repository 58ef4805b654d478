"""The search on the built site: what learners type finds what they mean, by keyboard, and costs nothing before."""

import re
import shutil

import pytest
import yaml
from playwright.sync_api import expect
from support.built_site import PAGES, REPO

QUERIES = yaml.safe_load((REPO / "tests/site/search_queries.yml").read_text(encoding="utf-8"))
ASK = """async ([engine, queries]) => {
  const { openSearch } = await import(engine);
  const search = await openSearch();
  const found = {};
  for (const query of queries) found[query] = (await search(query)).groups.flatMap((group) => group.found.map((one) => one.url));
  return found;
}"""


@pytest.fixture(scope="module")
def source(site):
    """The search's module as it is written, to ask it without its dialog."""
    shutil.copytree(REPO / "overrides" / "js", site / "source" / "js", dirs_exist_ok=True)
    yield "source/js/views/search/engine.mjs"
    shutil.rmtree(site / "source")


def test_queries_find_the_section_that_answers(watched, address, source):
    page, faults = watched
    page.goto(address + "review/")
    found = page.evaluate(ASK, [address + source, [one["type"] for one in QUERIES]])
    wrong = []
    for one in QUERIES:
        wanted, shown = one.get("first") or one["among"], found[one["type"]][: 1 if "first" in one else 3]
        if not any(url.endswith(end) for url in shown for end in wanted):
            wrong.append(f"{one['type']}: {wanted} is not in {shown}")
    assert len(QUERIES) >= 60 and not wrong, "\n".join(wrong)
    assert not faults


def test_the_dialog_by_keyboard(watched, address):
    page, faults = watched
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + PAGES["dashboard"])
    page.wait_for_load_state("load")
    assert not [url for url in asked if re.search("search|synonyms", url)], "fetched before it is opened"

    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    page.keyboard.type("why divide by sqrt d")  # its last word of one letter
    status = page.locator(".search-status")
    expect(status).to_contain_text("Also searched: dividing, square root, d_k")
    first = page.locator(".search-results a").first
    expect(first).to_contain_text(re.compile(r"Transformer Architecture.*√d_k", re.DOTALL))
    expect(first.locator("mark").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Control+k")
    field.fill("qqqqq")
    expect(status).to_contain_text("Nothing found for “qqqqq”.")
    field.fill("quantization")
    expect(first).to_contain_text("Fewer bits")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("reference/shrinking/#fewer-bits$"))
    assert not faults
