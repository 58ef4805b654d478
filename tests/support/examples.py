"""How many cases Hypothesis generates: all in `make test-all`, a quarter where a commit is tested."""

import os

from hypothesis import settings


def examples(count: int, **more) -> settings:
    """`@examples(100)` in place of `@settings(max_examples=100, deadline=None)`."""
    share = 1 if os.environ.get("LONG_TESTS") else 4
    return settings(max_examples=max(count // share, 5), deadline=None, **more)
