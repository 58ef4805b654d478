"""Each efficient attention compared with the exact one: its error, and its memory."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from transformer_core.efficient.kernel import orthogonal_features, performer_attention
from transformer_core.efficient.low_rank import LinformerAttention
from transformer_core.efficient.sparse import big_bird_blocks, block_sparse_attention
from transformer_core.efficient.tiled import tiled_attention
from transformer_core.measurement.memory import peak_memory
from transformer_core.nn.attention import scaled_dot_product_attention

Attend = Callable[..., tuple[Tensor, Tensor | None]]


@dataclass(frozen=True)
class Approximation:
    """One attention against the exact one, on the same queries, keys and values."""

    error: float  # of the output: the length of the difference, over the exact output's length
    peak_bytes: int  # the most that a forward pass held, its output included


def attentions(
    length: int, d_k: int, *,
    tile: int = 64, block: int = 32, rank: int = 64, num_features: int = 64, seed: int = 0,
) -> dict[str, Attend]:
    """The exact attention and the four others, set up for one length, each to be called as `attend`.

    Nothing in them is trained. Linformer's projections are meant to be trained: here they average neighbours.

    Args:
        length: T, a multiple of block.
        d_k: Dk, the width of a head.
        tile: of tiled_attention.
        block: how many tokens a block of the sparse attention has.
        rank: how many mixtures the low-rank one makes.
        num_features: how many directions the kernel one draws.
        seed: of the random blocks and directions.
    """
    return {
        "exact": scaled_dot_product_attention,
        "tiled": partial(tiled_attention, tile=tile),
        "sparse": partial(block_sparse_attention, blocks=big_bird_blocks(length // block, seed=seed)),
        "low-rank": LinformerAttention(length, rank),
        "kernel": partial(performer_attention, features=orthogonal_features(num_features, d_k, seed=seed)),
    }


@torch.no_grad()
def compare(
    query: Tensor, key: Tensor, value: Tensor, attends: dict[str, Attend],
) -> dict[str, Approximation]:
    """Measure each attention's error and memory on the same input.

    Args:
        query: (..., Tq, Dk).
        key: (..., Tk, Dk).
        value: (..., Tk, Dv).
        attends: name -> attention, as `attentions` gives them.
    """
    exact, _ = scaled_dot_product_attention(query, key, value)
    return {name: Approximation(
        error=((attend(query, key, value)[0] - exact).norm() / exact.norm()).item(),
        peak_bytes=peak_memory(partial(attend, query, key, value)),
    ) for name, attend in attends.items()}
