"""All studies by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Study:
    """Trainings side by side."""

    name: str
    summary: str
    run: Callable[[], Iterator[dict]]  # gives a row as soon as it is there


STUDIES: dict[str, Study] = {study.name: study for study in ()}
