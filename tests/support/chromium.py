"""Find a Chromium for the browser tests; run as a script, install what is missing.

The headless shell comes first: it shows pages as Chromium does and opens no windows, whose own pages cost more
than those of the tests. What only a whole browser has, such as the back-forward cache, is tested in one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """Path of the headless shell, or of a whole browser where there is none; None where there is neither."""
    return find_shell() or find_whole()


def find_shell() -> str | None:
    """Path of the headless shell: the system's, or the one that Playwright installs beside its browser."""
    return shutil.which(SHELL) or _playwrights("chromium_headless_shell-*/*/*headless*shell")


def find_whole() -> str | None:
    """Path of a browser as people use it: a system one first, then one that Playwright installed."""
    for name in WHOLE:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    return _playwrights("chromium-*/*/chrome") or _playwrights("chromium-*/*/*.app/Contents/MacOS/*")


def _playwrights(pattern: str) -> str | None:
    """The newest of those that Playwright has downloaded."""
    caches = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or caches / "ms-playwright")
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    return str(found[-1]) if found else None


def install() -> None:
    """Debian's packages as root, where they are; Playwright's own download for everybody else."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        if not find_whole():
            subprocess.run(["apt-get", "update", "-qq"], check=True)
            _apt(WHOLE[0])
        if (
            not find_shell()
            and subprocess.run(["apt-cache", "show", SHELL], capture_output=True).returncode == 0
        ):
            _apt(SHELL)
    elif not find_whole():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _apt(package: str) -> None:
    print(f"Installing {package} for the browser tests.", flush=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", package], stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    install()
    if not find_whole():
        sys.exit(
            "The browser tests need Chromium or Chrome, and none could be installed: install it and run again."
        )
    print(f"Browser: {find()}")
