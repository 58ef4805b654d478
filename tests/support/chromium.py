"""Find a Chromium for the browser tests; run as a script, install one where there is none.

The headless shell comes first: it shows pages as Chromium does and opens no windows, whose own pages
cost more than those of the tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """Path of a browser: a system one first, then one that Playwright installed; None where there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Debian's package as root, Playwright's own download for everybody else."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        for name in NAMES[:2]:  # the shell is not in every release
            command = ["apt-get", "install", "-y", "-qq", name]
            if subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0:
                return
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if not find():
        print("No Chromium or Chrome here: installing one for the browser tests.", flush=True)
        install()
    path = find()
    if not path:
        sys.exit(
            "The browser tests need Chromium or Chrome, and none could be installed: install it and run again."
        )
    print(f"Browser: {path}")
