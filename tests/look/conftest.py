"""The sample site, built once with the real theme and served on this machine; pages that fail on what they should not do."""

import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from . import sample


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """Folder of the built sample site."""
    folder = tmp_path_factory.mktemp("look")
    config = sample.write(folder)
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(sample.REPO / "overrides")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(folder / "site")]
    made = subprocess.run(command, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder / "site"


@pytest.fixture(scope="session")
def address(built):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(new_context, address):
    """`visit("topic/", width=360, scheme="dark")` opens a page; the test fails on errors, violations, foreign requests."""
    wrong = []

    def watch(page):
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:")) else wrong.append(request.url))
        page.on("response", lambda response: wrong.append(f"{response.status} {response.url}") if response.status >= 400 else None)

    def open_page(path, *, width=1280, scheme="light", **options):
        context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        page = context.new_page()
        watch(page)
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        return page

    yield open_page
    assert not wrong
