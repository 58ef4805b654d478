"""What every test may use, how its kind is marked, and how the tests are shared out among workers."""

import pytest
from support import chromium, kinds, schedule
from support.once import Once


@pytest.fixture(scope="session")
def once(tmp_path_factory, request) -> Once:
    """Makes a folder once for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own
    return Once(shared)


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
