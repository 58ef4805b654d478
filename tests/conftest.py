"""What every test may use: the browser, and how it is started."""

import pytest
from support import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium.find()
    assert path, "no Chromium or Chrome: `make test` installs one, `python tests/support/chromium.py` alone does too"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": path, "args": quiet}
