"""The command line with the counting task among its tasks: `python command.py train counting ...`.

Started by torchrun it acts as `-m transformer_core`. DIE names a rank and a step: that process is
killed there, the first time.
"""

import os
import signal
import sys

import torch
from counting import counting, rows

from transformer_core.__main__ import main
from transformer_core.training.tasks import TASKS

torch.set_num_threads(1)


def perhaps_die(calls):
    rank, step = os.environ.get("DIE", "-1 0").split()
    first_life = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") == "0"
    if first_life and os.environ.get("RANK", "0") == rank and len(calls) == int(step) + 2:  # one is a trial
        os.kill(os.getpid(), signal.SIGKILL)


def dying():
    calls = []

    def batch(generator, count):
        calls.append(count)
        perhaps_die(calls)
        return rows(generator, count)

    return counting(batch=batch)


if __name__ == "__main__":
    TASKS["counting"] = dying
    sys.exit(main())
