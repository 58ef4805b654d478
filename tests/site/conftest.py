"""The real site, built once and served; and copies of docs/ to change."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.built_site import REPO
from support.server import serve


@pytest.fixture(scope="session")
def site(built_site) -> Path:
    return built_site


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture
def docs(tmp_path) -> Path:
    """A copy of docs/ to change."""
    return Path(shutil.copytree(REPO / "docs", tmp_path / "docs"))


@pytest.fixture
def watched(page):
    """The page, and everything that should not happen on it: violations, errors, requests to others."""
    faults: list[str] = []
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('violation', e.violatedDirective, e.blockedURI))"
    )
    page.on(
        "console",
        lambda message: faults.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda r: (
            faults.append(r.url) if not r.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else None
        ),
    )
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    return page, faults
