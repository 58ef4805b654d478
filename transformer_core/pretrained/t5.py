"""T5 and T5 1.1 (Flan-T5): an encoder-decoder that scales neither its scores nor, from 1.1 on, its output."""

from transformer_core.models.config import EncoderDecoderConfig, Gated, Plain, Relative
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.settings import Settings, words
from transformer_core.pretrained.tensor_mapping import Names, TensorMap

TABLE = ("shared", "encoder.embed_tokens", "decoder.embed_tokens")  # one and the same, under any of its names


def t5(settings: Settings, names: Names) -> tuple[EncoderDecoderConfig, TensorMap]:
    """T5's config and tensors, of its first version or of 1.1."""
    settings.only("is_encoder_decoder", True)
    scaled, tied = _head(settings, names)
    activation, gated = _feed_forward(settings)
    config = EncoderDecoderConfig(
        vocab_size=settings.whole("vocab_size"),
        d_model=settings.whole("d_model"),
        num_layers=settings.whole("num_layers"),
        num_decoder_layers=settings.whole_or_none("num_decoder_layers"),
        num_heads=settings.whole("num_heads"),
        d_k=settings.whole("d_kv"),
        d_ff=settings.whole("d_ff"),
        positions=Relative(
            num_buckets=settings.whole("relative_attention_num_buckets", 32),
            max_distance=settings.whole("relative_attention_max_distance", 128),
        ),
        activation=activation,
        feed_forward=(Gated if gated else Plain)(bias=False),
        dropout=settings.number("dropout_rate", 0.1),
        norm="rms",
        norm_eps=settings.number("layer_norm_epsilon", 1e-6),
        pre_norm=True,
        attention_bias=False,
        tied=tied,
        scaled_scores=False,
        scaled_output=scaled,
    )
    return config, _places(tied)


def _head(settings: Settings, names: Names) -> tuple[bool, bool]:
    """Whether the output is divided by the root of d_model, and whether the head is the token table.

    Older configs say both with one key: tie_word_embeddings is false in T5 1.1, which does
    neither. transformers 5 writes it true for all, writes scale_decoder_outputs too, and
    stores a head where T5 1.1 has one of its own.
    """
    apart = not settings.flag("tie_word_embeddings", True)
    scaled = settings.flag("scale_decoder_outputs", not apart)
    lost = settings.value("architectures", None) == ["T5Model"]  # saved without the head that it may have had
    own = apart or not scaled and (lost or "lm_head.weight" in names)
    return scaled, not own


def _feed_forward(settings: Settings) -> tuple[str, bool]:
    """The activation, and whether it is a gate's. "gated-gelu" means the tanh form, "gelu" the exact one."""
    named = settings.value("feed_forward_proj", "relu")
    if not isinstance(named, str):
        raise settings.refusal("feed_forward_proj", named, "it must be a name such as 'relu' or 'gated-gelu'")
    kind = "gelu_new" if named == "gated-gelu" else named.removeprefix("gated-")
    gated = named.startswith("gated-")
    settings.only("is_gated_act", gated)  # later configs repeat both in other words
    return settings.activation("dense_act_fn", kind), gated


def _places(tied: bool) -> TensorMap:
    places: TensorMap = {
        "token_embedding": TABLE + ("lm_head",) * tied,
        "head": "lm_head",
        "encoder_bias.table": "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
        "decoder_bias.table": "decoder.block.0.layer.0.SelfAttention.relative_attention_bias",
        "encoder.norm": "encoder.final_layer_norm",
        "decoder.norm": "decoder.final_layer_norm",
    }
    parts = (
        ("encoder", "attention", "layer.0", "SelfAttention"),
        ("encoder", "feed_forward", "layer.1", "DenseReluDense"),
        ("decoder", "attention", "layer.0", "SelfAttention"),
        ("decoder", "cross_attention", "layer.1", "EncDecAttention"),
        ("decoder", "feed_forward", "layer.2", "DenseReluDense"),
    )
    for side, part, layer, module in parts:
        ours, theirs = f"{side}.layers.{{}}.{part}", f"{side}.block.{{}}.{layer}"
        places[f"{ours}_norm"] = f"{theirs}.layer_norm"
        for mine, name in _NAMES[module].items():
            places[f"{ours}.{mine}"] = f"{theirs}.{module}.{name}"
    return places


_ATTENTION = {"w_q": "q", "w_k": "k", "w_v": "v", "w_o": "o"}
_FEED_FORWARD = {"widen": "wi", "narrow": "wo", "gate": "wi_0", "up": "wi_1", "down": "wo"}
_NAMES = {"SelfAttention": _ATTENTION, "EncDecAttention": _ATTENTION, "DenseReluDense": _FEED_FORWARD}

T5 = Family(
    t5, "T5ForConditionalGeneration", prefix="",
    irrelevant=words("n_positions"),  # the length of training; relative positions have no end
    # Cross-attention has no positions; early checkpoints hold a table for it all the same.
    unused=words("decoder.block.{}.layer.{}.EncDecAttention.relative_attention_bias.weight"),
)
