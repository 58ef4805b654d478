"""A copy of a model that is prepared for inference: the same numbers, faster."""

import copy

import torch
from torch import Tensor, nn

from transformer_core.inference.prepacked import PrepackedLinear, can_prepack
from transformer_core.nn.layers import ACTIVATIONS, FeedForward, GatedFeedForward
from transformer_core.nn.multi_head import MultiHeadAttention


def for_inference(model: nn.Module) -> nn.Module:
    """A copy in eval mode that gives the same results faster; the model itself stays as it is.

    Queries, keys and values come from one product instead of three. On a CPU in float32 the
    weights are laid out for the processor once, and activations are fused into the products
    (PrepackedLinear); on other devices and in other types the linear layers stay torch's own.

    Args:
        model: any model of models/, or a part of one.

    Returns:
        A module that is called like the model. It cannot be trained, moved or saved.
    """
    ready = copy.deepcopy(model).eval().requires_grad_(False)
    table = _head_table(ready)
    for part in list(ready.modules()):
        _fuse_activation(part)
    _replace(ready)
    if table is not None:  # a tied head is the transposed token table: prepack it for that use
        ready.head = _linear(table, None)
    return ready


class OneProjection(MultiHeadAttention):
    """MultiHeadAttention whose three projections are one product where all read the same vectors."""

    def __init__(self, attention: MultiHeadAttention):
        nn.Module.__init__(self)  # takes the other's parts: no weights are drawn
        self.num_heads, self.num_kv_heads = attention.num_heads, attention.num_kv_heads
        self.d_k, self.scaled = attention.d_k, attention.scaled
        three = (attention.w_q, attention.w_k, attention.w_v)
        bias = None if attention.w_q.bias is None else torch.cat([linear.bias for linear in three])
        self.w_qkv = _linear(torch.cat([linear.weight for linear in three]), bias)
        self.w_o = _linear(attention.w_o.weight, attention.w_o.bias)

    def _project(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        kv_heads = self.num_kv_heads
        heads = self._split(self.w_qkv(query))                                        # (B, H + 2 Hk, T, Dk)
        return heads.split([self.num_heads, kv_heads, kv_heads], dim=1)

    def _check(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
        super()._check(query, key, value, mask)
        if key is not query or value is not query:
            raise ValueError("this attention was prepared for self-attention; leave key and value out, "
                             "or use the model as it was before for_inference")


def _fuse_activation(part: nn.Module) -> None:
    if not isinstance(part, FeedForward | GatedFeedForward):
        return
    name = next((name for name, function in ACTIVATIONS.items() if function is part.activation), None)
    activated = "widen" if isinstance(part, FeedForward) else "gate"
    linear = getattr(part, activated)
    if name is not None and can_prepack(linear.weight):
        setattr(part, activated, PrepackedLinear(linear.weight, linear.bias, activation=name))
        part.activation = nn.Identity()


def _replace(module: nn.Module) -> None:
    """Replace every self-attention and every linear layer by its prepared form."""
    for name, part in module.named_children():
        if isinstance(part, MultiHeadAttention) and name == "attention":
            setattr(module, name, OneProjection(part))
        elif isinstance(part, nn.Linear):
            setattr(module, name, _linear(part.weight, part.bias))
        else:
            _replace(part)


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Module:
    if can_prepack(weight):
        return PrepackedLinear(weight, bias)
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    linear.weight = nn.Parameter(weight.detach(), requires_grad=False)
    linear.bias = None if bias is None else nn.Parameter(bias.detach(), requires_grad=False)
    return linear


def _head_table(model: nn.Module) -> Tensor | None:
    """The token table, where it also serves as the head."""
    tied = hasattr(model, "head") and model.head is None
    return model.token_embedding.weight if tied else None
