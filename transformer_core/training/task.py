"""A task: what a training run trains, apart from how the run is done."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.training.settings import Settings

Batch = dict[str, Tensor]  # tensors by name; the first axis of each is the row

# (model, batch) -> (the sum of the losses, their count). A run divides the sum by the
# count of the whole step, so that micro-batches and processes give the gradient of the whole batch.
Objective = Callable[[nn.Module, Batch], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """The model, its training data, the loss to minimise, and how the model is scored."""

    name: str
    summary: str  # one line for the list of tasks
    model: Callable[[], nn.Module]  # a fresh model; its weights are drawn from torch's own seed
    batch: Callable[[torch.Generator, int], Batch]  # (generator, rows) -> rows of training data
    objective: Objective
    score: Callable[[nn.Module], dict[str, float]]  # on held-out data; the model is in eval mode
    settings: Settings  # those that give the published result
    whole_batch: bool = False  # the rows of a batch depend on one another (contrastive): it cannot be split
