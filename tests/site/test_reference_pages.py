"""The reference as it is built: every module has its page, every name its place, and every link leads there."""

import html
import posixpath
import re
from functools import cache

import pytest
from support.built_site import PAGES, REPO

from hooks.base import links
from hooks.reference import places

FOLDER = "reference/api/"


@pytest.fixture(scope="module")
def own():
    return places.read(REPO / "transformer_core", REPO)


@pytest.fixture(scope="module")
def read(site):
    """The built page at an address of the site."""
    return cache(lambda address: (site / address / "index.html").read_text(encoding="utf-8"))


def test_every_public_name_has_its_place(own, read):
    assert len(own.pages) > 10
    for path, module in own.pages.items():
        built = read(links.url(path))
        ids = set(re.findall(r'\sid="([^"]+)"', built))
        assert {one.anchor for one in module.all} <= ids, path
        assert "data-code" not in built and "data-slot" not in built, path


def test_every_module_names_its_lesson_and_its_tests(own, read):
    for path, module in own.pages.items():
        if not module.name:
            continue
        facts = dict(
            re.findall(r"<dt>(Lesson|Proven by)</dt>\s*<dd>(.*?)</dd>", read(links.url(path)), re.DOTALL)
        )
        assert "<a " in facts["Lesson"] or "None yet" in facts["Lesson"], path
        assert "#proven-by" in facts["Proven by"] or "No test of its own" in facts["Proven by"], path


def test_attention_is_taught_proven_and_shown(read):
    built = read(PAGES["module"])
    assert re.search(
        r"<dt>Lesson</dt>.{0,80}Transformer Architecture</a>: <a href=\"[^\"]+/#[\w-]+\">", built, re.DOTALL
    )
    assert "tests/core/nn/test_attention.py" in built
    assert '<math display="block">' in built and "Vaswani et al. 2017, equation 1." in built
    code = re.search(r'<code id="scaled_dot_product_attention-source">(.*?)</code>', built, re.DOTALL)[1]
    shown = html.unescape(re.sub(r"<[^>]+>", "", code))
    assert shown in (REPO / "transformer_core" / "nn" / "attention.py").read_text(encoding="utf-8")


def test_every_link_of_the_reference_leads_somewhere(own, site, read):
    for path in own.pages:
        address = links.url(path)
        content = re.search(r"<article.*</article>", read(address), re.DOTALL)[0]
        for target in set(re.findall(r'href="([^"]+)"', content)):
            if target.startswith("http"):
                continue
            name, _, fragment = html.unescape(target).partition("#")
            there = posixpath.normpath(posixpath.join(address, name)) if name else address
            assert (site / there / "index.html").is_file(), f"{address}: {target}"
            assert not fragment or f'id="{fragment}"' in read(there), f"{address}: {target}"


def test_where_a_topic_shows_source_it_leads_to_the_reference(read):
    found = re.findall(
        r'<li><a href="([^"]+)">transformer_core/[\w/]+\.py, lines \d+–\d+</a></li>', read(PAGES["topic"])
    )
    assert found
    for target in found:
        address, _, anchor = posixpath.normpath(posixpath.join(PAGES["topic"], target)).partition("#")
        assert address.startswith(FOLDER) and f'id="{anchor}"' in read(address.rstrip("/"))
