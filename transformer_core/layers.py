"""The two parts of a layer that look at one token at a time: normalise and feed forward."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, *, eps: float = 1e-5) -> Tensor:
    r"""Bring each token's vector to mean 0 and variance 1, then let the model rescale it.

    $$\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \odot \gamma + \beta$$

    Args:
        x: (..., D); the mean and the variance are each vector's own.
        weight: (D), the scale gamma.
        bias: (D), the shift beta.
        eps: keeps a constant vector from dividing by zero.

    Source: Ba et al. 2016, "Layer Normalization".
    """
    centred = x - x.mean(dim=-1, keepdim=True)               # (..., D)
    variance = (centred * centred).mean(dim=-1, keepdim=True)  # (..., 1)
    return centred / torch.sqrt(variance + eps) * weight + bias  # (..., D)


class LayerNorm(nn.Module):
    """layer_norm with its learned scale and shift, which start as 1 and 0."""

    def __init__(self, d_model: int, *, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        return layer_norm(x, self.weight, self.bias, eps=self.eps)


class FeedForward(nn.Module):
    r"""Widen each token's vector, bend it, and bring it back; the same for every position.

    $$\operatorname{activation}(xW_1 + b_1)\,W_2 + b_2$$

    Args:
        d_model: D, the width in and out.
        d_ff: the width between, usually 4 D.
        activation: what bends: ReLU in the paper, GELU in BERT.

    Source: Vaswani et al. 2017, equation 2.
    """

    def __init__(self, d_model: int, d_ff: int, *, activation: Callable[[Tensor], Tensor] = torch.relu):
        super().__init__()
        self.widen = nn.Linear(d_model, d_ff)
        self.narrow = nn.Linear(d_ff, d_model)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        hidden = self.activation(self.widen(x))  # (..., d_ff)
        return self.narrow(hidden)               # (..., D)
