"""Timing calls: the latency of one, the throughput of many, and several functions in turns."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Latency:
    """How long n calls took, in milliseconds: the median, the slowest 5% and 1%, the mean."""

    p50: float
    p95: float
    p99: float
    mean: float
    n: int


def latency(function: Callable[[], object], *, warmup: int = 10, repeats: int = 100) -> Latency:
    """Time single calls. The first ones, which fill caches, are run and not counted.

    Args:
        function: called without arguments.
        warmup: calls before the clock starts.
        repeats: calls timed; fewer than 100 say little about p99.

    Raises:
        ValueError: nothing to time.
    """
    _check(repeats)
    for _ in range(warmup):
        function()
    times = sorted(_milliseconds(function) for _ in range(repeats))
    p50, p95, p99 = (_percentile(times, share) for share in (50, 95, 99))
    return Latency(p50, p95, p99, statistics.fmean(times), repeats)


@dataclass(frozen=True)
class Throughput:
    """Items a second over n calls: the median call's, and the middle half's slowest and fastest."""

    median: float
    p25: float
    p75: float
    n: int


def throughput(
    function: Callable[[], object], items: int, *, warmup: int = 3, repeats: int = 10,
) -> Throughput:
    """Time calls that each process the same number of items: tokens, sequences, images.

    Args:
        function: called without arguments.
        items: how many one call processes; B * T tokens for a whole batch.
        warmup: calls before the clock starts.
        repeats: calls timed.

    Raises:
        ValueError: nothing to time, or no items.
    """
    _check(repeats)
    if items < 1:
        raise ValueError(f"items is {items}; say how many tokens or sequences one call gets through")
    for _ in range(warmup):
        function()
    rates = sorted(items * 1000 / _milliseconds(function) for _ in range(repeats))
    return Throughput(statistics.median(rates), _percentile(rates, 25), _percentile(rates, 75), repeats)


@dataclass(frozen=True)
class Comparison:
    """One function's times in milliseconds, and its ratio to the first function's."""

    median: float
    p25: float
    p75: float
    ratio: float  # median of `ratios`; below 1 is faster than the first
    ratios: list[float]  # one per round
    n: int


def compare(functions: dict[str, Callable[[], object]], *, repeats: int = 30) -> dict[str, Comparison]:
    """Time several functions in turns, so that a busy moment of the machine affects all equally.

    Args:
        functions: name -> function without arguments; the first is what the others are
            measured against.
        repeats: rounds; in each, every function runs once. One more runs first and is not counted.

    Raises:
        ValueError: nothing to time.
    """
    _check(repeats)
    for function in functions.values():
        function()
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            times[name].append(_milliseconds(function))
    base = next(iter(times.values()), [])
    return {name: _compared(own, base) for name, own in times.items()}


def _compared(own: list[float], base: list[float]) -> Comparison:
    ratios = [mine / first for mine, first in zip(own, base, strict=True)]
    p25, p75 = (_percentile(sorted(own), share) for share in (25, 75))
    return Comparison(statistics.median(own), p25, p75, statistics.median(ratios), ratios, len(own))


def _milliseconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    if torch.accelerator.is_available():  # its calls return before the work is done
        torch.accelerator.synchronize()
    return (time.perf_counter() - start) * 1000


def _percentile(ordered: list[float], share: float) -> float:
    """The smallest value that at least `share` percent do not exceed: one that was measured."""
    return ordered[max(math.ceil(len(ordered) * share / 100) - 1, 0)]


def _check(repeats: int) -> None:
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}; time at least one call")
