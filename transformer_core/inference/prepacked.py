"""A linear layer whose weights are stored in the order the processor reads them, for inference on a CPU."""

import torch
from torch import Tensor, nn

# Activations that oneDNN can fuse into a product: layers.ACTIVATIONS' names and oneDNN's.
FUSED = {"relu": ("relu", ""), "gelu": ("gelu", "none"), "gelu_tanh": ("gelu", "tanh"), "silu": ("swish", "")}
ROWS = 2048  # the layout is chosen for products of about so many rows; it works for single rows too


class PrepackedLinear(nn.Module):
    """The same numbers as nn.Linear's, from weights that oneDNN laid out in blocks once.

    nn.Linear brings its weights into the processor's order in every call. Here that is done when
    the layer is made, and the activation, if one is given, is applied while the result is still
    in the cache. It cannot be trained or saved: make it from a trained layer.

    Args:
        weight: (out, in), float32, on the CPU.
        bias: (out), or None.
        activation: a key of FUSED, applied to the result; None: nothing.

    Raises:
        ValueError: the weights are of another type or elsewhere, or oneDNN cannot apply this.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, activation: str | None = None):
        super().__init__()
        if not can_prepack(weight):
            raise ValueError(f"weights of {weight.dtype} on {weight.device} cannot be prepacked here; "
                             "it takes float32 on a CPU and a torch with oneDNN: keep nn.Linear")
        if activation is not None and activation not in FUSED:
            raise ValueError(f"activation {activation!r} is none of {', '.join(FUSED)}")
        self.out_features, self.in_features = weight.shape
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous(), ROWS)
        self.bias = None if bias is None else bias.detach().clone()
        self.activation = activation
        self._then = ("none", [], "") if activation is None else (FUSED[activation][0], [], FUSED[activation][1])

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        return torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, *self._then)

    def extra_repr(self) -> str:
        """What print(model) shows of the layer."""
        return f"in_features={self.in_features}, out_features={self.out_features}, activation={self.activation}"


def can_prepack(weight: Tensor) -> bool:
    """Whether this machine, this torch and these weights allow it."""
    known = hasattr(torch.ops.mkldnn, "_reorder_linear_weight") and torch.backends.mkldnn.is_available()
    return known and weight.dtype == torch.float32 and weight.device.type == "cpu"
