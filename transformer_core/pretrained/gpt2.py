"""GPT-2: a decoder whose checkpoints hold query, key and value in one matrix, and all matrices transposed."""

from collections.abc import Callable

from torch import Tensor

from transformer_core.models.config import DecoderConfig
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.settings import Settings, words
from transformer_core.pretrained.tensor_mapping import Names, TensorMap, TensorSource


def _turned(x: Tensor, layer: int) -> Tensor:
    """(in, out) as a convolution has it -> (out, in) as nn.Linear does; a bias stays."""
    return x.t()


def _third(number: int) -> Callable[[Tensor, int], Tensor]:
    """One of query, key and value, (in, 3 out) -> (out, in); a bias (3 out) -> (out)."""
    return lambda x, layer: x.chunk(3, dim=-1)[number].t()


PLACES: TensorMap = {
    "token_embedding": "wte",
    "position_embedding": "wpe",
    "decoder.layers.{}.attention_norm": "h.{}.ln_1",
    "decoder.layers.{}.attention.w_q": TensorSource("h.{}.attn.c_attn", _third(0)),
    "decoder.layers.{}.attention.w_k": TensorSource("h.{}.attn.c_attn", _third(1)),
    "decoder.layers.{}.attention.w_v": TensorSource("h.{}.attn.c_attn", _third(2)),
    "decoder.layers.{}.attention.w_o": TensorSource("h.{}.attn.c_proj", _turned),
    "decoder.layers.{}.feed_forward_norm": "h.{}.ln_2",
    "decoder.layers.{}.feed_forward.widen": TensorSource("h.{}.mlp.c_fc", _turned),
    "decoder.layers.{}.feed_forward.narrow": TensorSource("h.{}.mlp.c_proj", _turned),
    "decoder.norm": "ln_f",
    "head": "lm_head",
}
TIED: TensorMap = {"token_embedding": ("wte", "lm_head")}


def gpt2(settings: Settings, names: Names) -> tuple[DecoderConfig, TensorMap]:
    """GPT-2's config and tensors."""
    settings.only("scale_attn_weights", True)
    settings.only("scale_attn_by_inverse_layer_idx", False)
    d_model = settings.whole("n_embd")
    config = DecoderConfig(
        vocab_size=settings.whole("vocab_size"),
        max_length=settings.whole("n_positions"),
        d_model=d_model,
        num_layers=settings.whole("n_layer"),
        num_heads=settings.whole("n_head"),
        d_ff=settings.whole_or_none("n_inner") or 4 * d_model,
        activation=settings.activation("activation_function", "gelu_new"),
        dropout=settings.number("resid_pdrop", 0.1),
        norm_eps=settings.number("layer_norm_epsilon", 1e-5),
        pre_norm=True,
        tied=settings.flag("tie_word_embeddings", True),
    )
    return config, PLACES | TIED if config.tied else PLACES


# reorder_and_upcast_attn changes the order of a product, for the sake of half precision.
GPT2 = Family(
    gpt2, "GPT2Model or GPT2LMHeadModel", prefix="transformer.",
    irrelevant=words("""
        n_ctx n_special predict_special_tokens embd_pdrop attn_pdrop reorder_and_upcast_attn summary_type
        summary_use_proj summary_activation summary_proj_to_labels summary_first_dropout
    """),
    # No biases: the causal mask, and the number that it hides with.
    unused=words("h.{}.attn.bias h.{}.attn.masked_bias"),
)
