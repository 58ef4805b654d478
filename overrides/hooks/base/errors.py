"""The errors that end a build with one sentence: where, what is wrong, and how to fix it."""

from collections.abc import Iterable
from difflib import get_close_matches


class BuildError(Exception):
    """Ends the build. Its message is meant for the person who builds, so no traceback is shown."""


class PageError(BuildError):
    """A fault in a file of the course. Reads as `docs/part1/page.md:12: what is wrong. How to fix it.`"""

    def __init__(self, path: str, line: int, wrong: str, cure: str = ""):
        self.path, self.line = path, line
        super().__init__(f"{path}:{line}: {wrong}" + (f" {cure}" if cure else ""))


class MissingFileError(BuildError):
    """A file that the build needs and that npm or a download should have brought."""


class CacheError(BuildError):
    """The cache of results cannot be used."""


def suggest(word: str, known: Iterable[str]) -> str:
    """ "Did you mean 'learn'? Known: build, learn, ..." for a word that is not among the known ones."""
    known = sorted(known)
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"{hint}Known: {shown}."
