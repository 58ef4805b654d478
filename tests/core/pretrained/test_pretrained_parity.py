"""pretrained: every family's folder gives transformers' numbers, whatever its config varies."""

import torch
import transformers as hf
from hypothesis import given, settings
from hypothesis import strategies as st
from saved_models import VOCAB, T, assert_equals_transformers, edit_config, save

# The same examples in every run: what float32 rounds away depends on them.
examples = settings(max_examples=25, deadline=None, derandomize=True)
heads = st.sampled_from([1, 3, 5])
width = st.sampled_from([7, 8, 11])  # of a head
layers = st.integers(1, 3)
eps = st.sampled_from([1e-12, 1e-5, 1e-2])
act = st.sampled_from(["gelu", "relu", "gelu_new", "gelu_pytorch_tanh", "silu", "swish", "gelu_python"])


def check(kind, config, tmp_path_factory, **changes):
    torch.manual_seed(0)
    folder = save(kind, config, tmp_path_factory.mktemp("saved"))
    edit_config(folder, **changes)
    assert_equals_transformers(folder)


@examples
@given(
    heads=heads, width=width, layers=layers, types=st.integers(1, 3), act=act, eps=eps, more=st.integers(0, 6)
)
def test_bert(heads, width, layers, types, act, eps, more, tmp_path_factory):
    config = hf.BertConfig(
        vocab_size=VOCAB, hidden_size=heads * width, num_attention_heads=heads, num_hidden_layers=layers,
        intermediate_size=17, hidden_act=act, layer_norm_eps=eps, type_vocab_size=types,
        max_position_embeddings=T + more,
    )  # fmt: skip
    check(hf.BertModel, config, tmp_path_factory)


@examples
@given(heads=heads, width=width, layers=layers, act=act, eps=eps, pad=st.integers(0, 3))
def test_roberta(heads, width, layers, act, eps, pad, tmp_path_factory):
    """It keeps pad + 1 rows for padding and counts the tokens that are not pad."""
    config = hf.RobertaConfig(
        vocab_size=VOCAB, hidden_size=heads * width, num_attention_heads=heads, num_hidden_layers=layers,
        intermediate_size=17, hidden_act=act, layer_norm_eps=eps, type_vocab_size=1, pad_token_id=pad,
        max_position_embeddings=T + pad + 1,
    )  # fmt: skip
    check(hf.RobertaModel, config, tmp_path_factory)


@examples
@given(heads=heads, width=width, layers=layers, act=act, wave=st.booleans())
def test_distilbert(heads, width, layers, act, wave, tmp_path_factory):
    """sinusoidal_pos_embds changes nothing: the table is read from the folder, whatever it began as."""
    config = hf.DistilBertConfig(
        vocab_size=VOCAB, dim=heads * width, n_heads=heads, n_layers=layers, hidden_dim=17, activation=act,
        max_position_embeddings=T, sinusoidal_pos_embds=wave,
    )  # fmt: skip
    check(hf.DistilBertModel, config, tmp_path_factory)


@examples
@given(
    heads=heads,
    width=width,
    layers=layers,
    inner=st.sampled_from([None, 19]),
    act=act,
    eps=eps,
    tied=st.booleans(),
)
def test_gpt2(heads, width, layers, inner, act, eps, tied, tmp_path_factory):
    config = hf.GPT2Config(
        vocab_size=VOCAB, n_embd=heads * width, n_head=heads, n_layer=layers, n_inner=inner, n_positions=T,
        activation_function=act, layer_norm_epsilon=eps, tie_word_embeddings=tied,
    )  # fmt: skip
    check(hf.GPT2LMHeadModel, config, tmp_path_factory)


