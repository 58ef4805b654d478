"""Positions as a bias on the scores: ALiBi's fixed penalty for distance, and T5's learned one."""

import math

import torch
from torch import Tensor, nn


def alibi_slopes(num_heads: int) -> Tensor:
    r"""How steeply each head's attention falls with distance: $2^{-8/H}, 2^{-16/H}, \dots, 2^{-8}$.

    Where H is no power of two, the slopes are those of the next lower power, then every
    second one of twice that power, as the authors' code has it.

    Returns:
        (H), all positive.

    Source: Press et al. 2022, "Train Short, Test Long", section 3.
    """
    power = 2 ** math.floor(math.log2(num_heads))
    slopes = [2 ** (-8 * head / power) for head in range(1, power + 1)]
    between = [2 ** (-4 * head / power) for head in range(1, 2 * power + 1, 2)]
    return torch.tensor((slopes + between)[:num_heads])


def alibi_bias(num_heads: int, length: int, *, past: int = 0) -> Tensor:
    """(1, H, T, past + T): minus the slope for every step between query and key.

    Args:
        num_heads: H, one slope each.
        length: T, how many positions ask.
        past: how many keys of earlier positions lie before them.

    Source: Press et al. 2022, "Train Short, Test Long", equation in section 3.
    """
    return -alibi_slopes(num_heads)[None, :, None, None] * _distances(length, past).abs()


def relative_buckets(distances: Tensor, *, num_buckets: int, max_distance: int, both_ways: bool) -> Tensor:
    """Which of the learned numbers a distance gets: near ones one each, far ones share.

    Half of the buckets are for single steps. The other half grow logarithmically up to
    max_distance; all that is further shares the last one.

    Args:
        distances: integers, the key's position minus the query's.
        num_buckets: how many numbers there are, for both directions together.
        max_distance: where the last bucket begins.
        both_ways: an encoder looks ahead too and has half its buckets for that;
            without it, what lies ahead counts as distance 0.

    Returns:
        The distances' shape, integers from 0 to num_buckets - 1.

    Raises:
        ValueError: too few buckets, or max_distance within the single steps.

    Source: Raffel et al. 2020, "T5", section 2.1, and its published code.
    """
    ahead = torch.zeros_like(distances)
    if both_ways:
        num_buckets //= 2
        ahead = (distances > 0) * num_buckets
        steps = distances.abs()
    else:
        steps = (-distances).clamp(min=0)
    single = num_buckets // 2
    if not 1 <= single < max_distance:
        raise ValueError(f"{num_buckets} buckets a direction and max_distance {max_distance} do not go together: "
                         "half of the buckets are single steps; use 2 or more, and a longer max_distance")
    # In float32 like the published code: at a bucket's edge, rounding decides.
    growth = torch.log(steps.float().clamp(min=1) / single) / math.log(max_distance / single)
    shared = (single + (growth * (num_buckets - single)).long()).clamp(max=num_buckets - 1)
    return ahead + torch.where(steps < single, steps, shared)


class RelativePositionBias(nn.Module):
    """T5's: one learned number per head and bucket of distance, added to every layer's scores.

    Args:
        num_heads: H.
        num_buckets: how many numbers each head learns.
        max_distance: from here on all distances share one.
        both_ways: whether queries look ahead, as in an encoder.

    Source: Raffel et al. 2020, "T5", section 2.1.
    """

    def __init__(self, num_heads: int, *, num_buckets: int = 32, max_distance: int = 128, both_ways: bool):
        super().__init__()
        self.table = nn.Embedding(num_buckets, num_heads)
        self.max_distance = max_distance
        self.both_ways = both_ways

    def forward(self, length: int, *, past: int = 0) -> Tensor:
        """(1, H, T, past + T), for T queries after `past` earlier keys."""
        buckets = relative_buckets(
            _distances(length, past).to(self.table.weight.device), num_buckets=self.table.num_embeddings,
            max_distance=self.max_distance, both_ways=self.both_ways,
        )                                                  # (T, past + T)
        return self.table(buckets).permute(2, 0, 1)[None]  # (1, H, T, past + T)


def _distances(length: int, past: int) -> Tensor:
    """(T, past + T): how far each key is behind (negative) or ahead of each query."""
    return torch.arange(past + length)[None, :] - torch.arange(past, past + length)[:, None]
