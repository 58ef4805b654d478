"""What every test may use, how its kind is marked, and how the tests are shared out among workers."""

from pathlib import Path

import pytest
from support import chromium, kinds, schedule
from support.built_site import REPO, build
from support.once import Once


@pytest.fixture(scope="session")
def once(tmp_path_factory, request) -> Once:
    """Makes a folder once for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own
    return Once(shared)


@pytest.fixture(scope="session")
def built_site(once) -> Path:
    """The folder of the whole site; its build leaves the results of all its code in the cache."""

    def make(folder: Path) -> None:
        built = build(REPO / "docs", folder)
        assert built.returncode == 0, built.stderr

    return once("site", make)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium.find()
    assert path, (
        "no Chromium or Chrome: `make test` installs one, `python tests/support/chromium.py` alone does too"
    )
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": path, "args": quiet}


@pytest.fixture(scope="session")
def whole_browser_launch_args(browser_type_launch_args):
    """For what the headless shell lacks."""
    return {**browser_type_launch_args, "executable_path": chromium.find_whole()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    kinds.mark(items)
    schedule.order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return schedule.ByModule(config, log)
