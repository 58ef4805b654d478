"""Contenders in turns: found equal first, then timed round by round."""

import math
import statistics

import torch

from transformer_core.benchmarks.case import Contender, Result, Row
from transformer_core.measurement.timing import Comparison, compare


def timed(
    case: str, title: str, contenders: list[Contender], *, rounds: int,
    work: float | None = None, most: float | None = None, notes: list[str] | None = None,
) -> Result:
    """Measure a case's contenders against the first of them.

    Args:
        case: its name.
        title: the work, with its sizes.
        contenders: the first is what the others are measured against.
        rounds: in each, every contender runs once, so that a busy moment affects all equally.
        work: what one run does, in the unit of `most` times a second: FLOPs or bytes.
        most: the machine's ceiling, in work a second.
        notes: for the reader.

    Raises:
        ValueError: a contender's result is not the first one's; nothing is timed then.
    """
    differences = equal(contenders)
    compared = compare({contender.name: contender.run for contender in contenders}, repeats=rounds)
    rows = [
        Row(
            name=contender.name, value=times.median, low=times.p25, high=times.p75, unit="ms", n=times.n,
            peer=contender.peer, speed=statistics.median(1 / ratio for ratio in times.ratios),
            ceiling=None if work is None or most is None else work / (times.median / 1e3) / most,
            difference=differences[contender.name], ratios=tuple(times.ratios), note=contender.note,
        )
        for contender in contenders for times in [compared[contender.name]]
    ]
    best_peer, speed = _best(contenders, compared)
    return Result(case, title, rows, speed, best_peer, notes or [])


def equal(contenders: list[Contender]) -> dict[str, float | None]:
    """The largest difference between each contender's result and the first one's.

    Raises:
        ValueError: one is further away than it may be; the message has the numbers.
    """
    if contenders[0].result is None:
        raise ValueError(f"{contenders[0].name} comes first and has no result to compare the others with")
    expected = contenders[0].result().double()
    differences: dict[str, float | None] = {}
    for contender in contenders:
        differences[contender.name] = None
        if contender.result is None:
            continue
        found = contender.result().double()
        if found.shape != expected.shape:
            raise ValueError(f"{contender.name} gives {tuple(found.shape)} where {contenders[0].name} gives "
                             f"{tuple(expected.shape)}: they do not do the same work")
        difference = (found - expected).abs().max().item()
        if not difference <= contender.tolerance:  # NaN is refused too
            raise ValueError(f"{contender.name} differs from {contenders[0].name} by {difference:.2g}, more than "
                             f"{contender.tolerance:.0e}: they do not do the same work, and nothing was timed")
        differences[contender.name] = difference
    return differences


def _best(contenders: list[Contender], compared: dict[str, Comparison]) -> tuple[str | None, float | None]:
    """The fastest peer, and how many times faster ours is that gives the same numbers."""
    ours = [c.name for c in contenders if not c.peer and math.isfinite(c.tolerance)]
    peers = [c.name for c in contenders if c.peer]
    if not ours or not peers:
        return None, None
    first = min(ours, key=lambda name: compared[name].median)
    best = min(peers, key=lambda name: compared[name].median)
    pairs = zip(compared[best].ratios, compared[first].ratios, strict=True)
    return best, statistics.median(theirs / mine for theirs, mine in pairs)


def in_inference(function):
    """The function, run under torch.inference_mode."""
    return torch.inference_mode()(function)
