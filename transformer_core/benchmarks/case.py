"""A benchmark case and its results."""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Contender:
    """One way to do a case's work."""

    name: str
    run: Callable[[], object]  # all of what is measured
    result: Callable[[], Tensor] | None = None  # must equal the first one's; None: it has weights of its own
    peer: bool = False  # another library's
    tolerance: float = 1e-4  # how far its result may be from the first one's; infinite: other numbers, and said so
    note: str = ""  # for the reader of this row


@dataclass(frozen=True)
class Row:
    """The measurements of one contender."""

    name: str
    value: float  # the median
    low: float  # the middle half of all rounds: from here
    high: float  # to here
    unit: str  # "ms" or "MB"
    n: int  # rounds
    peer: bool = False
    speed: float | None = None  # the first row's time by this one's, the median of the rounds
    ceiling: float | None = None  # the share of the machine's ceiling that was reached
    difference: float | None = None  # the largest, between its result and the first row's
    ratios: tuple[float, ...] = ()  # this one's time by the first row's, round by round
    note: str = ""


@dataclass(frozen=True)
class Result:
    """A case's rows, in the order in which they were run."""

    case: str
    title: str  # the work, with its sizes
    rows: list[Row]
    # Ours, the fastest that gives the same numbers, against the fastest peer: the median of the rounds.
    against_best_peer: float | None = None
    best_peer: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A piece of work that several contenders do, and how it is measured."""

    name: str
    summary: str
    measure: Callable[[bool, int], Result]  # (with peers?, rounds)
    gpu: bool = False  # it needs one
