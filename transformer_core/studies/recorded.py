"""Results of runs that take too long for a page's build, stored with command, machine and date.

Pages show them as they were measured. Tests run the quickest rows again, so that a row that
today's code does not give is noticed.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from transformer_core.measurement.machine import machine

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Record:
    """What a study found."""

    name: str
    command: str  # that computes it again
    machine: dict  # cpu, cores, threads, python, torch, date
    seconds: float  # that the whole study took
    rows: list[dict]


def load(name: str, *, folder: Path = FOLDER) -> Record:
    """A study's kept result.

    Raises:
        ValueError: there is none of that name; the message lists those that exist.
    """
    path = folder / f"{name}.json"
    if not path.exists():
        kept = ", ".join(sorted(file.stem for file in folder.glob("*.json"))) or "none yet"
        raise ValueError(f"no study {name!r} was kept; there are {kept}")
    return Record(**json.loads(path.read_text(encoding="utf-8")))


def save(name: str, rows: list[dict], *, command: str, seconds: float, folder: Path = FOLDER) -> Record:
    """Write a study's result, replacing the earlier one; returns the same as load."""
    record = Record(name, command, machine(), round(seconds, 1), rows)
    text = json.dumps(vars(record), indent=1, allow_nan=False)  # refuses NaN and infinity
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return record
