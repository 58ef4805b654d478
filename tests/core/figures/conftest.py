"""A sentence with hand-made weights, and a scratch page that is served under the site's own policy."""

import re
from pathlib import Path
from random import Random

import material
import pytest
from support.server import serve

from hooks.site_files import styles

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "overrides/directives/figure"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"

TOKENS = ["[CLS]", "the", "cat", "saw", "the", "dog", "[SEP]"]
WEIGHTS = [
    [0.40, 0.10, 0.20, 0.10, 0.05, 0.10, 0.05],
    [0.05, 0.15, 0.60, 0.10, 0.05, 0.03, 0.02],
    [0.30, 0.02, 0.46, 0.13, 0.04, 0.03, 0.02],
    [0.01, 0.02, 0.03, 0.04, 0.05, 0.15, 0.70],
    [0.00, 0.00, 0.00, 0.00, 0.00, 1.00, 0.00],
    [0.14, 0.14, 0.14, 0.14, 0.14, 0.15, 0.15],
    [0.50, 0.00, 0.25, 0.00, 0.00, 0.25, 0.00],
]


@pytest.fixture
def sentence():
    return [list(row) for row in WEIGHTS], list(TOKENS)


@pytest.fixture
def heads():
    """Two layers of three heads over the sentence, seeded, rows summing to 1."""
    random = Random(7)

    def row():
        shares = [random.random() ** 4 for _ in TOKENS]
        return [share / sum(shares) for share in shares]

    return [[[row() for _ in TOKENS] for _ in range(3)] for _ in range(2)]


@pytest.fixture
def site(tmp_path):
    """An address at which `tmp_path` is served, with the site's style sheets and the figures' scripts."""
    theme = Path(material.__file__).parent / "templates/assets/stylesheets"
    sheets = [next(theme.glob("main.*.min.css")), next(theme.glob("palette.*.min.css"))]
    sheets.append(ROOT / "overrides/css/base/tokens.css")
    css = [re.sub(r"@charset[^;]+;", "", sheet.read_text(encoding="utf-8")) for sheet in sheets]
    column = "main{max-width:min(34.4rem,calc(100vw - 32px));margin:auto} body{background:var(--page)}"
    (tmp_path / "site.css").write_text("\n".join([*css, column, styles.figures()]), encoding="utf-8")
    for script in SCRIPTS.glob("*.mjs"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    started = "import { start } from './view.mjs'; start({ root: document });"
    again = "start({ root: document });"  # a second start must change nothing
    (tmp_path / "main.mjs").write_text(f"{started}\n{again}", encoding="utf-8")
    with serve(tmp_path) as address:
        yield address


@pytest.fixture
def scratch(site, tmp_path):
    """Writes a page of figures and returns its address."""

    def write(*figures, scheme="default"):
        body = "".join(
            f'<div role="group" aria-label="Figure {i}">{figure.html}</div>'
            for i, figure in enumerate(figures)
        )
        (tmp_path / "index.html").write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width"><title>Figures</title>'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="site.css">'
            '<script type="module" src="main.mjs"></script></head>'
            f'<body dir="ltr" data-md-color-scheme="{scheme}" data-md-color-primary="custom">'
            f'<main class="md-typeset"><h1>Figures</h1>{body}</main></body></html>',
            encoding="utf-8",
        )
        return site

    return write


@pytest.fixture
def opened(page, scratch):
    """Opens figures in the browser; at the end nothing may have gone wrong on the page."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_(*figures, scheme="default", width=1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(reduced_motion="reduce")  # no colour is read half way
        page.goto(scratch(*figures, scheme=scheme))
        return page

    yield open_
    assert complaints == []
