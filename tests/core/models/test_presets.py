"""The presets: their parameters are the published implementations' to the last unit, counted on the meta device."""

import pytest
import torch
from torch import nn
from transformers import (
    BertModel,
    DistilBertModel,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    MistralForCausalLM,
    MixtralForCausalLM,
    RobertaModel,
    T5ForConditionalGeneration,
    ViTForImageClassification,
)

from transformer_core.models import build
from transformer_core.models.config import Rotary
from transformer_core.models.presets import PRESETS

# Counted in the published implementations; the last tests count them again.
PUBLISHED = {
    "bert-base": 109_482_240,
    "bert-large": 335_141_888,
    "distilbert": 66_362_880,
    "roberta-base": 124_645_632,
    "gpt2": 124_439_808,
    "gpt2-xl": 1_557_611_200,
    "gpt3-175b": 174_604_259_328,
    "t5-small": 60_506_624,
    "llama-2-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192,
    "llama-3-8b": 8_030_261_248,
    "mistral-7b": 7_241_732_096,
    "mixtral-8x7b": 46_702_792_704,
    "vit-b16": 86_567_656,
}

# The reference's class and the values of the published config.json, in its own names. Where GPT-3 published
# none, its paper's table 2.1.
LLAMA = {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008}
MISTRAL = {**LLAMA, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000}
BERT = {"vocab_size": 30522, "max_position_embeddings": 512, "type_vocab_size": 2}
REFERENCES = {
    "bert-base": (
        BertModel,
        {
            **BERT,
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
        },
    ),
    "bert-large": (
        BertModel,
        {
            **BERT,
            "hidden_size": 1024,
            "num_hidden_layers": 24,
            "num_attention_heads": 16,
            "intermediate_size": 4096,
        },
    ),
    "distilbert": (
        DistilBertModel,
        {
            "vocab_size": 30522,
            "max_position_embeddings": 512,
            "dim": 768,
            "n_layers": 6,
            "n_heads": 12,
            "hidden_dim": 3072,
        },
    ),
    "roberta-base": (
        RobertaModel,
        {
            "vocab_size": 50265,
            "max_position_embeddings": 514,
            "type_vocab_size": 1,
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
        },
    ),
    "gpt2": (
        GPT2LMHeadModel,
        {"vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12},
    ),
    "gpt2-xl": (
        GPT2LMHeadModel,
        {"vocab_size": 50257, "n_positions": 1024, "n_embd": 1600, "n_layer": 48, "n_head": 25},
    ),
    "gpt3-175b": (
        GPT2LMHeadModel,
        {"vocab_size": 50257, "n_positions": 2048, "n_embd": 12288, "n_layer": 96, "n_head": 96},
    ),
    "t5-small": (
        T5ForConditionalGeneration,
        {
            "vocab_size": 32128,
            "d_model": 512,
            "d_kv": 64,
            "d_ff": 2048,
            "num_layers": 6,
            "num_heads": 8,
            "relative_attention_num_buckets": 32,
        },
    ),
    "llama-2-7b": (LlamaForCausalLM, {**LLAMA, "vocab_size": 32000}),
    "llama-2-70b": (
        LlamaForCausalLM,
        {
            "vocab_size": 32000,
            "hidden_size": 8192,
            "num_hidden_layers": 80,
            "num_attention_heads": 64,
            "num_key_value_heads": 8,
            "intermediate_size": 28672,
        },
    ),
    "llama-3-8b": (LlamaForCausalLM, {**MISTRAL, "vocab_size": 128256}),
    "mistral-7b": (MistralForCausalLM, MISTRAL),
    "mixtral-8x7b": (MixtralForCausalLM, {**MISTRAL, "num_local_experts": 8}),
    "vit-b16": (
        ViTForImageClassification,
        {
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "image_size": 224,
            "patch_size": 16,
            "num_labels": 1000,
        },
    ),
}


def parameters(model: nn.Module) -> int:
    """How many numbers a model learns; a table that is also the head counts once."""
    return sum(parameter.numel() for parameter in model.parameters())


def on_meta(name):
    with torch.device("meta"):  # shapes without numbers: 175 billion of them fit
        return build(name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_preset_has_as_many_parameters_as_was_published(name):
    model = on_meta(name)
    assert parameters(model) == PUBLISHED[name]
    assert all(parameter.is_meta for parameter in model.parameters())


@pytest.mark.parametrize("name", REFERENCES)
def test_and_as_many_as_transformers_builds_from_the_published_config(name):
    kind, values = REFERENCES[name]
    with torch.device("meta"):
        theirs = kind(kind.config_class(**values))
    assert parameters(theirs) == PUBLISHED[name]


def test_transformer_base_has_as_many_as_torchs_own_with_the_papers_differences():
    # torch's has biases in attention and a norm after each stack, and no tables; the paper's one table of
    # 37,000 tokens serves both sides and the head.
    with torch.device("meta"):
        theirs = nn.Transformer(512, 8, 6, 6, 2048, batch_first=True)
    biases, norms = 18 * 4 * 512, 2 * 2 * 512  # 6 + 12 attentions of four projections
    expected = parameters(theirs) - biases - norms + 37_000 * 512
    assert parameters(on_meta("transformer-base")) == expected == 63_045_632


def test_every_preset_is_counted():
    assert set(PRESETS) == {*PUBLISHED, "transformer-base"} == {*REFERENCES, "transformer-base"}


@pytest.mark.parametrize("name, norm_eps, max_length", [
    ("bert-base", 1e-12, 512), ("roberta-base", 1e-5, 512), ("gpt2", 1e-5, 1024), ("t5-small", 1e-6, None),
    ("llama-2-7b", 1e-5, 4096), ("llama-3-8b", 1e-5, 8192), ("mistral-7b", 1e-5, 32768),
    ("mixtral-8x7b", 1e-5, 32768), ("vit-b16", 1e-12, None),
])  # fmt: skip
def test_what_a_count_cannot_see(name, norm_eps, max_length):
    assert (PRESETS[name].norm_eps, getattr(PRESETS[name], "max_length", None)) == (norm_eps, max_length)
    bases = {"llama-2-7b": 10_000, "llama-3-8b": 500_000, "mistral-7b": 10_000, "mixtral-8x7b": 1_000_000}
    windows = {"mistral-7b": 4096}
    assert getattr(PRESETS[name], "window", None) == windows.get(name)
    positions = getattr(PRESETS[name], "positions", None)
    assert positions == Rotary(base=bases[name]) if name in bases else not isinstance(positions, Rotary)
