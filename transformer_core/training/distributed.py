"""Several processes that train one model: each computes gradients for its rows, and the gradients are averaged.

`torchrun --nproc-per-node N` starts the processes and tells each its rank. Two ways, both from torch:

    ddp   every process holds the whole model; gradients are averaged over processes
    fsdp  every process holds its share of each weight, gradient and optimiser state; a layer's
          weights are gathered before it runs, and freed after it

With one process, nothing here costs anything.

Source: Li et al. 2020, "PyTorch Distributed"; Zhao et al. 2023, "PyTorch FSDP".
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
import torch.distributed as dist
from torch import Tensor, nn

from transformer_core.training.recompute import layers_of
from transformer_core.training.task import Batch

KINDS = ("ddp", "fsdp")
START = "torchrun --nproc-per-node 2 -m transformer_core train ..."


class Processes:
    """This process among those that train together.

    Args:
        kind: "ddp", "fsdp", or None for one alone.
        device: where this process computes.
        rank: this process's number, from 0.
        world_size: how many there are.
    """

    def __init__(self, kind: str | None, device: torch.device, *, rank: int = 0, world_size: int = 1):
        self.kind, self.device, self.rank, self.world_size = kind, device, rank, world_size

    def rows(self, batch: Batch) -> Batch:
        """This process's rows of a batch, on its device."""
        own = slice(self.rank, self.rank + 1)
        return {name: rows.unflatten(0, (self.world_size, -1))[own].flatten(0, 1).to(self.device)
                for name, rows in batch.items()}

    def wrap(self, module: nn.Module, batch: Batch) -> nn.Module:
        """The same module; a backward pass through it leaves gradients averaged over the processes.

        Args:
            module: batch -> (loss, ...).
            batch: a sample; DDP must know whether all weights take part in a loss.
        """
        if self.kind == "fsdp":
            from torch.distributed.device_mesh import init_device_mesh
            from torch.distributed.fsdp import fully_shard

            mesh = init_device_mesh(self.device.type, (self.world_size,))
            for layer in layers_of(module):
                fully_shard(layer, mesh=mesh)
            return fully_shard(module, mesh=mesh)
        if self.kind == "ddp":
            from torch.nn.parallel import DistributedDataParallel

            return DistributedDataParallel(module, find_unused_parameters=_some_rest(module, batch))
        return module

    def accumulating(self, module: nn.Module, last: bool) -> AbstractContextManager:
        """Exchange gradients only in the last micro-batch of a step; FSDP does it in each, for it keeps no whole ones."""
        return module.no_sync() if self.kind == "ddp" and not last else nullcontext()

    def total(self, numbers: Tensor) -> Tensor:
        """The numbers, summed over the processes."""
        if self.kind is not None:
            dist.all_reduce(numbers)
        return numbers

    def agree(self) -> None:
        """Wait until all processes have reached this call."""
        if self.kind is not None:
            dist.barrier()


def _some_rest(module: nn.Module, batch: Batch) -> bool:
    """Whether some weights take no part in the loss, such as an unused pooler's; found by one backward pass."""
    module(batch)[0].backward()
    rest = any(weight.grad is None for weight in module.parameters() if weight.requires_grad)
    module.zero_grad()
    return rest


@contextmanager
def processes(kind: str | None, device: str | torch.device | None = None) -> Iterator[Processes]:
    """Join the other processes, and leave them at the end of the block.

    Args:
        kind: "ddp", "fsdp", or None for a run of one process.
        device: "cpu", "cuda"; None: the accelerator if there is one.

    Raises:
        ValueError: an unknown kind, or one that does not fit how this process was started.
    """
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    device = torch.device(device or found or "cpu")
    started = int(os.environ.get("WORLD_SIZE", 1))
    if kind is None:
        if started > 1:
            raise ValueError(f"torchrun started {started} processes, which would each do the whole run; "
                             "add --parallel ddp or --parallel fsdp")
        yield Processes(None, device)
        return
    if kind not in KINDS:
        raise ValueError(f"parallel {kind!r} is none of {', '.join(KINDS)}")
    if "RANK" not in os.environ:
        raise ValueError(f"parallel {kind!r} needs processes that torchrun has started: {START}")
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    joined = dist.is_initialized()
    if not joined:
        # Workers find each other in a store of torchrun that survives a restart. Without a prefix for each
        # restart, new workers may read the addresses of the dead ones.
        store, rank, world_size = next(dist.rendezvous("env://"))
        store = dist.PrefixStore(f"restart {_restarts()}", store)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo",
                                store=store, rank=rank, world_size=world_size)
    try:
        yield Processes(kind, device, rank=dist.get_rank(), world_size=dist.get_world_size())
    finally:
        if not joined:
            dist.destroy_process_group()


def restarted() -> bool:
    """Whether torchrun has started this process again after one of them died."""
    return _restarts() > 0


def _restarts() -> int:
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", 0))


def full_weights(model: nn.Module) -> dict[str, Tensor]:
    """All weights by name, on the CPU; every rank must call it, and only rank 0 gets them.

    The result does not depend on the number of processes.
    """
    from torch.distributed.checkpoint import state_dict

    return state_dict.get_model_state_dict(model, options=_whole(state_dict))


def full_moments(model: nn.Module, optimiser: torch.optim.Optimizer) -> dict:
    """The optimiser's state on rank 0, by the names of the weights."""
    from torch.distributed.checkpoint import state_dict

    return state_dict.get_optimizer_state_dict(model, optimiser, options=_whole(state_dict))


def set_full_state(model: nn.Module, optimiser: torch.optim.Optimizer, weights: dict, moments: dict) -> None:
    """Load what full_weights and full_moments gave; every process must pass it."""
    from torch.distributed.checkpoint import state_dict

    options = state_dict.StateDictOptions(full_state_dict=True)
    state_dict.set_model_state_dict(model, weights, options=options)
    state_dict.set_optimizer_state_dict(model, optimiser, moments, options=options)


def _whole(state_dict):
    return state_dict.StateDictOptions(full_state_dict=True, cpu_offload=True)
