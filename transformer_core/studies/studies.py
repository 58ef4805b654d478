"""All studies by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transformer_core.studies import ablations, shrinking, sweep


@dataclass(frozen=True)
class Study:
    """Trainings side by side."""

    name: str
    summary: str
    run: Callable[[], Iterator[dict]]  # gives a row as soon as it is there


STUDIES: dict[str, Study] = {study.name: study for study in (
    Study("ablations", "a part is left out, and the same model trained: what was it for?", ablations.run),
    Study("sweep", "how the loss falls with parameters and tokens, and a law fitted to it", sweep.run),
    Study("shrinking", "quantising, pruning, distilling, LoRA: bytes, speed and quality", shrinking.run),
)}
