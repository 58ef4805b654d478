"""Progress of a run: one line that is updated on a terminal, or a line now and then in a log."""

import time
from typing import TextIO

BAR = 20  # columns
ON_TERMINAL, IN_LOG = 0.1, 30.0  # seconds between two reports


class Progress:
    """Prints the progress of a run; short runs print nothing to a log.

    Args:
        stream: such as sys.stderr; None: nowhere.
        first: steps done before, by an earlier part of the run.
        steps: all.
        clock: gives seconds.
    """

    def __init__(self, stream: TextIO | None, first: int, steps: int, *, clock=time.perf_counter):
        self.stream, self.first, self.steps, self.clock = stream, first, steps, clock
        self.terminal = stream is not None and stream.isatty()
        self.every = ON_TERMINAL if self.terminal else IN_LOG
        self.start = self.last = clock()
        self.items = 0
        self.width = 0  # of the line on the terminal

    def step(self, done: int, loss: float, items: int, unit: str) -> None:
        """Report a step that is done.

        Args:
            done: steps so far, this one included.
            loss: its loss.
            items: rows or tokens of the step.
            unit: "rows" or "tokens".
        """
        self.items += items
        now = self.clock()
        if self.stream is None or now - self.last < self.every:
            return
        self.last = now
        seconds = now - self.start
        left = seconds / (done - self.first) * (self.steps - done)
        said = f"{done}/{self.steps}  loss {loss:.4g}  {self.items / seconds:,.0f} {unit}/s  {_clock(left)} left"
        if self.terminal:
            full = BAR * done // self.steps
            said = f"[{'#' * full}{'.' * (BAR - full)}] {said}"
            self.stream.write("\r" + said.ljust(self.width))
            self.width = len(said)
        else:
            self.stream.write(said + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Clear the terminal's line."""
        if self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0


def _clock(seconds: float) -> str:
    """2:05, 1:00:00."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
