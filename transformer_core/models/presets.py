"""The configs of published models, by name."""

from dataclasses import replace

from transformer_core.models.config import (
    Config,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    Plain,
    Relative,
    Rotary,
    Sinusoidal,
    VisionConfig,
)

_BERT = EncoderConfig(
    d_model=768, num_layers=12, num_heads=12, d_ff=3072, vocab_size=30522, max_length=512,
    num_types=2, embedding_norm=True, pooler=True,
)
_GPT2 = DecoderConfig(
    d_model=768, num_layers=12, num_heads=12, d_ff=3072, vocab_size=50257, max_length=1024,
    norm_eps=1e-5, pre_norm=True, activation="gelu_tanh",
)
_LLAMA_2 = DecoderConfig(
    d_model=4096, num_layers=32, num_heads=32, d_ff=11008, vocab_size=32000,
    max_length=4096, tied=False, positions=Rotary(), attention_bias=False, norm="rms", norm_eps=1e-5,
    pre_norm=True, activation="silu", feed_forward=Gated(bias=False), dropout=0.0,
)
_MISTRAL = replace(_LLAMA_2, num_kv_heads=8, d_ff=14336, max_length=32768)

# Where the numbers come from: each paper's table, and the published config.json where there is one.
PRESETS: dict[str, Config] = {
    # Vaswani et al. 2017, table 3. One table of 37,000 tokens serves source, target and head.
    "transformer-base": EncoderDecoderConfig(
        d_model=512, num_layers=6, num_heads=8, d_ff=2048, vocab_size=37000,
        embedding_scale=True, positions=Sinusoidal(), attention_bias=False, norm_eps=1e-6, activation="relu",
    ),
    "bert-base": _BERT,  # Devlin et al. 2019
    "bert-large": replace(_BERT, d_model=1024, num_layers=24, num_heads=16, d_ff=4096),
    "distilbert": replace(_BERT, num_layers=6, num_types=0, pooler=False),  # Sanh et al. 2019
    # Liu et al. 2019. 514 rows for 512 positions: the first two belong to padding.
    "roberta-base": replace(_BERT, vocab_size=50265, num_types=1, pad_id=1, norm_eps=1e-5),
    "gpt2": _GPT2,  # Radford et al. 2019
    "gpt2-xl": replace(_GPT2, d_model=1600, num_layers=48, num_heads=25, d_ff=6400),
    # Brown et al. 2020, table 2.1. Its layers alternate dense and sparse attention; ours are all dense.
    "gpt3-175b": replace(_GPT2, d_model=12288, num_layers=96, num_heads=96, d_ff=49152, max_length=2048),
    # Raffel et al. 2020, table 14.
    "t5-small": EncoderDecoderConfig(
        d_model=512, num_layers=6, num_heads=8, d_ff=2048, vocab_size=32128,
        positions=Relative(), attention_bias=False, norm="rms", norm_eps=1e-6, pre_norm=True,
        activation="relu", feed_forward=Plain(bias=False), scaled_scores=False, scaled_output=True,
    ),
    "llama-2-7b": _LLAMA_2,  # Touvron et al. 2023
    "llama-2-70b": replace(_LLAMA_2, d_model=8192, num_layers=80, num_heads=64, num_kv_heads=8, d_ff=28672),
    # Grattafiori et al. 2024, table 3.
    "llama-3-8b": replace(
        _LLAMA_2, num_kv_heads=8, d_ff=14336, vocab_size=128256, max_length=8192,
        positions=Rotary(base=500000.0),
    ),
    "mistral-7b": replace(_MISTRAL, window=4096),  # Jiang et al. 2023
    "mixtral-8x7b": replace(  # Jiang et al. 2024
        _MISTRAL, feed_forward=Experts(8), positions=Rotary(base=1000000.0),
    ),
    # Dosovitskiy et al. 2021, table 1, with the head for ImageNet's 1,000 classes.
    "vit-b16": VisionConfig(
        d_model=768, num_layers=12, num_heads=12, d_ff=3072, pre_norm=True, dropout=0.0,
    ),
}


def preset(name: str) -> Config:
    """A published model's configuration; dataclasses.replace makes a variant of it.

    Raises:
        ValueError: no preset has that name; the message lists those there are.
    """
    if name not in PRESETS:
        raise ValueError(f"no preset is called {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]
