"""Kernel attention: random features approximate the softmax, and the table of weights is never computed.

The weight of a key, before a row is brought to sum 1, is a function of two vectors: e to their
dot product. If it were a dot product of features, phi(q) . phi(k), the sums could change places:
first all keys with their values, once, then each query with that one result. Random features
make it so on average; the more of them, the nearer.
"""

import torch
from torch import Tensor

from transformer_core.nn.attention import check_shapes


def orthogonal_features(num_features: int, d_k: int, *, seed: int = 0) -> Tensor:
    """Random directions for performer_attention: each normally distributed, and orthogonal to its neighbours.

    Each row alone is as random as if drawn from a normal distribution, which is what makes the
    estimate true on average; that no two of Dk rows point alike makes it vary less.

    Args:
        num_features: m, how many; the error falls like 1 over its root.
        d_k: Dk, the width of a head.
        seed: which ones; the same seed gives the same.

    Returns:
        (m, Dk).

    Raises:
        ValueError: no features.

    Source: Choromanski et al. 2021, "Rethinking Attention with Performers", section 2.4.
    """
    if num_features < 1:
        raise ValueError(f"num_features {num_features} leaves nothing to sum; use 1 or more, such as 256")
    generator = torch.Generator().manual_seed(seed)
    stacks = -(-num_features // d_k)                                         # of Dk rows each
    normal = torch.randn(stacks, d_k, d_k, generator=generator)
    turned, triangle = torch.linalg.qr(normal)
    # The factorisation chooses signs by rule; undone, all directions are equally likely.
    turned = turned * triangle.diagonal(dim1=-2, dim2=-1).sign()[:, None, :]
    lengths = torch.randn(stacks, d_k, d_k, generator=generator).norm(dim=-1, keepdim=True)
    return (turned * lengths).flatten(0, 1)[:num_features]


def log_features(x: Tensor, features: Tensor) -> Tensor:
    r"""The logarithm of m positive features, whose products estimate $e^{x \cdot y}$ without bias.

    $$\log\phi_i(x) = \omega_i \cdot x - \tfrac12\lVert x\rVert^2, \qquad
    \mathbb{E}_\omega\left[\phi(x)\,\phi(y)\right] = e^{x \cdot y}$$

    Sines and cosines would do so too, but not stay positive: weights near 0 would come out as
    noise of both signs.

    Args:
        x: (..., T, Dk).
        features: (m, Dk), the directions omega.

    Returns:
        (..., T, m).

    Source: Choromanski et al. 2021, lemma 1.
    """
    return x @ features.T - (x * x).sum(dim=-1, keepdim=True) / 2


def performer_attention(
    query: Tensor, key: Tensor, value: Tensor, *, features: Tensor, causal: bool = False,
    mask: Tensor | None = None, bias: Tensor | None = None, tile: int = 128,
) -> tuple[Tensor, None]:
    r"""Softmax attention, estimated at a cost that grows with the length (FAVOR+).

    $$\frac{\phi(Q)\left(\phi(K)^\top V\right)}{\phi(Q)\left(\phi(K)^\top \mathbf{1}\right)}$$

    Args:
        query: (..., Tq, Dk).
        key: (..., Tk, Dk).
        value: (..., Tk, Dv).
        features: (m, Dk), as orthogonal_features gives them.
        causal: whether a position sees itself and those before it alone; then Tq is Tk.
        mask: bool, (..., 1, Tk), the same for all queries: padding.
        bias: must be None: there are no scores to add it to.
        tile: how many positions the causal sums take in one step.

    Returns:
        Output (..., Tq, Dv), 0 where a row may look at nothing; and None for the weights.
        In float32 it is 0 too for a causal row whose features are e^71 times smaller than
        those of a later key: only vectors far longer than a trained model's are so far apart.

    Raises:
        ValueError: a shape does not fit; a mask that differs between queries; a bias; no tile.

    Source: Choromanski et al. 2021, "Rethinking Attention with Performers", section 2.
    """
    check_shapes(query, key, value, mask, bias)
    _check_performer(query, key, features, causal, mask, bias)
    if tile < 1:
        raise ValueError(f"a tile of {tile} has no room for a position; use 1 or more, such as 128")
    wide = torch.promote_types(query.dtype, torch.float32)             # exponents round badly in bfloat16
    scale = query.shape[-1] ** -0.25                                   # twice, for 1 / sqrt(Dk)
    of_query, of_key = (log_features(x.to(wide) * scale, features.to(x.device, wide))
                        for x in (query, key))                         # (..., Tq, m), (..., Tk, m)
    if mask is not None:
        of_key = of_key.masked_fill(~torch.atleast_2d(mask).transpose(-2, -1), -torch.inf)
    of_query, of_key = _exponentials(of_query, of_key)
    ones = torch.ones_like(value[..., :1])                             # the denominator is summed along
    v = torch.cat([value, ones], dim=-1).to(wide)                      # (..., Tk, Dv + 1)
    sums = _prefix_sums(of_query, of_key, v, tile) if causal else _all_sums(of_query, of_key, v)
    total = sums[..., -1:]
    nothing = total < torch.finfo(wide).tiny / torch.finfo(wide).eps   # seen, or too little to divide by
    total = total.masked_fill(nothing, 1)                              # 0 / 0 shall be 0
    return (sums[..., :-1] / total).to(value.dtype), None


def _exponentials(of_query: Tensor, of_key: Tensor) -> tuple[Tensor, Tensor]:
    """Features from their logarithms, scaled so that none overflows; the fraction stays the same.

    What a feature loses on the keys' side it gains on the queries'; what a query loses in all its
    features cancels. Each query keeps a feature of 1, and some key has a 1 there too.
    """
    highest = of_key.detach().amax(dim=-2, keepdim=True)               # (..., 1, m)
    highest = highest.masked_fill(highest == -torch.inf, 0)            # where all keys are padding
    of_query = of_query + highest
    return torch.exp(of_query - of_query.detach().amax(dim=-1, keepdim=True)), torch.exp(of_key - highest)


def _all_sums(of_query: Tensor, of_key: Tensor, value: Tensor) -> Tensor:
    """(..., Tq, Dv + 1): the values summed by the weights' estimates; keys meet values first."""
    return of_query @ (of_key.transpose(-2, -1) @ value)


def _prefix_sums(of_query: Tensor, of_key: Tensor, value: Tensor, tile: int) -> Tensor:
    """The sums where row t stops at key t: earlier tiles all at once, its own tile pair by pair."""
    before = value.new_zeros(of_key.shape[-1], value.shape[-1])        # (..., m, Dv + 1)
    sums = []
    for q, k, v in zip(*(x.split(tile, dim=-2) for x in (of_query, of_key, value)), strict=True):
        sums.append((q @ k.transpose(-2, -1)).tril() @ v + q @ before)  # (..., tile, Dv + 1)
        before = before + k.transpose(-2, -1) @ v
    return torch.cat(sums, dim=-2)


def _check_performer(
    query: Tensor, key: Tensor, features: Tensor, causal: bool, mask: Tensor | None, bias: Tensor | None,
) -> None:
    q, k = tuple(query.shape), tuple(key.shape)
    if features.dim() != 2 or features.shape[-1] != q[-1]:
        raise ValueError(f"features {tuple(features.shape)} do not fit query {q}; "
                         f"use orthogonal_features(num_features, {q[-1]})")
    if causal and q[-2] != k[-2]:
        raise ValueError(f"query {q} and key {k} differ in length, and causal sums run along both at once; "
                         "give as many queries as keys")
    if bias is not None:
        raise ValueError(f"bias {tuple(bias.shape)} would be added to scores, which kernel attention never "
                         "makes; use an exact attention, such as tiled_attention")
    if mask is not None and torch.atleast_2d(mask).shape[-2] > 1:
        raise ValueError(f"mask {tuple(mask.shape)} hides other keys from other queries, and kernel "
                         "attention sums the keys once for all; it takes padding, (B, 1, 1, Tk), and "
                         "causal=True")
