"""timing.py: percentiles worked by hand; clocks tested by what they call."""

import itertools
from dataclasses import asdict

import pytest

from transformer_core.measurement import timing
from transformer_core.measurement.timing import compare, latency, throughput


def clock(monkeypatch, milliseconds):
    """Calls take exactly these times: the clock is read once before and once after each."""
    now, readings = 0.0, []
    for spent in milliseconds:
        readings += [now, now + spent / 1000]
        now += 1
    monkeypatch.setattr(timing.time, "perf_counter", iter(readings).__next__)


def test_percentiles_worked_by_hand(monkeypatch):
    # 1 to 100 ms in a shuffled order: half are at most 50, 95 at most 95, 99 at most 99; the mean is 50.5.
    clock(monkeypatch, [(37 * i) % 101 for i in range(1, 101)])
    measured = latency(lambda: None, warmup=0, repeats=100)
    assert asdict(measured) == pytest.approx({"p50": 50, "p95": 95, "p99": 99, "mean": 50.5, "n": 100})


def test_one_slow_call_shows_in_the_tail_and_not_in_the_median(monkeypatch):
    clock(monkeypatch, [2] * 19 + [1000])
    measured = latency(lambda: None, warmup=0, repeats=20)
    assert (measured.p50, measured.p99) == (pytest.approx(2), pytest.approx(1000))


def test_warm_up_calls_are_made_and_not_counted(monkeypatch):
    clock(monkeypatch, [5, 5, 5])
    calls = []
    assert latency(lambda: calls.append(1), warmup=4, repeats=3).n == 3
    assert len(calls) == 7


def test_throughput_worked_by_hand(monkeypatch):
    # 64 items in 16, 8, 4, 32 and 2 ms: 4000, 8000, 16000, 2000 and 32000 a second.
    clock(monkeypatch, [16, 8, 4, 32, 2])
    measured = throughput(lambda: None, 64, warmup=0, repeats=5)
    assert asdict(measured) == pytest.approx({"median": 8000, "p25": 4000, "p75": 16000, "n": 5})


def test_one_slow_call_does_not_change_the_throughput(monkeypatch):
    clock(monkeypatch, [2] * 9 + [1000])
    assert throughput(lambda: None, 10, warmup=0, repeats=10).median == pytest.approx(5000)


def test_throughput_counts_no_warm_up_call(monkeypatch):
    calls = []
    clock(monkeypatch, [1, 1])
    assert throughput(lambda: calls.append(1), 3, warmup=5, repeats=2).n == 2
    assert len(calls) == 7


def test_throughput_of_no_items_is_refused():
    with pytest.raises(
        ValueError, match="items is 0; say how many tokens or sequences one call gets through"
    ):
        throughput(lambda: None, 0)


def test_compare_takes_turns():
    calls = []
    compared = compare({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    assert calls == ["a", "b"] * 4  # one round to warm up
    assert list(compared) == ["a", "b"]
    assert all(contender.p25 <= contender.median <= contender.p75 for contender in compared.values())
    assert compared["a"].ratios == [1, 1, 1]


def test_compare_worked_by_hand(monkeypatch):
    # a takes 2, 4, 6; b takes 1, 8, 9: medians 4 and 8, ratios round by round 0.5, 2, 1.5.
    clock(monkeypatch, itertools.chain(*[(2, 1), (4, 8), (6, 9)]))
    compared = compare({"a": lambda: None, "b": lambda: None}, repeats=3)
    assert (compared["a"].median, compared["b"].median) == (pytest.approx(4), pytest.approx(8))
    assert compared["b"].ratios == pytest.approx([0.5, 2, 1.5])
    assert compared["b"].ratio == pytest.approx(1.5)
    assert (compared["b"].p25, compared["b"].p75, compared["b"].n) == (pytest.approx(1), pytest.approx(9), 3)


@pytest.mark.parametrize(
    "measured",
    [
        lambda: latency(lambda: None, repeats=0),
        lambda: throughput(lambda: None, 1, repeats=0),
        lambda: compare({"a": lambda: None}, repeats=0),
    ],
)
def test_nothing_to_time_is_refused(measured):
    with pytest.raises(ValueError, match="repeats is 0; time at least one call"):
        measured()
