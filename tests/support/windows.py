"""The windows that a page is looked at in: light on a phone and dark on a desk show both schemes and both widths.

`make test-all` looks at the other two as well.
"""

import pytest

PHONE, DESK = 360, 1280
MATERIAL = {"light": "default", "dark": "slate"}  # what the theme calls them
_FIRST = [("light", PHONE), ("dark", DESK)]
_OTHERS = [("light", DESK), ("dark", PHONE)]
windows = pytest.mark.parametrize(
    ("scheme", "width"), [*_FIRST, *(pytest.param(*one, marks=pytest.mark.long) for one in _OTHERS)]
)
