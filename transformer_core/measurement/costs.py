"""What a model needs, computed from its config alone: FLOPs, cache and memory.

    config = preset("llama-2-70b")
    kv_cache_bytes(config, 4096)                # 1.25 GiB in float16
    sum(flops_per_token(config, 4096).values()) # for one more token

Every figure here is a sum of products of the config's numbers. The tests count the same on real
models: operations with torch's own counter, bytes on the tensors themselves.
"""

import torch

from transformer_core.measurement.parameters import parameters_by_part
from transformer_core.models import build
from transformer_core.models.config import (
    Config,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    LayersConfig,
    Learned,
    Plain,
    Sinusoidal,
    VisionConfig,
)


def parameters(config: Config) -> dict[str, int]:
    """How many numbers a model learns in each kind of part; nothing is allocated."""
    with torch.device("meta"):
        return parameters_by_part(build(config))


def active_parameters(config: Config) -> int:
    """How many of a model's parameters work on one token: without the experts that it does not use."""
    kind, layers = config.feed_forward, sum(layer_counts(config))
    idle = kind.count - kind.per_token if isinstance(kind, Experts) else 0
    return sum(parameters(config).values()) - layers * idle * 3 * config.d_model * config.d_ff


def layer_counts(config: Config) -> tuple[int, int]:
    """How many layers the encoder has, and how many the decoder."""
    if isinstance(config, DecoderConfig):
        return 0, config.num_layers
    if isinstance(config, EncoderDecoderConfig):
        return config.num_layers, config.num_decoder_layers or config.num_layers
    return config.num_layers, 0


def kv_cache_bytes(
    config: Config, length: int, *,
    batch: int = 1, bytes_per_number: int = 2, memory_length: int | None = None,
) -> int:
    r"""Bytes of a decoder's key-value cache when the last of `length` tokens is written.

    $$2 \cdot L \cdot B \cdot H_k \cdot \min(\mathrm{length}, \mathrm{window}) \cdot d_k
    \cdot \mathrm{bytes}$$

    An encoder-decoder keeps those of the memory too. An encoder alone keeps none: 0.
    (Before the next token a window drops one more row: the cache then holds the window less one.)

    Args:
        length: tokens so far, the one being written included.
        batch: B, texts at once.
        bytes_per_number: 2 in float16 and bfloat16, 4 in float32.
        memory_length: Tm, tokens that an encoder-decoder has read; None: as many as `length`.

    Raises:
        ValueError: a number is below 1.

    Source: Shazeer 2019, "Fast Transformer Decoding"; Ainslie et al. 2023, "GQA".
    """
    memory_length = length if memory_length is None else memory_length
    _check(length=length, batch=batch, bytes_per_number=bytes_per_number, memory_length=memory_length)
    encoder, decoder = layer_counts(config)
    rows = _seen(config, length) + (memory_length if encoder and decoder else 0)
    return 2 * decoder * batch * rows * _shared_width(config) * bytes_per_number


def flops_per_token(config: Config, length: int, *, memory_length: int | None = None) -> dict[str, int]:
    """Multiplications and additions of one token's forward pass, by part: the matrix products.

    Two for every weight that the token uses (of experts, those it is sent to), and for each token
    that it looks at 4 H Dk a layer: a score, and a share of a value. In a decoder it is the last of
    `length` tokens, the earlier ones in the cache; over a whole text a token sees half of it on
    average, so that the mean, without a window, is what this gives for (length + 1) / 2. In an
    encoder every token looks at all. In an encoder-decoder it is a token that is written.

    Not counted: norms, softmax, activations, biases, sampling, which are small in comparison. The
    backward pass costs twice as much: a product for the input's gradient, one for the weight's.

    Args:
        length: tokens that it may look at, itself included; a window shows it fewer.
        memory_length: Tm, tokens that an encoder-decoder has read; None: as many as `length`.

    Raises:
        ValueError: a number is below 1, or the model reads images.

    Source: Kaplan et al. 2020, "Scaling Laws", section 2.1; Chowdhery et al. 2022, "PaLM", appendix B.
    """
    if isinstance(config, VisionConfig):
        raise ValueError("a vision model reads an image whole; ask flops_per_image(config)")
    memory_length = length if memory_length is None else memory_length
    _check(length=length, memory_length=memory_length)
    encoder, decoder = layer_counts(config)
    if not decoder:
        return _stack(config, encoder, length)
    parts = _stack(config, decoder, _seen(config, length))
    if encoder:
        asks = 2 * 2 * config.d_model * _width(config)  # the query's projection and the output's
        parts["cross_attention"] = decoder * (asks + 4 * memory_length * _width(config))
    return parts | {"head": 2 * config.d_model * config.vocab_size}


def flops_per_token_read(config: Config, memory_length: int) -> dict[str, int]:
    """As flops_per_token, for a token that an encoder-decoder reads.

    Its keys and values for the decoder's cross-attention are counted: they are made once.

    Args:
        memory_length: Tm, tokens in the text to read; each looks at all.

    Raises:
        ValueError: below 1, or the model is no encoder-decoder.
    """
    if not isinstance(config, EncoderDecoderConfig):
        raise ValueError(f"family {config.family!r} reads no text apart from the one it writes; "
                         "ask flops_per_token(config, length)")
    _check(memory_length=memory_length)
    encoder, decoder = layer_counts(config)
    answers = decoder * 2 * 2 * config.d_model * _shared_width(config)
    return _stack(config, encoder, memory_length) | {"cross_attention": answers}


