"""Reproducible randomness: every step has seeds of its own.

No random state is carried from one step to the next. So a step draws the same batch and the same
dropout whether the run was uninterrupted, resumed, or spread over processes.
"""

import numpy as np
import torch

BATCH, DROPOUT = 0, 1  # what the seed is for; each gets other seeds


def derive_seed(*numbers: int) -> int:
    """One seed of 32 bits from several numbers; similar numbers give unrelated seeds.

    torch's CPU generator reads only 32 bits of a seed, so numbers cannot simply be concatenated.
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def batch_generator(seed: int, step: int) -> torch.Generator:
    """The generator for a step's batch."""
    return torch.Generator().manual_seed(derive_seed(seed, BATCH, step))


def seed_dropout(seed: int, step: int, rank: int, device: torch.device) -> None:
    """Seed a step's dropout; each process gets a seed of its own."""
    number = derive_seed(seed, DROPOUT, step, rank)
    torch.default_generator.manual_seed(number)  # torch.manual_seed seeds every kind of device: 80 times slower
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(number)
