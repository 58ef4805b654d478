"""LoRA: a large matrix is frozen, and the product of two thin ones is learned and added to it.

A matrix of D x D has D * D numbers; its change, written as B A with a rank of r, has 2 r D.
"""

import copy
import math
from collections.abc import Collection

import torch
from torch import Tensor, nn

NAMES = ("w_q", "w_v")  # the two that the paper finds to matter most


class LoRALinear(nn.Module):
    r"""A frozen linear layer and a change of low rank, which alone learns.

    $$xW^\top + b + \tfrac{\alpha}{r}\,(xA^\top)B^\top$$

    B starts as zeros, so that at first nothing changes; A starts random, so that B has
    something to learn from.

    Args:
        linear: what is adapted; it is frozen here.
        rank: r, how many directions the change has.
        alpha: how strongly it counts; kept while r is tried, the learning rate can stay too.

    Raises:
        ValueError: a rank that does not fit this layer.

    Source: Hu et al. 2021, "LoRA", section 4.1.
    """

    def __init__(self, linear: nn.Linear, *, rank: int = 8, alpha: float = 16.0):
        super().__init__()
        widest = min(linear.in_features, linear.out_features)
        if not 1 <= rank <= widest:
            raise ValueError(f"rank {rank} does not fit a layer of {linear.in_features} to "
                             f"{linear.out_features}; use 1 to {widest}, such as 8")
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.linear = linear.requires_grad_(False)
        self.scale = alpha / rank
        self.a = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.b = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.normal_(self.a, std=1 / math.sqrt(linear.in_features))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        change = (x @ self.a.T) @ self.b.T                      # (..., rank), then (..., out)
        return self.linear(x) + self.scale * change

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """One plain layer that does the same: W + alpha / r B A."""
        plain = copy.deepcopy(self.linear).requires_grad_()
        plain.weight += self.scale * self.b @ self.a            # (out, in)
        return plain


def adapt(
    model: nn.Module, *, names: Collection[str] = NAMES, rank: int = 8, alpha: float = 16.0,
) -> nn.Module:
    """A copy of the model in which some linear layers are adapted, and only what adapts them learns.

    Args:
        model: stays as it is.
        names: the layers, each by the last part of its name; ("w_q", "w_v") as in the paper.
        rank: r of each.
        alpha: of each.

    Returns:
        The copy; torch's own seed draws its A.

    Raises:
        ValueError: a name that no linear layer has, or a rank that does not fit one.
    """
    linears = {path: module for path, module in model.named_modules() if isinstance(module, nn.Linear)}
    known = sorted({_last(path) for path in linears})
    for name in names:
        if name not in known:
            raise ValueError(f"no linear layer is called {name!r}; {type(model).__name__} has "
                             f"{', '.join(known) or 'none'}")
    memo: dict[int, object] = {}  # of deepcopy: for a layer that is in it, the new one is taken
    for path, linear in linears.items():
        if _last(path) in names:
            memo[id(linear)] = LoRALinear(copy.deepcopy(linear, memo), rank=rank, alpha=alpha)
    adapted = copy.deepcopy(model, memo).requires_grad_(False)
    for module in adapted.modules():
        if isinstance(module, LoRALinear):
            module.a.requires_grad_()
            module.b.requires_grad_()
    return adapted


def merge(model: nn.Module) -> nn.Module:
    """A copy with plain linear layers again, the change added into each; all of it may learn.

    Raises:
        ValueError: nothing in the model is adapted.
    """
    memo: dict[int, object] = {id(module): module.merged() for module in model.modules()
                               if isinstance(module, LoRALinear)}
    if not memo:
        raise ValueError(f"{type(model).__name__} has no adapted layers to merge; make some with adapt(model)")
    return copy.deepcopy(model, memo).requires_grad_()


def learning(model: nn.Module) -> dict[str, int]:
    """How many numbers learn and how many there are: {"learning": ..., "total": ...}."""
    sizes = [(parameter.numel(), parameter.requires_grad) for parameter in model.parameters()]
    return {"learning": sum(size for size, learns in sizes if learns), "total": sum(size for size, _ in sizes)}


def _last(path: str) -> str:
    return path.rpartition(".")[2]
