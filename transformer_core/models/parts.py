"""From a config to the parts of a model: the only place where its choices become objects."""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

from transformer_core.models.config import (
    Alibi,
    DecoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    LayersConfig,
    Learned,
    Relative,
    Rotary,
    Sinusoidal,
    TextConfig,
)
from transformer_core.nn.decoder import Decoder, DecoderLayer, PreNormDecoderLayer
from transformer_core.nn.encoder import Encoder, EncoderLayer, PreNormEncoderLayer
from transformer_core.nn.experts import MixtureOfExperts
from transformer_core.nn.layers import ACTIVATIONS, FeedForward, GatedFeedForward, LayerNorm, RMSNorm
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.nn.position_bias import RelativePositionBias, alibi_bias
from transformer_core.nn.positions import SinusoidalPositions
from transformer_core.nn.rotary import Rotate, rotary_frequencies, rotary_waves, rotate

NORMS = {"layer": LayerNorm, "rms": RMSNorm}


def make_encoder(config: LayersConfig) -> Encoder:
    """The stack of layers in which every token sees all tokens."""
    layer = PreNormEncoderLayer if config.pre_norm else EncoderLayer
    layers = (
        layer(make_attention(config), make_feed_forward(config), norm=make_norm(config), dropout=config.dropout)
        for _ in range(config.num_layers)
    )
    return Encoder(layers, norm=_last_norm(config))


def make_decoder(config: DecoderConfig | EncoderDecoderConfig) -> Decoder:
    """The stack of layers in which a token sees those before it, and the encoder's output if there is one."""
    reads_memory = isinstance(config, EncoderDecoderConfig)
    num_layers = (config.num_decoder_layers if reads_memory else None) or config.num_layers
    layer = PreNormDecoderLayer if config.pre_norm else DecoderLayer
    layers = (
        layer(
            make_attention(config), make_feed_forward(config),
            cross_attention=make_attention(config) if reads_memory else None,
            norm=make_norm(config), dropout=config.dropout,
        )
        for _ in range(num_layers)
    )
    return Decoder(layers, norm=_last_norm(config))


def make_attention(config: LayersConfig) -> MultiHeadAttention:
    """One layer's attention."""
    return MultiHeadAttention(
        config.d_model, config.num_heads, num_kv_heads=config.num_kv_heads, d_k=config.d_k,
        bias=config.attention_bias, scaled=config.scaled_scores,
    )


def make_feed_forward(config: LayersConfig) -> nn.Module:
    """One layer's feed-forward, (..., D) -> (..., D)."""
    activation, kind = _choose(ACTIVATIONS, config.activation, "activation"), config.feed_forward
    if isinstance(kind, Experts):
        return MixtureOfExperts(config.d_model, config.d_ff, kind.count, kind.per_token, activation=activation)
    made = GatedFeedForward if isinstance(kind, Gated) else FeedForward
    return made(config.d_model, config.d_ff, activation=activation, bias=kind.bias)


def make_norm(config: LayersConfig) -> Callable[[int], nn.Module]:
    """A function from a width to a norm of that width."""
    return partial(_choose(NORMS, config.norm, "norm"), eps=config.norm_eps)


def make_position_embedding(config: TextConfig, *, offset: int = 0) -> nn.Module | None:
    """Positions (B, T) -> vectors (B, T, D) to add to the tokens' own; None where this model adds none.

    Args:
        offset: the position of the first token; the rows before it belong to padding.
    """
    if isinstance(config.positions, Rotary):
        rotary_frequencies(config.head_width)  # refuses an odd width now, not at the first token
    if isinstance(config.positions, Sinusoidal):
        return SinusoidalPositions(config.d_model)
    if not isinstance(config.positions, Learned):
        return None
    if config.max_length is None:
        raise ValueError("learned positions need max_length, the number of rows to learn")
    return nn.Embedding(config.max_length + offset, config.d_model)


def make_relative_bias(config: TextConfig, *, both_ways: bool) -> RelativePositionBias | None:
    """The learned bias of each head and distance, where this model has T5's positions."""
    kind = config.positions
    if not isinstance(kind, Relative):
        return None
    return RelativePositionBias(
        config.num_heads, num_buckets=kind.num_buckets, max_distance=kind.max_distance, both_ways=both_ways,
    )


def make_alibi(config: TextConfig, like: Tensor, *, past: int = 0) -> Tensor | None:
    """(1, H, T, past + T) for tokens like (B, T, D), where this model has ALiBi."""
    if not isinstance(config.positions, Alibi):
        return None
    return alibi_bias(config.num_heads, like.shape[1], past=past).to(like)


def make_rotation(config: TextConfig, positions: Tensor) -> Rotate | None:
    """Rotates queries and keys at these positions (B, T), where this model has rotary positions."""
    kind = config.positions
    if not isinstance(kind, Rotary):
        return None
    frequencies = rotary_frequencies(config.head_width, base=kind.base, scaling=kind.scaling)
    cos, sin = rotary_waves(positions, frequencies.to(positions.device))
    return partial(rotate, cos=cos, sin=sin)


def _last_norm(config: LayersConfig) -> nn.Module | None:
    return make_norm(config)(config.d_model) if config.pre_norm else None


def _choose(table: dict, name: str, what: str):
    if name not in table:
        raise ValueError(f"{what} {name!r} is none of {', '.join(table)}")
    return table[name]
