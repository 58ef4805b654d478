"""Pages used by keyboard alone."""


def tab_to(page, locator, limit=60):
    """Presses Tab until it is focused."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {locator}")
