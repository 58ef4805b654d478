"""Training on a CPU: matrix products by the faster of torch's two libraries."""

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from transformer_core.inference.prepacked import can_prepack
from transformer_core.nn.multi_head import MultiHeadAttention


def for_training(model: nn.Module) -> nn.Module:
    """Make a model's linear layers use oneDNN, and compute queries, keys and values in one product.

    torch's own linear layer uses MKL for float32, which is slower than oneDNN on many processors
    where the layers are wide. Parameters, their names and the results stay the same; with
    other types, devices or under autocast the layers do what torch's do.

    Args:
        model: any model of models/, or a part of one; it is changed in place.

    Returns:
        The model.
    """
    for part in model.modules():
        if type(part) is nn.Linear:
            part.__class__ = FastLinear  # the same layer, its parameters untouched
        elif type(part) is MultiHeadAttention:
            part.__class__ = JoinedProjections
    return model


class FastLinear(nn.Linear):
    """nn.Linear, its forward product and the gradient of its input by oneDNN."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        return _linear(x, self.weight, self.bias)


class JoinedProjections(MultiHeadAttention):
    """MultiHeadAttention whose three projections are one product where all read the same vectors."""

    def _project(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if key is not query or value is not query:
            return super()._project(query, key, value)
        three = (self.w_q, self.w_k, self.w_v)
        bias = None if self.w_q.bias is None else torch.cat([linear.bias for linear in three])
        heads = self._split(_linear(query, torch.cat([linear.weight for linear in three]), bias))
        return heads.split([self.num_heads, self.num_kv_heads, self.num_kv_heads], dim=1)


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    plain = type(weight) in (Tensor, nn.Parameter)  # not spread over processes
    if plain and can_prepack(weight) and x.dtype == weight.dtype and not torch.is_autocast_enabled("cpu"):
        return _Linear.apply(x, weight, bias)
    return nn.functional.linear(x, weight, bias)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(context, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        context.save_for_backward(x, weight)
        return _product(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(context, gradient: Tensor):
        x, weight = context.saved_tensors
        given, rows = x.flatten(0, -2), gradient.flatten(0, -2)  # (N, in), (N, out)
        of_x = of_weight = of_bias = None
        if context.needs_input_grad[0]:  # of the two libraries, whichever was faster for the shape
            narrows = weight.shape[0] <= weight.shape[1]
            of_x = _product(gradient.contiguous(), weight.t(), None) if narrows else gradient @ weight
        if context.needs_input_grad[1]:
            of_weight = rows.t() @ given
        if context.needs_input_grad[2]:
            of_bias = rows.sum(dim=0)
        return of_x, of_weight, of_bias


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
