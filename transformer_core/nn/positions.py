"""Positions: attention alone cannot tell first from last, so order is added to the vectors."""

import torch
from torch import Tensor, nn


def sinusoidal_positions(length: int, d_model: int) -> Tensor:
    r"""One vector per position: D / 2 hands of a clock, each slower than the one before.

    $$PE_{p,2i} = \sin\frac{p}{10000^{2i/d_{model}}}, \qquad
    PE_{p,2i+1} = \cos\frac{p}{10000^{2i/d_{model}}}$$

    Every pair (sin, cos) is a point on a circle. To go k positions further turns each
    circle by an angle that depends on k alone, so PE(p + k) is linear in PE(p).

    Args:
        length: how many positions.
        d_model: D, even: an odd width would leave a sine without its cosine, and
            half a circle cannot be turned.

    Returns:
        (T, D) in torch's default dtype, between -1 and 1.

    Raises:
        ValueError: the width is odd.

    Source: Vaswani et al. 2017, section 3.5.
    """
    _check(d_model)
    position = torch.arange(length)[:, None]          # (T, 1)
    even = torch.arange(0, d_model, 2).double()       # (D/2), the 2i
    angle = position / 10000 ** (even / d_model)      # (T, D/2)
    pairs = torch.stack([angle.sin(), angle.cos()], dim=-1)  # (T, D/2, 2)
    return pairs.flatten(-2).to(torch.get_default_dtype())   # (T, D)


class SinusoidalPositions(nn.Module):
    """sinusoidal_positions as a table to look up, where an nn.Embedding would be a learned one.

    Args:
        d_model: D, even.

    Raises:
        ValueError: the width is odd.
    """

    def __init__(self, d_model: int):
        super().__init__()
        _check(d_model)
        self.d_model = d_model

    def forward(self, positions: Tensor) -> Tensor:
        """(B, T) integers -> (B, T, D) in torch's default dtype."""
        length = int(positions.max()) + 1 if positions.numel() else 0  # no longer than is needed
        table = sinusoidal_positions(length, self.d_model)
        return table.to(positions.device)[positions]


def token_positions(counts: Tensor, *, first: int = 0) -> Tensor:
    """Each token's position when only tokens are counted: padding on the left changes nothing.

    Args:
        counts: (B, T), 1 or True for a token and 0 for what is not counted.
        first: the first token's position.

    Returns:
        (B, T) integers. What is not counted gets first - 1, or 0 where that is negative.
    """
    counts = counts.bool()  # a tokenizer's mask may be of floats, a position may not
    return (counts.cumsum(dim=-1) * counts - 1 + first).clamp(min=0)


def _check(d_model: int) -> None:
    if d_model % 2:
        raise ValueError(f"d_model {d_model} is odd, and positions come in pairs of sine and cosine; "
                         f"use {d_model - 1} or {d_model + 1}")
