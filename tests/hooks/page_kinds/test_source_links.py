"""Where a page's file can be changed: REPO_URL says, and nothing is shown without it."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader

from hooks.base.templates import OVERRIDES

HUB = "https://github.com/a/b"
LAB = "https://colab.research.google.com/github/a/b/blob/main/docs/labs/x.ipynb"
MISTAKE = "Mistake%20on%3A%20X%20%26%20Y"


@pytest.mark.parametrize(
    ("repo", "path", "leads"),
    [
        (HUB, "x.md", [f"{HUB}/edit/main/docs/x.md", f"{HUB}/issues/new?title={MISTAKE}"]),
        (
            HUB,
            "labs/x.ipynb",
            [LAB, f"{HUB}/edit/main/docs/labs/x.ipynb", f"{HUB}/issues/new?title={MISTAKE}"],
        ),
        (
            "https://gitlab.com/a/b/",
            "labs/x.ipynb",
            [
                "https://gitlab.com/a/b/edit/main/docs/labs/x.ipynb",
                f"https://gitlab.com/a/b/-/issues/new?issue[title]={MISTAKE}",
            ],
        ),
        ("", "x.md", []),
    ],
)
def test_a_page_leads_to_its_file_and_a_lab_on_github_to_colab(repo, path, leads):
    edit = f"{repo.rstrip('/')}/edit/main/docs/{path}" if repo else None  # as MkDocs gives it
    page = SimpleNamespace(edit_url=edit, title="X & Y", file=SimpleNamespace(src_uri=path))
    partials = Environment(loader=FileSystemLoader(OVERRIDES / "theme" / "partials"), autoescape=True)
    html = partials.get_template("source-file.html").render(page=page, config=SimpleNamespace(repo_url=repo))
    assert [link["href"] for link in BeautifulSoup(html, "html.parser").select("a")] == leads
