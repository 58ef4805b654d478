"""The two parts of a layer that look at one token at a time: normalise and feed forward."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = Callable[[Tensor], Tensor]
ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "gelu": functional.gelu,  # x times the probability that a normal variable is below x
    "gelu_tanh": partial(functional.gelu, approximate="tanh"),  # the same by a tanh, as GPT-2 has it
    "silu": functional.silu,  # x times its sigmoid, also called swish
}


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


def rms_norm(x: Tensor, weight: Tensor, *, eps: float = 1e-6) -> Tensor:
    r"""Bring each token's vector to length $\sqrt{D}$ and let the model rescale it; no mean, no shift.

    $$\frac{x}{\sqrt{\frac{1}{D}\sum_i x_i^2 + \epsilon}} \odot \gamma$$

    Args:
        x: (..., D).
        weight: (D), the scale gamma.
        eps: keeps a vector of zeros from dividing by zero.

    Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization".
    """
    mean_square = (x * x).mean(dim=-1, keepdim=True)  # (..., 1)
    return x / torch.sqrt(mean_square + eps) * weight  # (..., D)


class LayerNorm(nn.Module):
    """layer_norm with its learned scale and shift, which start as 1 and 0; by torch's fused kernel."""

    def __init__(self, d_model: int, *, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        return functional.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class RMSNorm(nn.Module):
    """rms_norm with its learned scale, which starts as 1; by torch's fused kernel."""

    def __init__(self, d_model: int, *, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        return functional.rms_norm(x, self.weight.shape, self.weight, self.eps)


class FeedForward(nn.Module):
    r"""Widen each token's vector, apply an activation, and narrow it again; the same at every position.

    $$\operatorname{activation}(xW_1 + b_1)\,W_2 + b_2$$

    Args:
        d_model: D, the width in and out.
        d_ff: the inner width, usually 4 D.
        activation: ReLU in the paper, GELU in BERT.
        bias: whether the two projections add one (T5: no).

    Source: Vaswani et al. 2017, equation 2.
    """

    def __init__(self, d_model: int, d_ff: int, *, activation: Activation = torch.relu, bias: bool = True):
        super().__init__()
        self.widen = nn.Linear(d_model, d_ff, bias=bias)
        self.narrow = nn.Linear(d_ff, d_model, bias=bias)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        hidden = self.activation(self.widen(x))  # (..., d_ff)
        return self.narrow(hidden)               # (..., D)


class GatedFeedForward(nn.Module):
    r"""A feed-forward whose inner numbers are multiplied by a gate. With SiLU: SwiGLU.

    $$(\operatorname{activation}(xW_{gate}) \odot xW_{up})\,W_{down}$$

    Args:
        d_model: D, the width in and out.
        d_ff: the inner width. There are three matrices, so 8/3 D costs what 4 D cost with two.
        activation: the gate's: SiLU in Llama, GELU in T5 1.1.
        bias: whether the three projections add one (Llama: no).

    Source: Shazeer 2020, "GLU Variants Improve Transformer", equation 6.
    """

    def __init__(
        self, d_model: int, d_ff: int, *, activation: Activation = functional.silu, bias: bool = False,
    ):
        super().__init__()
        self.gate = nn.Linear(d_model, d_ff, bias=bias)
        self.up = nn.Linear(d_model, d_ff, bias=bias)
        self.down = nn.Linear(d_ff, d_model, bias=bias)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        hidden = self.activation(self.gate(x)) * self.up(x)  # (..., d_ff)
        return self.down(hidden)                             # (..., D)
