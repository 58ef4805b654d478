"""What a page costs before the first click, in bytes as a host sends them, and in requests; and that it stays so."""

import gzip
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from support.built_site import PAGES

BUDGETS = {
    "home": 200_000,
    "topic": 300_000,
    "dashboard": 300_000,
    "lab": 300_000,
    "module": 300_000,
}  # bytes
REQUESTS = 30
TOPIC_DOCUMENT = 60_000
PACKED = {".woff2", ".png", ".jpg", ".pagefind", ".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter"}


def sent(file: Path) -> int:
    """Bytes of a file as hosts send it."""
    data = file.read_bytes()
    return len(data) if file.suffix in PACKED else len(gzip.compress(data, 6))


@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_before_the_first_click(page, site, address, name):
    files: list[Path] = []

    def note(request):
        path = unquote(urlsplit(request.url).path).lstrip("/")
        files.append(site / path / "index.html" if path.endswith("/") or not path else site / path)

    page.on("request", note)
    page.goto(address + PAGES[name])
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)  # what views fetch when they start
    weights = {file.relative_to(site).as_posix(): sent(file) for file in dict.fromkeys(files)}
    total = sum(weights.values())
    print(f"{name}: {total} bytes, {len(weights)} requests")
    assert total <= BUDGETS[name], sorted(weights.items(), key=lambda item: -item[1])
    assert len(weights) <= REQUESTS, sorted(weights)


def test_the_document_of_a_topic(site):
    assert sent(site / PAGES["topic"] / "index.html") <= TOPIC_DOCUMENT


def links_of_navigation(site: Path, page: str) -> list[str]:
    html = (site / page / "index.html").read_text(encoding="utf-8")
    bar = html[
        html.index('<div class="md-sidebar md-sidebar--primary"') : html.index('<div class="md-content"')
    ]
    return re.findall(r'<a href="([^"#]+)"', bar)


def test_navigation_does_not_grow_with_what_is_elsewhere(site):
    rooms = [folder for folder in (site / "reference/api").iterdir() if folder.is_dir()]
    assert len(list((site / "reference/api").rglob("index.html"))) > 2 * len(rooms)
    assert len([link for link in links_of_navigation(site, PAGES["topic"]) if "reference/api/" in link]) <= 1
    links = links_of_navigation(site, PAGES["module"])
    others = [
        link for link in links if link.startswith("../../") and link.count("../") < 4 and link.count("/") > 4
    ]
    assert len(links) < 2 * len(rooms) + 30 and not others, links


def test_no_page_has_an_id_twice(site):
    twice = {}
    for file in site.rglob("*.html"):
        html = re.sub(r"<script.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        ids = Counter(re.findall(r'<[a-zA-Z][^<>]*?\sid="?([^"\s>]+)', html))
        if found := [id for id, count in ids.items() if count > 1]:
            twice[file.relative_to(site).as_posix()] = found
    assert not twice


def test_no_page_is_fetched_ahead(site):
    """Firefox takes rel=next for a hint, and the policy forbids what it then does."""
    assert not [
        file
        for file in site.rglob("*.html")
        if re.search(r'<link [^>]*rel="(?:next|prefetch)"', file.read_text(encoding="utf-8"))
    ]
