"""From numbers to places on an axis, and the few numbers that the axis names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_TICKS = 5
MOST_LOG_TICKS = 7
MOST_COUNTED = 13  # layers, heads or positions that are each named


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic axis from `low` to `high` with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def share(self, value: float) -> float:
        """Where the value lies: 0 at the low end, 1 at the high end."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def linear_scale(values: Sequence[float], *, snug: bool = False) -> Scale:
    """Round ticks around the values, with 0 where it is near; `snug` ends at the values themselves.

    A snug axis of whole numbers without a gap, such as layers, names each of them while they are few.
    """
    low, high = min(values), max(values)
    if snug and 1 < len(values) <= MOST_COUNTED and list(values) == [low + n for n in range(len(values))]:
        return Scale(low, high, tuple(values))
    if not snug and 0 <= low <= high / 2:
        low = 0.0
    if low == high:
        low, high = low - 0.5, high + 0.5
    widths = _round_widths((high - low) / MOST_TICKS)
    while True:
        width = next(widths)
        first, last = math.floor(low / width + 1e-9), math.ceil(high / width - 1e-9)
        ticks = [round(i * width, 12) for i in range(first, last + 1)]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside if snug else ticks) <= MOST_TICKS:
            break
    return Scale(low, high, tuple(inside)) if snug else Scale(ticks[0], ticks[-1], tuple(ticks))


def _round_widths(least: float):
    """1, 2 or 5 times a power of ten, from `least` up."""
    power = 10.0 ** math.floor(math.log10(least))
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                yield factor * power
        power *= 10


def log_scale(values: Sequence[float]) -> Scale:
    """From the least to the largest value; ticks at powers of two where all values are such, else of ten."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low / 2, high * 2
    if all(math.log2(value).is_integer() for value in values):
        ticks = [2.0**i for i in range(round(math.log2(low)), round(math.log2(high)) + 1)]
        return Scale(low, high, tuple(ticks[:: math.ceil(len(ticks) / MOST_LOG_TICKS)]), log=True)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        ticks = [factor * 10.0**power for power in decades for factor in factors]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= 3:
            break
    return Scale(low, high, tuple(inside[:: math.ceil(len(inside) / MOST_LOG_TICKS)]), log=True)


def number(value: float) -> str:
    """A number as ticks and read-outs print it: 1,024, 12.3, 0.046, 1e-07."""
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.2g}".replace("-", "−", 1) if value < 0 else f"{value:.2g}"
    written = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return written.replace("-", "−")
