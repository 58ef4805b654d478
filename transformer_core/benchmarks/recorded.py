"""Results that were kept, with where they come from: one file for each machine, beside this one.

A file is what `python -m transformer_core benchmark --peers --json` prints.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from transformer_core.benchmarks.case import Result
from transformer_core.benchmarks.report import from_json

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kept:
    """What was measured on one machine."""

    machine: dict  # cpu, cores, threads, python, torch, date, the peers' versions, commit
    ceiling: dict  # gflops, copy
    results: dict[str, Result]  # by case

    def command(self, case: str) -> str:
        """The words that measure a case again."""
        return f"python -m transformer_core benchmark {case} --peers --threads {self.machine['threads']}"


def load(name: str, *, folder: Path = FOLDER) -> Kept:
    """A machine's results.

    Raises:
        ValueError: none of that name were kept; the message lists those that were.
    """
    path = folder / f"{name}.json"
    if not path.exists():
        raise ValueError(f"no results {name!r} were kept; there are {', '.join(names(folder)) or 'none'}")
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Kept(kept["machine"], kept["ceiling"], {result.case: result for result in from_json(kept)})


def names(folder: Path = FOLDER) -> list[str]:
    """The machines that were measured."""
    return sorted(path.stem for path in folder.glob("*.json"))