SCALING = {
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
STEEP = {
    "factor": 3.0,
    "low_freq_factor": 0.5,
    "high_freq_factor": 2.5,
    "original_max_position_embeddings": 5,
}
decoder = dict(
    sharing=st.sampled_from([(3, 1), (3, 3), (6, 2), (5, 1), (1, 1)]),  # heads, and keys that they share
    head_dim=st.sampled_from([2, 6, 10, None]),
    layers=layers,
    eps=eps,
    tied=st.booleans(),
    theta=st.sampled_from([100.0, 10000.0, 500000.0]),
    scaling=st.sampled_from([None, SCALING, STEEP]),
    act=st.sampled_from(["silu", "gelu", "relu", "gelu_pytorch_tanh"]),
)


def decoder_keys(sharing, head_dim, layers, eps, tied, theta, scaling, act):
    kind = {"rope_type": "default"} if scaling is None else {"rope_type": "llama3", **scaling}
    return dict(
        vocab_size=VOCAB, hidden_size=16 * sharing[0], num_attention_heads=sharing[0],
        num_key_value_heads=sharing[1], head_dim=head_dim, num_hidden_layers=layers, intermediate_size=17,
        hidden_act=act, rms_norm_eps=eps, rope_parameters={**kind, "rope_theta": theta},
        tie_word_embeddings=tied, max_position_embeddings=23,
    )  # fmt: skip


@examples
@given(attention_bias=st.booleans(), mlp_bias=st.booleans(), **decoder)
def test_llama(attention_bias, mlp_bias, tmp_path_factory, **keys):
    config = hf.LlamaConfig(attention_bias=attention_bias, mlp_bias=mlp_bias, **decoder_keys(**keys))
    check(hf.LlamaForCausalLM, config, tmp_path_factory)


@examples
@given(word=st.sampled_from(["rope_type", "type"]), **decoder)
def test_llama_with_a_config_older_than_rope_parameters(word, tmp_path_factory, **keys):
    """rope_theta, and beside it rope_scaling, null where there is none, and at first with another word."""
    scaling = None if keys["scaling"] is None else {word: "llama3", **keys["scaling"]}
    config = hf.LlamaConfig(**decoder_keys(**keys))
    older = {"rope_parameters": ..., "rope_theta": keys["theta"], "rope_scaling": scaling}
    check(hf.LlamaForCausalLM, config, tmp_path_factory, **older)


@examples
@given(window=st.sampled_from([1, 2, 4, 10, 11, 12, None]), **decoder)
def test_mistral(window, tmp_path_factory, **keys):
    config = hf.MistralConfig(sliding_window=window, **decoder_keys(**keys))
    check(hf.MistralForCausalLM, config, tmp_path_factory)


@examples
@given(window=st.sampled_from([3, None]), experts=st.sampled_from([(1, 1), (3, 2), (5, 3)]), **decoder)
def test_mixtral(window, experts, tmp_path_factory, **keys):
    config = hf.MixtralConfig(
        sliding_window=window, num_local_experts=experts[0], num_experts_per_tok=experts[1],
        router_jitter_noise=0.3, **decoder_keys(**keys),
    )  # fmt: skip
    check(hf.MixtralForCausalLM, config, tmp_path_factory)


@examples
@given(
    heads=heads, d_kv=st.sampled_from([2, 5, 8]), depth=st.sampled_from([(1, 1), (1, 3), (2, 1)]), eps=eps,
    buckets=st.sampled_from([(32, 128), (8, 7), (6, 10)]), scaled=st.booleans(),
    act=st.sampled_from(["relu", "gelu", "gated-gelu", "gated-silu"]),
)  # fmt: skip
def test_t5(heads, d_kv, depth, eps, buckets, scaled, act, tmp_path_factory):
    """tie_word_embeddings here: whether to divide by the root of d_model. transformers 5 ties in any case."""
    config = hf.T5Config(
        vocab_size=VOCAB, d_model=21, num_heads=heads, d_kv=d_kv, d_ff=17, num_layers=depth[0],
        num_decoder_layers=depth[1], relative_attention_num_buckets=buckets[0],
        relative_attention_max_distance=buckets[1], feed_forward_proj=act, layer_norm_epsilon=eps,
        tie_word_embeddings=scaled,
    )  # fmt: skip
    check(hf.T5ForConditionalGeneration, config, tmp_path_factory)


@examples
@given(
    heads=heads, width=width, layers=layers, patches=st.integers(1, 3), patch=st.sampled_from([1, 3, 5]),
    channels=st.integers(1, 3), classes=st.integers(2, 7), act=act, eps=eps,
)  # fmt: skip
def test_vit(heads, width, layers, patches, patch, channels, classes, act, eps, tmp_path_factory):
    config = hf.ViTConfig(
        hidden_size=heads * width, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=17,
        hidden_act=act, layer_norm_eps=eps, image_size=patches * patch, patch_size=patch,
        num_channels=channels, num_labels=classes,
    )  # fmt: skip
    check(hf.ViTForImageClassification, config, tmp_path_factory)