def flops_per_image(config: Config) -> dict[str, int]:
    """As flops_per_token, for all patches of one image and the class token together.

    Raises:
        ValueError: the model reads text.
    """
    if not isinstance(config, VisionConfig):
        raise ValueError(f"family {config.family!r} reads text; ask flops_per_token(config, length)")
    length, pixels = image_tokens(config), config.num_channels * config.patch_size**2
    layers = {part: length * flops for part, flops in _stack(config, config.num_layers, length).items()}
    patches = (length - 1) * 2 * pixels * config.d_model
    return {"patch_embedding": patches} | layers | {"head": 2 * config.d_model * config.num_classes}


def image_tokens(config: VisionConfig) -> int:
    """How many tokens a vision model makes of an image: its patches, and one for the class."""
    return (config.image_size // config.patch_size) ** 2 + 1


def training_bytes(config: Config, *, mixed: bool = False) -> dict[str, int]:
    """What training with Adam holds for the parameters: 16 bytes each, whichever way.

    In float32: 4 for the weight, 4 for its gradient, 8 for Adam's two moments. In mixed
    precision: 2 and 2, and the optimiser keeps a float32 weight with the moments, 12.
    Activations are extra.

    Source: Kingma and Ba 2015, "Adam"; Rajbhandari et al. 2020, "ZeRO", section 3.1.
    """
    count = sum(parameters(config).values())
    weights, gradients, optimiser = (2, 2, 12) if mixed else (4, 4, 8)
    return {"weights": count * weights, "gradients": count * gradients, "optimiser": count * optimiser}


def activation_bytes(
    config: Config, length: int, *, batch: int = 1, bytes_per_number: int = 4, readable: bool = False,
) -> int:
    """Bytes that an encoder's forward pass keeps for the backward pass, without padding and dropout.

    A layer keeps for each token the inputs of its products and norms: for attention x, query,
    key, value and the heads' output; for both norms their input, its mean and its deviation;
    for the feed-forward its input and its inner values. The readable attention keeps every
    weight as well, H T numbers a token, which grow with the square of the length. The fused one
    keeps one number a row and head, and recomputes the weights in the backward pass.

    Args:
        length: T, tokens a text.
        batch: B, texts at once.
        bytes_per_number: of all of them alike; 4 in float32.
        readable: with the readable attention instead of the fused one.

    Raises:
        ValueError: a number is below 1, or the model's memory was not measured in the tests.

    Source: Korthikanti et al. 2022, "Reducing Activation Recomputation", section 4.1;
    Dao et al. 2022, "FlashAttention".
    """
    _check(length=length, batch=batch, bytes_per_number=bytes_per_number)
    config = _check_activations(config)
    d_model, bends = config.d_model, 1 if config.activation == "relu" else 2  # ReLU needs its output alone
    attention = d_model + 4 * _width(config) + config.num_heads * (length if readable else 1)
    feed_forward = d_model + config.d_ff * (bends + (0 if isinstance(config.feed_forward, Plain) else 2))
    norm = d_model + 2
    norms = config.embedding_norm + config.pre_norm + 2 * config.num_layers
    a_token = config.num_layers * (attention + feed_forward) + norms * norm
    return batch * length * a_token * bytes_per_number


def _stack(config: LayersConfig, layers: int, seen: int) -> dict[str, int]:
    """FLOPs of one token that looks at `seen` tokens, in that many layers."""
    projections = 2 * config.d_model * (2 * _width(config) + 2 * _shared_width(config))
    kind = config.feed_forward
    matrices = 2 if isinstance(kind, Plain) else 3
    feed_forward = 2 * matrices * config.d_model * config.d_ff
    if isinstance(kind, Experts):
        router = 2 * config.d_model * kind.count
        feed_forward = kind.per_token * feed_forward + router
    attention = 4 * seen * _width(config)
    parts = {"projections": projections, "attention": attention, "feed_forward": feed_forward}
    return {part: layers * flops for part, flops in parts.items()}


def _seen(config: Config, length: int) -> int:
    """How many tokens the last of `length` tokens looks at."""
    window = config.window if isinstance(config, DecoderConfig) else None
    return length if window is None else min(length, window)


def _width(config: LayersConfig) -> int:
    """H Dk, all queries of a token side by side."""
    return config.num_heads * config.head_width


def _shared_width(config: LayersConfig) -> int:
    """Hk Dk, all keys of a token side by side."""
    return config.kv_heads * config.head_width


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} is {number}; use 1 or more")


def _check_activations(config: Config) -> EncoderConfig:
    """Refuse all but what the tests have measured to the byte.

    Raises:
        ValueError: another family, norm, position or feed-forward; the message names it.
    """
    if not isinstance(config, EncoderConfig):
        raise _unmeasured("family", config.family, "'encoder'")
    if config.norm != "layer":
        raise _unmeasured("norm", config.norm, "'layer'")
    if not isinstance(config.positions, Learned | Sinusoidal):
        raise _unmeasured("positions", config.positions.name, "'learned' and 'sinusoidal'")
    if isinstance(config.feed_forward, Experts):
        raise _unmeasured("feed_forward", config.feed_forward, "Plain() and Gated()")
    return config


def _unmeasured(name: str, found: object, known: str) -> ValueError:
    return ValueError(f"{name} {found!r} keeps activations that are not predicted here, only those of "
                      f"{known}; measure them with memory.peak_memory")
