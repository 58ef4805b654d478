import re

import pytest

from hooks.base import fences, links
from hooks.base.errors import PageError

FILES = ["index.md", "part1/a.md", "part1/data/x.csv", "reference/topic-map.md", "labs/l.ipynb"]


def planned_at(path):
    return {"part1/later.md": "part1-later"}.get(path)


def resolve(text, path="part1/a.md"):
    lines, anchors = links.Links(path, FILES, planned_at).resolve(fences.Text(text), 5)
    return "\n".join(lines), anchors


@pytest.mark.parametrize(
    ("path", "url", "root"),
    [
        ("index.md", "", "./"),
        ("part1/a.md", "part1/a/", "../../"),
        ("part1/index.md", "part1/", "../"),
        ("part1/README.md", "part1/", "../"),
        ("labs/l.ipynb", "labs/l/", "../../"),
    ],
)
def test_addresses(path, url, root):
    assert links.url(path) == url
    assert links.root(path) == root


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("[x](../index.md)", "[x](../index.md)"),
        ("[x](later.md)", "[x](../reference/topic-map.md#part1-later)"),
        ("[x](https://a.b/c.md)", "[x](https://a.b/c.md)"),
        ('<a href="later.md">', '<a href="../../reference/topic-map/#part1-later">'),
        ('<a href="../index.md">', '<a href="../../">'),
        ('<a href="data/x.csv">', '<a href="../../part1/data/x.csv">'),
        ('<a href="#here">', '<a href="#here">'),
        ('<a href="mailto:a@b">', '<a href="mailto:a@b">'),
        ("<a href='later.md'>", "<a href='../../reference/topic-map/#part1-later'>"),
        ('<a data-href="nowhere.md">', '<a data-href="nowhere.md">'),
        ("[s]: later.md", "[s]: ../reference/topic-map.md#part1-later"),
        ("[^note]: nowhere.md", "[^note]: nowhere.md"),
        ("`[x](nowhere.md)`", "`[x](nowhere.md)`"),
        ("```python\n[x](nowhere.md)\n```", "```python\n[x](nowhere.md)\n```"),
        (
            "```yaml figure\ncaption: '[x](later.md)'\n```",
            "```yaml figure\ncaption: '[x](../../reference/topic-map/#part1-later)'\n```",
        ),
    ],
)
def test_links_lead_to_what_is_built(written, becomes):
    assert resolve(written)[0] == becomes


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "\n[x](../indx.md)",
            "docs/part1/a.md:6: the link ../indx.md leads nowhere: there is no docs/indx.md. Did you mean '../index.md'?",
        ),
        (
            "[x](/index.md)",
            "docs/part1/a.md:5: the link /index.md starts at the server's root. Write it relative to this page",
        ),
        ('<img src="data/y.png">', "docs/part1/a.md:5: the link data/y.png leads nowhere"),
        ("<a class='x' href='nowhere.md'>", "docs/part1/a.md:5: the link nowhere.md leads nowhere"),
        ("See [x][s].\n\n[s]: nowhere.md 'Title'", "docs/part1/a.md:7: the link nowhere.md leads nowhere"),
        ("[x](nowhere.md 'a title')", "docs/part1/a.md:5: the link nowhere.md leads nowhere"),
        ('[x]( <nowhere.md> "a \\"title\\"" )', "docs/part1/a.md:5: the link nowhere.md leads nowhere"),
        ("[x](no(w)here.md (title))", "docs/part1/a.md:5: the link no(w)here.md leads nowhere"),
    ],
)
def test_dead_links_are_refused(written, said):
    with pytest.raises(PageError) as error:
        resolve(written)
    assert str(error.value).startswith(said)


def test_anchors_wait_until_all_pages_are_built():
    _, anchors = resolve("[x](../index.md#top)\n[y](#own)\n[s]: #own\n<a href='#own'>[z](#own 'title')")
    assert [anchor.line for anchor in anchors] == [5, 6, 7, 8, 8]
    links.check_anchors(anchors, {"index.md": {"top"}, "part1/a.md": {"own"}}.get)
    with pytest.raises(PageError, match=r"docs/part1/a.md:6: the link to #own leads nowhere"):
        links.check_anchors(anchors, lambda path: {"top"})


def test_sections_are_found_under_the_ids_that_the_page_will_have():
    text = (
        '# A head that finds what "it" means?\n\n## 2. Sums: `sum` it up\n\n## Twice\n\n### Twice\n\n'
        "```python\n# no heading\n```\n\n## With *its* own { #own data-mode=learn data-minutes=5 }\n\n## Ends ##\n"
    )
    import markdown

    made = markdown.markdown(text, extensions=["toc", "attr_list", "smarty", "pymdownx.superfences"])
    found = links.sections(fences.Text(text))
    assert list(found) == re.findall(r'<h\d[^>]* id="([^"]+)"', made)
    assert found["own"] == "With *its* own" and found["twice_1"] == "Twice" and found["ends"] == "Ends"
