"""Circles among things that need each other."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def circle(needs: Mapping[str, Iterable[str]]) -> list[str] | None:
    """The first circle found, as [a, b, a] where a needs b and b needs a; None where there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return error.args[1][::-1]  # graphlib lists each before the one that needs it
    return None
