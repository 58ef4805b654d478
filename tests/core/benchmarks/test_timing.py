"""timing.py: nothing is timed that is not equal, and the ratios are those of the rounds."""

import math
import time

import pytest
import torch

from transformer_core.benchmarks.case import Contender
from transformer_core.benchmarks.timing import equal, timed


def gives(number, **more):
    return Contender(run=lambda: None, result=lambda: torch.tensor([1.0, number]), **more)


def sleeps(milliseconds, **more):
    return Contender(run=lambda: time.sleep(milliseconds / 1e3), result=lambda: torch.ones(1), **more)


def test_results_are_compared_with_the_first():
    found = equal(
        [
            gives(2.0, name="first"),
            gives(2.00005, name="near"),
            gives(9.0, name="rough", tolerance=math.inf),
            Contender("own weights", run=lambda: None),
        ]
    )
    assert found["first"] == 0 and found["rough"] == 7 and found["own weights"] is None
    assert found["near"] == pytest.approx(5e-5, rel=1e-2)


@pytest.mark.parametrize("number", [2.001, math.nan, math.inf])
def test_what_is_not_equal_is_not_timed(number):
    calls = []
    other = Contender("other", calls.append, lambda: torch.tensor([1.0, number]))
    with pytest.raises(ValueError, match="other differs from first by .*nothing was timed"):
        timed("case", "work", [gives(2.0, name="first"), other], rounds=1)
    assert calls == []


def test_results_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"other gives \(3,\) where first gives \(2,\)"):
        equal([gives(2.0, name="first"), Contender("other", lambda: None, lambda: torch.ones(3))])


def test_the_first_must_have_a_result():
    with pytest.raises(ValueError, match="first comes first and has no result"):
        equal([Contender("first", lambda: None)])


def test_rows_and_the_best_peer():
    """Sleeps of 4, 8, 2 and 16 ms: 2 ms is not given the same numbers, so 4 against the better peer's 8."""
    contenders = [
        sleeps(4, name="ours"),
        sleeps(8, name="quick peer", peer=True),
        sleeps(2, name="rough", tolerance=math.inf),
        sleeps(16, name="slow peer", peer=True),
    ]
    result = timed("case", "work", contenders, rounds=5, work=4e6, most=1e9)
    ours, quick, rough, slow = result.rows
    assert ours.speed == 1 and ours.n == 5 and ours.unit == "ms"
    assert quick.speed < ours.speed < rough.speed and slow.speed < quick.speed
    assert ours.low <= ours.value <= ours.high
    assert ours.ceiling == pytest.approx(4e6 / (ours.value / 1e3) / 1e9)
    assert result.best_peer == "quick peer" and result.against_best_peer > 1
    assert [row.peer for row in result.rows] == [False, True, False, True]


def test_without_peers_there_is_no_best():
    result = timed("case", "work", [sleeps(1, name="ours")], rounds=1)
    assert result.best_peer is None and result.against_best_peer is None
