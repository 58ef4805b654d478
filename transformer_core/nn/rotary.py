"""Rotary positions (RoPE): turn queries and keys, so that a score knows how far apart they are."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Rotate = Callable[[Tensor], Tensor]  # (B, H, T, Dk) -> the same, each position turned by its angle


@dataclass(frozen=True)
class Llama3Scaling:
    """How Llama 3.1 stretches the slow rotations, so that 8,192 trained positions reach further.

    Source: Grattafiori et al. 2024, "The Llama 3 Herd of Models", section 3.4.2, and its published code.
    """

    factor: float = 8.0  # how much slower the slow ones turn
    low_freq_factor: float = 1.0  # turns in original_length below which a rotation is slow
    high_freq_factor: float = 4.0  # and above which it is fast, and stays as it is
    original_length: int = 8192  # positions that the model was first trained on


def rotary_frequencies(d_k: int, *, base: float = 10000.0, scaling: Llama3Scaling | None = None) -> Tensor:
    r"""How far each pair of numbers turns from one position to the next, in radians.

    $$\theta_i = \mathrm{base}^{-2i/d_k}, \qquad i = 0, \dots, d_k/2 - 1$$

    Args:
        d_k: the width of a head, even.
        base: 10000 in the paper; larger turns the slow pairs slower, for longer texts.
        scaling: Llama 3.1's stretch, or none.

    Returns:
        (Dk/2) in float64: an angle grows with the position, and so does its rounding.

    Raises:
        ValueError: the width is odd.

    Source: Su et al. 2021, "RoFormer", section 3.2.2.
    """
    if d_k % 2:
        raise ValueError(f"d_k {d_k} is odd, and a rotation turns pairs; use {d_k - 1} or {d_k + 1}")
    frequencies = base ** (-torch.arange(0, d_k, 2, dtype=torch.float64) / d_k)  # (Dk/2)
    if scaling is None:
        return frequencies
    turns = scaling.original_length * frequencies / (2 * math.pi)  # in the trained length
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    fast = ((turns - low) / (high - low)).clamp(0, 1)  # 0: slow, 1: fast, between: a mix
    return fast * frequencies + (1 - fast) * frequencies / scaling.factor


def rotary_waves(positions: Tensor, frequencies: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of every position's angles, once for all heads and layers.

    Args:
        positions: (B, T) integers.
        frequencies: (Dk/2), as rotary_frequencies gives them.

    Returns:
        Two of (B, 1, T, Dk/2), in the frequencies' type.
    """
    angles = positions[:, None, :, None] * frequencies  # (B, 1, T, Dk/2)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    r"""Turn each pair of numbers by its position's angle.

    $$\begin{pmatrix} a \\ b \end{pmatrix} \mapsto
    \begin{pmatrix} a\cos p\theta - b\sin p\theta \\ b\cos p\theta + a\sin p\theta \end{pmatrix}$$

    A dot product of a query turned by p and a key turned by s depends on p - s alone.
    Number i is paired with number i + Dk/2, as the published weights want it; the paper
    pairs neighbours, which is the same up to the order of the columns.

    Args:
        x: (B, H, T, Dk), queries or keys.
        cos: (B, 1, T, Dk/2), as rotary_waves gives it.
        sin: the same.

    Returns:
        (B, H, T, Dk) in x's type; lengths are unchanged.

    Source: Su et al. 2021, "RoFormer", equation 34.
    """
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    a, b = x.chunk(2, dim=-1)                                       # (B, H, T, Dk/2) each
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)  # (B, H, T, Dk)
