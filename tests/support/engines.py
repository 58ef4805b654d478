"""Firefox and WebKit for the smoke tests, each driven by its own protocol; run as a script, install what is missing.

Both are Debian's: Firefox speaks WebDriver BiDi itself, WebKitGTK has a driver that selenium knows, and stands in for
Safari as well as anything on Linux can. One browser of each serves a whole run.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, Protocol

PACKAGES = {"firefox": ("firefox-esr",), "webkit": ("webkit2gtk-driver", "xvfb")}
PROGRAMS = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb")}
MINI_BROWSER = "/usr/lib/{}-linux-gnu/webkit2gtk-4.1/MiniBrowser"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowDown": "\ue015", "ArrowRight": "\ue014", "Tab": "\ue004"}
SOFTWARE = {
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1"
}  # without a graphics card, layers cost more than they save
WAIT = 30  # seconds for what a page is to do


def is_installed(engine: str) -> bool:
    return all(map(shutil.which, PROGRAMS[engine]))


class Driver(Protocol):
    """What the tests need of a browser."""

    def open(self, address: str) -> None:
        """Opens a page, and waits until it is loaded."""

    def run(self, script: str) -> Any:
        """The value of an expression in the page, as JSON has it."""

    def press(self, keys: str) -> None:
        """Presses keys, one after the other, where the focus is."""


class Firefox:
    """WebDriver BiDi, as far as `Driver` needs it, over the socket that Firefox opens."""

    def __init__(self, socket):
        self._socket, self._sent = socket, 0
        self._call("session.new", capabilities={})
        # A tab of its own: in the first one, which showed Firefox's home page, keys do not press buttons.
        self._context = self._call("browsingContext.create", type="tab")["context"]
        self._call(
            "browsingContext.setViewport", context=self._context, viewport={"width": 1280, "height": 900}
        )

    def _call(self, method: str, **params) -> dict:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._sent:
            pass
        assert answer["type"] == "success", f"{method}: {answer}"
        return answer["result"]

    def open(self, address: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def run(self, script: str) -> Any:
        target = {"context": self._context}
        expression = f"JSON.stringify({script})"
        answer = self._call("script.evaluate", expression=expression, target=target, awaitPromise=False)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def press(self, keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._call("input.performActions", context=self._context, actions=[source])


class WebKit:
    """The same by selenium."""

    def __init__(self, driver):
        self._driver = driver

    def open(self, address: str) -> None:
        self._driver.get(address)

    def run(self, script: str) -> Any:
        return json.loads(self._driver.execute_script(f"return JSON.stringify({script}) ?? 'null'"))

    def press(self, keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self._driver).send_keys(keys).perform()


@contextlib.contextmanager
def firefox() -> Iterator[Driver]:
    """A Firefox with a new profile."""
    from websocket import create_connection

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile]
        command += ["--remote-debugging-port", "0"]
        with _process(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True) as process:
            said = (line.partition("WebDriver BiDi listening on ")[2].strip() for line in process.stdout)
            socket = create_connection(
                f"{next(filter(None, said))}/session", suppress_origin=True, timeout=60
            )
            yield Firefox(socket)
            socket.close()


@contextlib.contextmanager
def webkit() -> Iterator[Driver]:
    """A WebKitGTK on a screen of its own."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.service import Service

    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp"]
    with _process(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        display = f":{screen.stdout.readline().strip()}"
        options = webdriver.WebKitGTKOptions()
        options.binary_location = MINI_BROWSER.format(os.uname().machine)
        options.add_argument("--automation")
        service = Service(shutil.which("WebKitWebDriver"), env={**os.environ, "DISPLAY": display, **SOFTWARE})
        driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            driver.set_window_size(1280, 900)
            yield WebKit(driver)
        finally:
            driver.quit()


@contextlib.contextmanager
def _process(command: list[str], **options) -> Iterator[subprocess.Popen]:
    """A program that ends with the block."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


ENGINES = {"firefox": firefox, "webkit": webkit}


def until(driver: Driver, script: str, wait: float = WAIT) -> Any:
    """The value of an expression as soon as it is true."""
    deadline = time.monotonic() + wait
    while not (value := driver.run(script)):
        assert time.monotonic() < deadline, f"not within {wait} s: {script}"
        time.sleep(0.05)
    return value


def install() -> None:
    """Debian's packages, as root."""
    missing = [name for engine in PACKAGES if not is_installed(engine) for name in PACKAGES[engine]]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} for the tests in other browsers.", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            stdout=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    install()
    if missing := [engine for engine in ENGINES if not is_installed(engine)]:
        packages = [name for engine in missing for name in PACKAGES[engine]]
        sys.exit(f"`make test-all` needs Firefox and WebKit too: install Debian's {' '.join(packages)}.")
