"""The one error that a build step raises: where, what is wrong, and the cure."""

from difflib import get_close_matches


class PageError(Exception):
    """Stops the build. Reads as `docs/part1/page.md:12: what is wrong. What would be right.`"""

    def __init__(self, path: str, line: int, wrong: str, cure: str = ""):
        self.path, self.line = path, line
        super().__init__(f"{path}:{line}: {wrong}" + (f" {cure}" if cure else ""))


def suggest(word: str, known) -> str:
    """ "Did you mean 'learn'? Known: build, learn, ..." for a word that is not among the known ones."""
    known = sorted(known)
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"{hint}Known: {shown}."
