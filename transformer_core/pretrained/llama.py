"""Llama, Mistral and Mixtral: one decoder; a window makes it Mistral, and experts Mixtral."""

from dataclasses import replace

from transformer_core.models.config import DecoderConfig, Experts, Gated
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.rope import read_rope
from transformer_core.pretrained.settings import Settings, words
from transformer_core.pretrained.tensor_mapping import Names, TensorMap, TensorSource

SHARED: TensorMap = {
    "token_embedding": "embed_tokens",
    "decoder.layers.{}.attention_norm": "layers.{}.input_layernorm",
    "decoder.layers.{}.attention.w_q": "layers.{}.self_attn.q_proj",
    "decoder.layers.{}.attention.w_k": "layers.{}.self_attn.k_proj",
    "decoder.layers.{}.attention.w_v": "layers.{}.self_attn.v_proj",
    "decoder.layers.{}.attention.w_o": "layers.{}.self_attn.o_proj",
    "decoder.layers.{}.feed_forward_norm": "layers.{}.post_attention_layernorm",
    "decoder.norm": "norm",
    "head": "lm_head",
}
TIED: TensorMap = {"token_embedding": ("embed_tokens", "lm_head")}
DENSE: TensorMap = {
    "decoder.layers.{}.feed_forward.gate": "layers.{}.mlp.gate_proj",
    "decoder.layers.{}.feed_forward.up": "layers.{}.mlp.up_proj",
    "decoder.layers.{}.feed_forward.down": "layers.{}.mlp.down_proj",
}
# As published, a matrix for each expert; or as transformers 5 holds them, all experts in one,
# (E, 2 d_ff, D) with the gates above the ups, and (E, D, d_ff).
_EXPERT = "decoder.layers.{}.feed_forward.experts.{}"
_STORED = "layers.{}.block_sparse_moe.experts.{}"
EXPERTS: TensorMap = {
    "decoder.layers.{}.feed_forward.router": ("layers.{}.block_sparse_moe.gate", "layers.{}.mlp.gate"),
    f"{_EXPERT}.gate.weight": (
        f"{_STORED}.w1.weight",
        TensorSource("layers.{}.mlp.experts.gate_up_proj", lambda x, layer, expert: x[expert].chunk(2)[0])),
    f"{_EXPERT}.up.weight": (
        f"{_STORED}.w3.weight",
        TensorSource("layers.{}.mlp.experts.gate_up_proj", lambda x, layer, expert: x[expert].chunk(2)[1])),
    f"{_EXPERT}.down.weight": (
        f"{_STORED}.w2.weight",
        TensorSource("layers.{}.mlp.experts.down_proj", lambda x, layer, expert: x[expert])),
}


def llama(settings: Settings, names: Names) -> tuple[DecoderConfig, TensorMap]:
    """Llama's config and tensors, with its optional biases."""
    settings.only("sliding_window", None)
    config, places = _decoder(settings, num_kv_heads=None, norm_eps=1e-6, rope_base=10000.0)
    config = replace(
        config,
        attention_bias=settings.flag("attention_bias", False),
        feed_forward=Gated(bias=settings.flag("mlp_bias", False)),
    )
    return config, places | DENSE


def mistral(settings: Settings, names: Names) -> tuple[DecoderConfig, TensorMap]:
    """Mistral's: Llama's with a sliding window."""
    config, places = _decoder(settings, num_kv_heads=8, norm_eps=1e-6, rope_base=10000.0)
    return replace(config, window=settings.whole_or_none("sliding_window", 4096)), places | DENSE


def mixtral(settings: Settings, names: Names) -> tuple[DecoderConfig, TensorMap]:
    """Mixtral's: Mistral's with experts for feed-forwards."""
    config, places = _decoder(settings, num_kv_heads=8, norm_eps=1e-5, rope_base=1000000.0)
    config = replace(
        config,
        window=settings.whole_or_none("sliding_window", None),
        feed_forward=Experts(settings.whole("num_local_experts"), settings.whole("num_experts_per_tok")),
    )
    return config, places | EXPERTS


def _decoder(
    settings: Settings, *, num_kv_heads: int | None, norm_eps: float, rope_base: float,
) -> tuple[DecoderConfig, TensorMap]:
    """What the three have in common; the arguments are for keys that the config leaves out."""
    positions = read_rope(settings, base=rope_base)
    config = DecoderConfig(
        vocab_size=settings.whole("vocab_size"),
        max_length=settings.whole("max_position_embeddings"),
        d_model=settings.whole("hidden_size"),
        num_layers=settings.whole("num_hidden_layers"),
        num_heads=settings.whole("num_attention_heads"),
        num_kv_heads=settings.whole_or_none("num_key_value_heads", num_kv_heads),
        d_k=settings.whole_or_none("head_dim"),
        d_ff=settings.whole("intermediate_size"),
        activation=settings.activation("hidden_act", "silu"),
        dropout=0.0,
        positions=positions,
        norm="rms",
        norm_eps=settings.number("rms_norm_eps", norm_eps),
        pre_norm=True,
        attention_bias=False,
        feed_forward=Gated(bias=False),
        tied=settings.flag("tie_word_embeddings", False),
    )
    return config, SHARED | TIED if config.tied else SHARED


# pretraining_tp cuts the products into slices, which add up to the same.
IRRELEVANT = words("attention_dropout pretraining_tp is_llama_config max_sequence_length")
FREQUENCIES = words("layers.{}.self_attn.rotary_emb.inv_freq")  # computed from the config anyway
LLAMA = Family(llama, "LlamaForCausalLM", prefix="model.", irrelevant=IRRELEVANT, unused=FREQUENCIES)
MISTRAL = Family(mistral, "MistralForCausalLM", prefix="model.", irrelevant=IRRELEVANT, unused=FREQUENCIES)
# The router's noise and its loss are for training.
MIXTRAL = Family(
    mixtral, "MixtralForCausalLM", prefix="model.", unused=FREQUENCIES,
    irrelevant=IRRELEVANT | words("output_router_logits router_aux_loss_coef router_jitter_noise"),
)
