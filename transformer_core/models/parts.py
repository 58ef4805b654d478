"""From a config to the parts of a model: the only place where its choices become objects."""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

from transformer_core.models.config import Config
from transformer_core.nn.decoder import Decoder, DecoderLayer, PreNormDecoderLayer
from transformer_core.nn.encoder import Encoder, EncoderLayer, PreNormEncoderLayer
from transformer_core.nn.experts import MixtureOfExperts
from transformer_core.nn.layers import ACTIVATIONS, FeedForward, GatedFeedForward, LayerNorm, RMSNorm
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.nn.position_bias import RelativePositionBias, alibi_bias
from transformer_core.nn.positions import SinusoidalPositions
from transformer_core.nn.rotary import Rotate, rotary_frequencies, rotary_waves, rotate

NORMS = {"layer": LayerNorm, "rms": RMSNorm}
POSITIONS = ("learned", "sinusoidal", "rotary", "alibi", "relative")


def make_encoder(config: Config) -> Encoder:
    """The stack of layers that see all tokens."""
    layer = PreNormEncoderLayer if config.pre_norm else EncoderLayer
    layers = (
        layer(make_attention(config), make_feed_forward(config), norm=make_norm(config), dropout=config.dropout)
        for _ in range(config.num_layers)
    )
    return Encoder(layers, norm=_last_norm(config))


def make_decoder(config: Config, *, reads_memory: bool) -> Decoder:
    """The stack of layers that see what came before, and the encoder's memory if there is one."""
    layer = PreNormDecoderLayer if config.pre_norm else DecoderLayer
    layers = (
        layer(
            make_attention(config), make_feed_forward(config),
            cross_attention=make_attention(config) if reads_memory else None,
            norm=make_norm(config), dropout=config.dropout,
        )
        for _ in range(config.num_decoder_layers or config.num_layers)
    )
    return Decoder(layers, norm=_last_norm(config))


def make_attention(config: Config) -> MultiHeadAttention:
    return MultiHeadAttention(
        config.d_model, config.num_heads, num_kv_heads=config.num_kv_heads, d_k=config.d_k,
        bias=config.attention_bias, scaled=config.scaled_scores,
    )


def make_feed_forward(config: Config) -> nn.Module:
    activation = _choose(ACTIVATIONS, config.activation, "activation")
    if config.num_experts is not None:
        if not config.gated or config.feed_forward_bias:
            raise ValueError("experts are gated and without bias; set gated=True and feed_forward_bias=False")
        return MixtureOfExperts(
            config.d_model, config.d_ff, config.num_experts, config.experts_per_token, activation=activation)
    kind = GatedFeedForward if config.gated else FeedForward
    return kind(config.d_model, config.d_ff, activation=activation, bias=config.feed_forward_bias)


def make_norm(config: Config) -> Callable[[int], nn.Module]:
    """Makes a norm of a width."""
    return partial(_choose(NORMS, config.norm, "norm"), eps=config.norm_eps)


def make_position_embedding(config: Config) -> nn.Module | None:
    """Positions (B, T) -> vectors to add to the tokens' own, where this model adds any."""
    if config.positions not in POSITIONS:
        raise ValueError(f"positions {config.positions!r} is none of {', '.join(POSITIONS)}")
    if config.positions == "rotary":
        rotary_frequencies(_d_k(config))  # refuses an odd width now, not at the first token
    if config.positions == "sinusoidal":
        return SinusoidalPositions(config.d_model)
    if config.positions != "learned":
        return None
    if config.max_length is None:
        raise ValueError("learned positions need max_length, the number of rows to learn")
    return nn.Embedding(config.max_length + position_offset(config), config.d_model)


def position_offset(config: Config) -> int:
    """The row of position 0: RoBERTa gives the rows up to pad_id to padding."""
    return 0 if config.pad_id is None else config.pad_id + 1


def make_relative_bias(config: Config, *, both_ways: bool) -> RelativePositionBias | None:
    if config.positions != "relative":
        return None
    return RelativePositionBias(
        config.num_heads, num_buckets=config.num_buckets, max_distance=config.max_distance,
        both_ways=both_ways,
    )


def make_alibi(config: Config, like: Tensor, *, past: int = 0) -> Tensor | None:
    """(1, H, T, past + T) for tokens like (B, T, D), where this model has ALiBi."""
    if config.positions != "alibi":
        return None
    return alibi_bias(config.num_heads, like.shape[1], past=past).to(like)


def make_rotation(config: Config, positions: Tensor) -> Rotate | None:
    """Turns queries and keys at these positions (B, T), where this model turns them."""
    if config.positions != "rotary":
        return None
    frequencies = rotary_frequencies(_d_k(config), base=config.rope_base, scaling=config.rope_scaling)
    cos, sin = rotary_waves(positions, frequencies.to(positions.device))
    return partial(rotate, cos=cos, sin=sin)


def _d_k(config: Config) -> int:
    return config.d_k or config.d_model // config.num_heads


def _last_norm(config: Config) -> nn.Module | None:
    return make_norm(config)(config.d_model) if config.pre_norm else None


def _choose(table: dict, name: str, what: str):
    if name not in table:
        raise ValueError(f"{what} {name!r} is none of {', '.join(table)}")
    return table[name]
