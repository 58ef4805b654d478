import base64
import hashlib

import pytest

from hooks.base.errors import PageError
from hooks.site_files import csp

PAGE = '<!doctype html><head><meta charset="utf-8"><script src="a.js"></script><script>one()</script></head><body>{}</body>'


def test_each_inline_script_is_allowed_by_its_hash_and_data_needs_none():
    page = csp.protect(
        PAGE.format('<script type="application/json">{"a": 1}</script><script>one()</script>'), "x"
    )
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert page.count("'sha256-") == 1
    assert f"script-src 'self' 'sha256-{digest}';" in page
    assert page.index("Content-Security-Policy") < page.index("<script")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<p style="color: red">', "an inline style: <p style="),
        ("<style>p {}</style>", "an inline style: <style"),
        ('<img src="https://a.b/c.png">', "a third-party resource: <img src="),
        ('<script src="//a.b/c.js"></script>', "a third-party resource: <script src="),
    ],
)
def test_what_the_policy_would_block_is_refused_at_build(body, said):
    with pytest.raises(PageError) as error:
        csp.protect(PAGE.format(body), "docs/x.md")
    assert said in str(error.value)


def test_words_about_styles_are_no_styles():
    page = csp.protect(
        PAGE.format('<p>Write style="..." &lt;style&gt;</p><a href="https://a.b">out</a>'), "x"
    )
    assert "Content-Security-Policy" in page


def test_the_page_may_name_its_own_address():
    csp.protect(
        PAGE.format("").replace("</head>", '<link rel="canonical" href="https://own.example/x/"></head>'), "x"
    )
    with pytest.raises(PageError):
        csp.protect(
            PAGE.format("").replace("</head>", '<link rel="stylesheet" href="https://a.b/x.css"></head>'), "x"
        )
