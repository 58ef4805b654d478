"""A task: what a training run needs to know of its job, and nothing of how the run is done."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.training.settings import Settings

Batch = dict[str, Tensor]  # tensors by name; the first axis of each is the row

# (model, batch) -> (the sum of the losses, how many losses were added up). A run divides the sum by the
# count of the whole step, so that a batch in portions, or over processes, gives the gradient of the whole.
Objective = Callable[[nn.Module, Batch], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to build, what to show it, what to lessen, and how to tell whether it has learnt."""

    name: str
    summary: str  # one line for the list of tasks
    model: Callable[[], nn.Module]  # a fresh model; its weights are drawn from torch's own seed
    batch: Callable[[torch.Generator, int], Batch]  # (draws, rows) -> rows of training data
    objective: Objective
    score: Callable[[nn.Module], dict[str, float]]  # by what it has not seen; the model is in eval mode
    settings: Settings  # with which it reaches what its page says
    whole_batch: bool = False  # the rows of a batch depend on one another (contrastive): it cannot be split
