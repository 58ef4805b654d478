"""Trains the counting task in several ways on two processes; the first leaves the results in a file.

Started by torchrun, with the file's folder.
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist
from counting import CONFIG, SETTINGS, counting
from torch import nn

from transformer_core.models import DecoderOnly
from transformer_core.training.loop import train

RUNS = {
    "plain": SETTINGS,
    "portions": replace(SETTINGS, micro_batches=2),
    "again": replace(SETTINGS, recompute=True, micro_batches=2),
    "unclipped": replace(SETTINGS, clip=None),
}


def with_an_unused_part():
    made = DecoderOnly(CONFIG)
    made.pooler = nn.Linear(3, 3)
    return made


def task_of(name):
    return counting(model=with_an_unused_part) if name == "portions" else counting()


def refused(**changes):
    """What train says of a run that two processes cannot do."""
    try:
        train(counting(**changes.pop("task", {})), replace(SETTINGS, **changes), parallel="ddp", device="cpu")
    except ValueError as error:
        return str(error)


def main(folder):
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    dist.init_process_group("gloo")
    rank, found = dist.get_rank(), {}
    for kind in ("ddp", "fsdp"):
        for name, settings in RUNS.items():
            own = folder / f"{kind}-{name}"
            run = train(task_of(name), settings, parallel=kind, device="cpu", folder=own, save_every=5)
            alone = (run.model is None) == (not run.scores) == (rank > 0)
            found[kind, name] = run.losses, run.gradient_norms, run.scores, alone
        # The first six steps were one process's; the folder has its checkpoint.
        resumed = train(
            counting(), SETTINGS, parallel=kind, device="cpu", folder=folder / f"{kind}-resumed", resume=True
        )
        found[kind, "resumed"] = (
            resumed.losses,
            resumed.gradient_norms,
            resumed.scores,
            resumed.resumed_from == 6,
        )
    torch.set_default_dtype(torch.float32)
    run = train(counting(), SETTINGS, parallel="fsdp", device="cpu")
    found["fsdp", "float32"] = run.losses, run.gradient_norms, run.scores, True
    found["refused"] = refused(batch_size=6, micro_batches=2), refused(task={"whole_batch": True})
    torch.save(found, folder / f"rank-{rank}.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
