"""Chance that can be repeated: every step draws from seeds of its own.

Nothing random is carried from one step to the next. So a step draws the same batch and drops the
same numbers whether the run came to it in one go, was killed and resumed, or was spread over processes.
"""

import numpy as np
import torch

BATCH, DROPOUT = 0, 1  # what is drawn; each has seeds of its own


def mixed(*numbers: int) -> int:
    """One seed of 32 bits from several numbers; near ones give seeds that have nothing in common.

    torch's generator on the CPU looks at 32 bits of a seed only, so numbers cannot just stand side by side.
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def batch_generator(seed: int, step: int) -> torch.Generator:
    """From which a step's batch is drawn."""
    return torch.Generator().manual_seed(mixed(seed, BATCH, step))


def seed_dropout(seed: int, step: int, rank: int, device: torch.device) -> None:
    """Set what a step's dropout is drawn from; each process drops its own."""
    number = mixed(seed, DROPOUT, step, rank)
    torch.default_generator.manual_seed(number)  # torch.manual_seed asks every kind of device: 80 times slower
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(number)
