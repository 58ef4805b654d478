"""progress.py: what a terminal shows, and what a log gets."""

import io

import pytest

from transformer_core.training.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Shows what it is set to."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def run(stream, clock, *, steps, seconds, first=0):
    """Steps of 64 rows that take so many seconds each; the loss is the step's number."""
    progress = Progress(stream, first, steps, clock=clock)
    for done in range(first + 1, steps + 1):
        clock.now += seconds
        progress.step(done, float(done), 64, "rows")
    return progress


def test_a_line_by_hand(clock):
    stream = Terminal()
    run(stream, clock, steps=4, seconds=30)
    lines = stream.getvalue().split("\r")[1:]
    # One of four steps took 30 s for 64 rows, so three more take 90 s.
    assert lines[0] == "[#####...............] 1/4  loss 1  2 rows/s  1:30 left"
    assert lines[-1].rstrip() == "[####################] 4/4  loss 4  2 rows/s  0:00 left"


def test_a_long_wait_is_told_in_hours(clock):
    stream = Terminal()
    run(stream, clock, steps=3, seconds=3725)
    assert "2:04:10 left" in stream.getvalue()


def test_on_a_terminal_there_is_one_line_that_goes_away(clock):
    stream = Terminal()
    progress = run(stream, clock, steps=100, seconds=1)
    progress.close()
    assert "\n" not in stream.getvalue()
    assert stream.getvalue().endswith("\r") and stream.getvalue().split("\r")[-2].strip() == ""
    widths = {len(line) for line in stream.getvalue().split("\r")[1:-1]}
    assert max(widths) < 80
    progress.close()  # nothing is left to take away
    assert stream.getvalue().endswith("\r")


def test_quick_steps_are_told_ten_times_a_second(clock):
    stream = Terminal()
    run(stream, clock, steps=1000, seconds=0.001)
    assert 8 <= stream.getvalue().count("\r") <= 10


def test_a_log_gets_a_line_now_and_then(clock):
    stream = io.StringIO()
    run(stream, clock, steps=100, seconds=1).close()
    lines = stream.getvalue().splitlines()
    assert [line.split("/")[0] for line in lines] == ["30", "60", "90"]
    assert lines[0] == "30/100  loss 30  64 rows/s  1:10 left"


def test_a_quick_run_leaves_no_line_in_a_log(clock):
    stream = io.StringIO()
    run(stream, clock, steps=29, seconds=1).close()
    assert stream.getvalue() == ""


def test_the_time_left_counts_only_this_part_of_the_run(clock):
    stream = io.StringIO()
    run(stream, clock, steps=80, seconds=1, first=40)
    assert stream.getvalue() == "70/80  loss 70  64 rows/s  0:10 left\n"


def test_nowhere_is_fine(clock):
    progress = run(None, clock, steps=3, seconds=100)
    progress.close()
    assert progress.items == 3 * 64
