"""The sample site, built once with the real theme and served on this machine, and a way to visit it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.server import serve

from . import sample


@pytest.fixture(scope="session")
def built(once) -> Path:
    """Folder of the built sample site."""
    return once("look", make) / "site"


def make(folder: Path) -> None:
    config = sample.write(folder)
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(sample.REPO / "overrides")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config, "-d", folder / "site"]
    made = subprocess.run(command, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="session")
def address(built):
    with serve(built) as address:
        yield address


@pytest.fixture
def visit(new_context, address):
    """`visit("topic/", width=360)` opens a page; errors, violations and foreign requests fail the test."""
    wrong = []

    def note(fault: bool, what: str) -> None:
        if fault:
            wrong.append(what)

    def watch(page):
        page.on("console", lambda said: note(said.type in ("error", "warning"), said.text))
        page.on("pageerror", lambda error: note(True, str(error)))
        page.on("request", lambda asked: note(not asked.url.startswith((address, "data:")), asked.url))
        page.on("response", lambda got: note(got.status >= 400, f"{got.status} {got.url}"))

    def open_page(path, *, width=1280, scheme="light", **options):
        context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        page = context.new_page()
        watch(page)
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        return page

    yield open_page
    assert not wrong
