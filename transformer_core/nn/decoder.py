"""The decoder: layers that do not look ahead, and may read an encoder's output."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.nn.attention import Attend, fused_attention, scaled_dot_product_attention
from transformer_core.nn.kv_cache import KVCache, LayerCache
from transformer_core.nn.layers import LayerNorm
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.nn.rotary import Rotate


class DecoderLayer(nn.Module):
    r"""Attend to the tokens so far, attend to the encoder's output, then transform each token alone.

    $$\begin{aligned}
    y &= \operatorname{LayerNorm}(x + \operatorname{MultiHead}(x)) \\
    z &= \operatorname{LayerNorm}(y + \operatorname{MultiHead}(y, \mathrm{memory})) \\
    &\phantom{=}\;\; \operatorname{LayerNorm}(z + \operatorname{FeedForward}(z))
    \end{aligned}$$

    Args:
        attention: D wide, over the tokens so far.
        feed_forward: (B, T, D) -> (B, T, D).
        cross_attention: D wide, from the tokens to the memory; a decoder-only model has none.
        norm: a function from a width to a norm; called once for each sub-layer.
        dropout: dropout probability of each sub-layer's output.

    Source: Vaswani et al. 2017, sections 3.1 and 5.4.
    """

    def __init__(
        self, attention: MultiHeadAttention, feed_forward: nn.Module, *,
        cross_attention: MultiHeadAttention | None = None,
        norm: Callable[[int], nn.Module] = LayerNorm, dropout: float = 0.1,
    ):
        super().__init__()
        d_model = attention.w_q.in_features
        self.attention = attention
        self.attention_norm = norm(d_model)
        self.cross_attention = cross_attention
        self.cross_attention_norm = None if cross_attention is None else norm(d_model)
        self.feed_forward = feed_forward
        self.feed_forward_norm = norm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, memory: Tensor | None = None, *,
        mask: Tensor | None = None, memory_mask: Tensor | None = None, bias: Tensor | None = None,
        rotate: Rotate | None = None,
        cache: LayerCache | None = None, memory_cache: LayerCache | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Apply the layer.

        Args:
            x: (B, T, D), the tokens that are new.
            memory: (B, Tm, D), the encoder's output; with a cache only the first call gives it,
                later ones give an empty (B, 0, D).
            mask: for attention, (B, H, T, Tk): causal, as a decoder's must be.
            memory_mask: for cross-attention, (B, H, T, Tm).
            bias: added to attention's scores.
            rotate: attention's rotary positions.
            cache: attention's keys and values so far.
            memory_cache: cross-attention's.
            attend: how both attend.

        Returns:
            (B, T, D), the weights (B, H, T, Tk) and cross-attention's (B, H, T, Tm).
        """
        found, weights = self.attention(
            x, mask=mask, bias=bias, rotate=rotate, cache=cache, attend=attend)
        x = self.attention_norm(x + self.dropout(found))       # (B, T, D)
        read = None
        if self.cross_attention is not None:
            found, read = self.cross_attention(
                x, memory, mask=memory_mask, cache=memory_cache, attend=attend)
            x = self.cross_attention_norm(x + self.dropout(found))
        thought = self.feed_forward(x)
        x = self.feed_forward_norm(x + self.dropout(thought))  # (B, T, D)
        return x, weights, read


class PreNormDecoderLayer(DecoderLayer):
    r"""The same parts, normed before each sub-layer: x itself passes through unchanged.

    $$y = x + \operatorname{MultiHead}(\operatorname{LayerNorm}(x)), \quad \dots, \quad
    z + \operatorname{FeedForward}(\operatorname{LayerNorm}(z))$$

    Source: Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture".
    """

    def forward(
        self, x: Tensor, memory: Tensor | None = None, *,
        mask: Tensor | None = None, memory_mask: Tensor | None = None, bias: Tensor | None = None,
        rotate: Rotate | None = None,
        cache: LayerCache | None = None, memory_cache: LayerCache | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """As DecoderLayer's."""
        found, weights = self.attention(
            self.attention_norm(x), mask=mask, bias=bias, rotate=rotate, cache=cache, attend=attend)
        x = x + self.dropout(found)    # (B, T, D)
        read = None
        if self.cross_attention is not None:
            found, read = self.cross_attention(
                self.cross_attention_norm(x), memory, mask=memory_mask, cache=memory_cache, attend=attend)
            x = x + self.dropout(found)
        thought = self.feed_forward(self.feed_forward_norm(x))
        x = x + self.dropout(thought)  # (B, T, D)
        return x, weights, read


@dataclass(frozen=True)
class DecoderTrace:
    """Everything that a decoder's forward pass computed."""

    hidden_states: tuple[Tensor, ...]  # L + 1 of (B, T, D): the input, then after each layer
    attentions: Tensor  # (L, B, H, T, T)
    cross_attentions: Tensor | None  # (L, B, H, T, Tm), where there is a memory


class Decoder(nn.Module):
    """Layers one after the other.

    Args:
        layers: the layers, all of one width.
        norm: applied to the last one's output; a pre-norm stack needs it.
    """

    def __init__(self, layers: Iterable[DecoderLayer], *, norm: nn.Module | None = None):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.norm = norm or nn.Identity()

    def forward(
        self, x: Tensor, memory: Tensor | None = None, *,
        mask: Tensor | None = None, memory_mask: Tensor | None = None, bias: Tensor | None = None,
        rotate: Rotate | None = None, cache: KVCache | None = None,
        attend: Attend = fused_attention,
    ) -> Tensor:
        """(B, T, D) -> (B, T, D), on the fast path, which keeps no weights. Arguments as DecoderLayer's."""
        for number, layer in enumerate(self.layers):
            own, read = (cache.layers[number], cache.memory[number]) if cache is not None else (None, None)
            x, *_ = layer(
                x, memory, mask=mask, memory_mask=memory_mask, bias=bias, rotate=rotate,
                cache=own, memory_cache=read, attend=attend,
            )
        return self.norm(x)

    def trace(
        self, x: Tensor, memory: Tensor | None = None, *,
        mask: Tensor | None = None, memory_mask: Tensor | None = None, bias: Tensor | None = None,
        rotate: Rotate | None = None,
    ) -> DecoderTrace:
        """The same pass on the readable path, with everything kept; the last hidden state equals forward's result."""
        hidden_states, attentions, reads = [x], [], []
        for layer in self.layers:
            x, weights, read = layer(
                x, memory, mask=mask, memory_mask=memory_mask, bias=bias, rotate=rotate)
            hidden_states.append(x)
            attentions.append(weights)
            reads.append(read)
        hidden_states[-1] = self.norm(x)
        cross = None if memory is None else torch.stack(reads)
        return DecoderTrace(tuple(hidden_states), torch.stack(attentions), cross)
