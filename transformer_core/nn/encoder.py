"""The encoder: layers of attention and feed-forward, each added to its input."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.nn.attention import Attend, fused_attention, scaled_dot_product_attention
from transformer_core.nn.layers import LayerNorm
from transformer_core.nn.multi_head import MultiHeadAttention


class EncoderLayer(nn.Module):
    r"""Attend to all tokens, then transform each token alone; add and norm after both.

    $$y = \operatorname{LayerNorm}(x + \operatorname{MultiHead}(x)), \qquad
    \operatorname{LayerNorm}(y + \operatorname{FeedForward}(y))$$

    Args:
        attention: D wide, as in MultiHeadAttention(64, 4).
        feed_forward: (B, T, D) -> (B, T, D), as in FeedForward(64, 256).
        norm: a function from a width to a norm; called twice.
        dropout: dropout probability of each sub-layer's output.

    Source: Vaswani et al. 2017, sections 3.1 and 5.4.
    """

    def __init__(
        self, attention: MultiHeadAttention, feed_forward: nn.Module, *,
        norm: Callable[[int], nn.Module] = LayerNorm, dropout: float = 0.1,
    ):
        super().__init__()
        d_model = attention.w_q.in_features
        self.attention = attention
        self.attention_norm = norm(d_model)
        self.feed_forward = feed_forward
        self.feed_forward_norm = norm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, *, mask: Tensor | None = None, bias: Tensor | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None]:
        """(B, T, D) -> (B, T, D) and weights (B, H, T, T); the rest as MultiHeadAttention takes it."""
        found, weights = self.attention(x, mask=mask, bias=bias, attend=attend)
        x = self.attention_norm(x + self.dropout(found))       # (B, T, D)
        thought = self.feed_forward(x)
        x = self.feed_forward_norm(x + self.dropout(thought))  # (B, T, D)
        return x, weights


class PreNormEncoderLayer(EncoderLayer):
    r"""The same parts, normed before each sub-layer: x itself passes through unchanged.

    $$y = x + \operatorname{MultiHead}(\operatorname{LayerNorm}(x)), \qquad
    y + \operatorname{FeedForward}(\operatorname{LayerNorm}(y))$$

    A stack of these ends in a norm of its own: Encoder(layers, norm=LayerNorm(d_model)).

    Source: Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture".
    """

    def forward(
        self, x: Tensor, *, mask: Tensor | None = None, bias: Tensor | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None]:
        """(B, T, D) -> (B, T, D) and weights (B, H, T, T); the rest as MultiHeadAttention takes it."""
        found, weights = self.attention(self.attention_norm(x), mask=mask, bias=bias, attend=attend)
        x = x + self.dropout(found)    # (B, T, D)
        thought = self.feed_forward(self.feed_forward_norm(x))
        x = x + self.dropout(thought)  # (B, T, D)
        return x, weights


@dataclass(frozen=True)
class Trace:
    """Everything that a forward pass computed."""

    hidden_states: tuple[Tensor, ...]  # L + 1 of (B, T, D): the input, then after each layer
    attentions: Tensor  # (L, B, H, T, T)


class Encoder(nn.Module):
    """Layers one after the other.

    Args:
        layers: the layers, all of one width.
        norm: applied to the last one's output; a pre-norm stack needs it.
    """

    def __init__(self, layers: Iterable[EncoderLayer], *, norm: nn.Module | None = None):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.norm = norm or nn.Identity()

    def forward(
        self, x: Tensor, *, mask: Tensor | None = None, bias: Tensor | None = None,
        attend: Attend = fused_attention,
    ) -> Tensor:
        """(B, T, D) -> (B, T, D), on the fast path, which keeps no weights."""
        for layer in self.layers:
            x, _ = layer(x, mask=mask, bias=bias, attend=attend)
        return self.norm(x)

    def trace(self, x: Tensor, *, mask: Tensor | None = None, bias: Tensor | None = None) -> Trace:
        """The same pass on the readable path, with everything kept; the last hidden state equals forward's result."""
        hidden_states, attentions = [x], []
        for layer in self.layers:
            x, weights = layer(x, mask=mask, bias=bias)
            hidden_states.append(x)
            attentions.append(weights)
        hidden_states[-1] = self.norm(x)
        return Trace(tuple(hidden_states), torch.stack(attentions))
