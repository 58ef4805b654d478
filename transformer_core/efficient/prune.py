"""Pruning: the smallest weights become zeros, or the least useful units are removed.

A zero in a dense matrix is still stored and still multiplied: it takes the same bytes and the
same time, and only a compressed file or a special kernel gains by it. Taking whole units
out of a feed-forward leaves smaller dense matrices, which are faster everywhere.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from transformer_core.nn.layers import FeedForward, GatedFeedForward


class Mask(nn.Module):
    """Keeps some weights and holds the others at 0, also during training."""

    def __init__(self, keep: Tensor):
        super().__init__()
        self.register_buffer("keep", keep)  # (out, in), bool

    def forward(self, weight: Tensor) -> Tensor:
        """The weight (out, in), 0 where it is not kept."""
        return weight.masked_fill(~self.keep, 0)


def prune_weights(model: nn.Module, share: float, *, per_layer: bool = False) -> nn.Module:
    """A copy in which that share of the linear layers' weights, the smallest, is 0 and stays 0.

    Training can continue: the other weights compensate. `make_permanent` gives plain layers.

    Args:
        model: stays as it is.
        share: from 0 to below 1; of all weights together, rounded to whole ones.
        per_layer: whether each layer loses that share. Else all are compared with all, so that
            a layer of small weights loses more.

    Raises:
        ValueError: no such share, or no plain linear layers.

    Source: Han et al. 2015, "Learning both Weights and Connections for Efficient Neural Networks".
    """
    _check(share)
    pruned = copy.deepcopy(model)
    linears = [module for module in pruned.modules() if type(module) is nn.Linear]
    if not linears:
        raise ValueError(f"{type(model).__name__} has no plain linear layers to prune; settle a pruned model "
                         "first with make_permanent(model)")
    sizes = [linear.weight.detach().abs() for linear in linears]
    if per_layer:
        keeps = [_largest(size.flatten(), share).view_as(size) for size in sizes]
    else:
        together = _largest(torch.cat([size.flatten() for size in sizes]), share)
        parts = together.split([size.numel() for size in sizes])
        keeps = [part.view_as(size) for part, size in zip(parts, sizes, strict=True)]
    for linear, keep in zip(linears, keeps, strict=True):
        parametrize.register_parametrization(linear, "weight", Mask(keep))
    return pruned


def make_permanent(model: nn.Module) -> nn.Module:
    """A copy of a pruned model with plain layers again; what was 0 is 0, and may now learn."""
    # torch's remove_parametrizations would change the class that a copy shares with its original.
    memo: dict[int, object] = {id(module): _plain(module) for module in model.modules()
                               if isinstance(module, nn.Linear) and parametrize.is_parametrized(module, "weight")}
    return copy.deepcopy(model, memo)


def share_of_zeros(model: nn.Module) -> float:
    """The share of zeros among the weights of all linear layers."""
    weights = [module.weight for module in model.modules() if isinstance(module, nn.Linear)]
    return sum((weight == 0).sum().item() for weight in weights) / sum(weight.numel() for weight in weights)


def prune_units(model: nn.Module, share: float) -> nn.Module:
    r"""A copy whose feed-forwards have lost that share of their inner units: smaller and truly faster.

    A unit's score is the length of its weights in times that of its weights out,

    $$\lVert w^{in}_j \rVert \cdot \lVert w^{out}_j \rVert,$$

    where a gated unit's two vectors in are multiplied. The remaining units are unchanged.

    Args:
        model: stays as it is; a FeedForward or GatedFeedForward is in it.
        share: from 0 to below 1, of each feed-forward's d_ff, rounded to whole units.

    Raises:
        ValueError: no such share, or no feed-forward.
    """
    _check(share)
    pruned = copy.deepcopy(model)
    found = [module for module in pruned.modules() if isinstance(module, FeedForward | GatedFeedForward)]
    if not found:
        raise ValueError(f"{type(model).__name__} has no feed-forward to take units from; "
                         "give a model with FeedForward or GatedFeedForward layers")
    for feed_forward in found:
        _take_units(feed_forward, share)
    return pruned


@torch.no_grad()
def _take_units(feed_forward: nn.Module, share: float) -> None:
    gated = isinstance(feed_forward, GatedFeedForward)
    into, out = (("gate", "up"), "down") if gated else (("widen",), "narrow")
    use = getattr(feed_forward, out).weight.norm(dim=0)                  # (d_ff)
    for name in into:
        use = use * getattr(feed_forward, name).weight.norm(dim=1)
    units = _largest(use, share).nonzero().flatten()                     # those that stay, in order
    for name in into:
        linear = getattr(feed_forward, name)
        linear.weight = nn.Parameter(linear.weight[units])
        linear.bias = None if linear.bias is None else nn.Parameter(linear.bias[units])
        linear.out_features = len(units)
    linear = getattr(feed_forward, out)
    linear.weight = nn.Parameter(linear.weight[:, units].contiguous())
    linear.in_features = len(units)


@torch.no_grad()
def _plain(linear: nn.Linear) -> nn.Linear:
    plain = nn.Linear(linear.in_features, linear.out_features, bias=linear.bias is not None, device="meta")
    plain.weight = nn.Parameter(linear.weight.clone())
    plain.bias = copy.deepcopy(linear.bias)
    return plain.train(linear.training)


def _largest(sizes: Tensor, share: float) -> Tensor:
    """(n) bool: False for the smallest; of equal ones, as many as the share wants; one always stays."""
    gone = min(round(share * len(sizes)), len(sizes) - 1)
    keep = torch.ones_like(sizes, dtype=torch.bool)
    keep[sizes.argsort(stable=True)[:gone]] = False
    return keep


def _check(share: float) -> None:
    if not 0 <= share < 1:
        raise ValueError(f"share {share} cannot be taken away; give a number from 0 to below 1, such as 0.5")
