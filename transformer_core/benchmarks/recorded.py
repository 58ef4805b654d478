"""Stored results, with machine and date: one file for each machine, in this folder.

A file is what `python -m transformer_core benchmark --peers --json` prints.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from transformer_core.benchmarks.case import Result
from transformer_core.benchmarks.report import from_json

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Recording:
    """What was measured on one machine."""

    machine: dict  # cpu, cores, threads, python, torch, date, the peers' versions, commit
    ceiling: dict  # gflops, copy
    results: dict[str, Result]  # by case

    def command(self, case: str) -> str:
        """The command that measures a case again."""
        return f"python -m transformer_core benchmark {case} --peers --threads {self.machine['threads']}"


def load(name: str, *, folder: Path = FOLDER) -> Recording:
    """A machine's results.

    Raises:
        ValueError: there are none of that name; the message lists those that exist.
    """
    path = folder / f"{name}.json"
    if not path.exists():
        raise ValueError(f"no results {name!r} were kept; there are {', '.join(names(folder)) or 'none'}")
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Recording(kept["machine"], kept["ceiling"], {result.case: result for result in from_json(kept)})


def names(folder: Path = FOLDER) -> list[str]:
    """The machines that were measured."""
    return sorted(path.stem for path in folder.glob("*.json"))
