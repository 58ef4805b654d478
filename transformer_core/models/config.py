"""What tells one Transformer from another, in one place, and the published ones by name."""

from dataclasses import dataclass, replace

from transformer_core.nn.rotary import Llama3Scaling


@dataclass(frozen=True, kw_only=True)
class Config:
    """The numbers and choices of a model.

    Only models/ builds from it, and costs.py reckons with it: every other class takes plain arguments.

    The defaults are BERT's choices, so that a preset says what it does differently.
    """

    family: str  # "encoder", "decoder", "encoder-decoder" or "vision"
    d_model: int
    num_layers: int  # an encoder-decoder has as many of each, unless num_decoder_layers says
    num_heads: int
    d_ff: int
    num_decoder_layers: int | None = None
    dropout: float = 0.1

    # Tokens
    vocab_size: int = 0
    max_length: int | None = None  # positions that a sequence may have; None: no limit
    num_types: int = 0  # segments: first sentence, second sentence
    pad_id: int | None = None  # given where positions skip this token (RoBERTa)
    embedding_scale: bool = False  # token vectors times the root of d_model (2017)
    embedding_norm: bool = False
    tied: bool = True  # the head that gives logits is the token table, read backwards
    scaled_output: bool = False  # an encoder-decoder's, divided by the root of d_model before the head (T5)
    pooler: bool = False

    # Positions
    positions: str = "learned"  # or "sinusoidal", "rotary", "alibi", "relative"
    rope_base: float = 10000.0
    rope_scaling: Llama3Scaling | None = None
    num_buckets: int = 32  # relative: learned numbers per head
    max_distance: int = 128  # relative: from here on all distances share one

    # Attention
    num_kv_heads: int | None = None  # groups that share keys and values; None: one per head
    d_k: int | None = None  # width of a head; None: d_model / num_heads
    window: int | None = None  # how far back a token sees, itself included; None: all the way
    attention_bias: bool = True
    scaled_scores: bool = True  # divided by the root of d_k (T5: as they are)

    # Norms and feed-forward
    norm: str = "layer"  # or "rms"
    norm_eps: float = 1e-12
    pre_norm: bool = False
    activation: str = "gelu"  # a key of layers.ACTIVATIONS
    gated: bool = False
    feed_forward_bias: bool = True
    num_experts: int | None = None  # None: one feed-forward for all tokens
    experts_per_token: int = 2

    # Vision
    image_size: int = 224  # pixels, both ways
    patch_size: int = 16
    num_channels: int = 3
    num_classes: int = 1000


_BERT = Config(
    family="encoder", d_model=768, num_layers=12, num_heads=12, d_ff=3072, vocab_size=30522, max_length=512,
    num_types=2, embedding_norm=True, pooler=True,
)
_GPT2 = Config(
    family="decoder", d_model=768, num_layers=12, num_heads=12, d_ff=3072, vocab_size=50257, max_length=1024,
    norm_eps=1e-5, pre_norm=True, activation="gelu_tanh",
)
_LLAMA_2 = Config(
    family="decoder", d_model=4096, num_layers=32, num_heads=32, d_ff=11008, vocab_size=32000,
    max_length=4096, tied=False, positions="rotary", attention_bias=False, norm="rms", norm_eps=1e-5,
    pre_norm=True, activation="silu", gated=True, feed_forward_bias=False, dropout=0.0,
)
_MISTRAL = replace(_LLAMA_2, num_kv_heads=8, d_ff=14336, max_length=32768)

# Where the numbers come from: each paper's table, and the published config.json where there is one.
PRESETS = {
    # Vaswani et al. 2017, table 3. One table of 37,000 tokens serves source, target and head.
    "transformer-base": Config(
        family="encoder-decoder", d_model=512, num_layers=6, num_heads=8, d_ff=2048, vocab_size=37000,
        embedding_scale=True, positions="sinusoidal", attention_bias=False, norm_eps=1e-6, activation="relu",
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
    "t5-small": Config(
        family="encoder-decoder", d_model=512, num_layers=6, num_heads=8, d_ff=2048, vocab_size=32128,
        positions="relative", attention_bias=False, norm="rms", norm_eps=1e-6, pre_norm=True,
        activation="relu", feed_forward_bias=False,
        scaled_scores=False, scaled_output=True,
    ),
    "llama-2-7b": _LLAMA_2,  # Touvron et al. 2023
    "llama-2-70b": replace(_LLAMA_2, d_model=8192, num_layers=80, num_heads=64, num_kv_heads=8, d_ff=28672),
    # Grattafiori et al. 2024, table 3.
    "llama-3-8b": replace(
        _LLAMA_2, num_kv_heads=8, d_ff=14336, vocab_size=128256, max_length=8192, rope_base=500000.0,
    ),
    "mistral-7b": replace(_MISTRAL, window=4096),  # Jiang et al. 2023
    "mixtral-8x7b": replace(_MISTRAL, num_experts=8, rope_base=1000000.0),  # Jiang et al. 2024
    # Dosovitskiy et al. 2021, table 1, with the head for ImageNet's 1,000 classes.
    "vit-b16": Config(
        family="vision", d_model=768, num_layers=12, num_heads=12, d_ff=3072, pre_norm=True, dropout=0.0,
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
