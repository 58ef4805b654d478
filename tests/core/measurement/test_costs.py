"""costs.py: published figures worked by hand, and what real models do, counted to the unit."""

from dataclasses import replace

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from transformer_core.measurement.costs import (
    activation_bytes,
    active_parameters,
    flops_per_image,
    flops_per_token,
    flops_per_token_read,
    kv_cache_bytes,
    layer_counts,
    parameters,
    training_bytes,
)
from transformer_core.measurement.parameters import count_parameters
from transformer_core.models import build
from transformer_core.models.config import (
    Alibi,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    Learned,
    Plain,
    Relative,
    Rotary,
    VisionConfig,
)
from transformer_core.models.presets import PRESETS, preset
from transformer_core.nn.kv_cache import LayerCache

KIB, MIB, GIB = 2**10, 2**20, 2**30
T, TD = 13, 7  # tokens to read, tokens to write

LAYERS = dict(d_model=30, num_layers=3, num_heads=5, d_ff=29, dropout=0.0)
TEXT = dict(vocab_size=37, max_length=17, **LAYERS)
ENCODER = EncoderConfig(num_types=2, embedding_norm=True, **TEXT)
DECODER = DecoderConfig(
    positions=Rotary(), pre_norm=True, norm="rms", feed_forward=Gated(bias=False), activation="silu",
    attention_bias=False, tied=False, **TEXT,
)  # fmt: skip
PAIR = EncoderDecoderConfig(positions=Relative(), pre_norm=True, num_decoder_layers=2, **TEXT)
VISION = VisionConfig(
    d_model=30, num_layers=3, num_heads=5, d_ff=29, image_size=21, patch_size=7, num_classes=11,
    pre_norm=True, dropout=0.0,
)  # fmt: skip
DECODERS = {
    "plain": DECODER,
    "groups": replace(DECODER, num_heads=15, num_kv_heads=5),
    "one key for all": replace(DECODER, num_kv_heads=1),
    "wide heads": replace(DECODER, d_k=14),
    "window": replace(DECODER, window=4),
    "window wider than the text": replace(DECODER, window=101),
    "experts": replace(DECODER, feed_forward=Experts(4, 3)),
    "gpt": replace(DECODER, positions=Learned(), norm="layer", feed_forward=Plain(bias=False), activation="gelu_tanh", tied=True),
}  # fmt: skip
each_decoder = pytest.mark.parametrize("config", DECODERS.values(), ids=DECODERS)


def some_ids(length):
    return torch.randint(ENCODER.vocab_size, (1, length))


def counted_flops(run):
    """By torch's counter, which does not know the CPU's fused attention and is given the plain products."""
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


# Parameters


def test_parts_sum_to_the_model():
    for config in (ENCODER, VISION, PAIR, *DECODERS.values()):
        assert sum(parameters(config).values()) == count_parameters(build(config))["total"]


def test_mixtral_uses_13_of_its_47_billion_parameters():
    # Jiang et al. 2024, table 2: 13B active. Of 8 experts a token uses 2; one is three matrices.
    idle = 32 * 6 * 3 * 4096 * 14336
    assert active_parameters(preset("mixtral-8x7b")) == 46_702_792_704 - idle == 12_879_925_248


def test_without_experts_every_parameter_is_active():
    assert active_parameters(preset("bert-base")) == 109_482_240


def test_experts_that_a_token_does_not_use_get_no_gradient():
    model = build(DECODERS["experts"])
    model(some_ids(1)).sum().backward()
    idle = sum(p.numel() for name, p in model.named_parameters() if ".experts." in name and not p.grad.any())
    assert active_parameters(model.config) == count_parameters(model)["total"] - idle
    assert idle > 0


# KV cache


@pytest.mark.parametrize(
    "name, a_token",
    [
        ("gpt2", 36 * KIB),  # 2 * 12 layers * 12 heads * 64 * 2 bytes
        ("gpt3-175b", 4.5 * MIB),  # 2 * 96 * 96 * 128 * 2
        ("llama-2-7b", 0.5 * MIB),  # 2 * 32 * 32 * 128 * 2
        ("llama-2-70b", 320 * KIB),  # 2 * 80 * 8 * 128 * 2: eight groups for 64 heads
        ("llama-3-8b", 128 * KIB),  # 2 * 32 * 8 * 128 * 2
    ],
)
def test_cache_of_published_models_worked_by_hand(name, a_token):
    assert kv_cache_bytes(preset(name), 1) == a_token
    assert kv_cache_bytes(preset(name), 1000, batch=3) == 3000 * a_token
    assert kv_cache_bytes(preset(name), 1, bytes_per_number=4) == 2 * a_token


def test_groups_divide_the_cache():
    # Llama-2-70B has 64 heads and 8 groups: without them an 8 times larger cache.
    grouped = preset("llama-2-70b")
    assert kv_cache_bytes(grouped, 4096) == 1.25 * GIB
    assert kv_cache_bytes(replace(grouped, num_kv_heads=None), 4096) == 10 * GIB


def test_a_window_bounds_the_cache():
    # Jiang et al. 2023, section 2: at 32k tokens, a window of 4096 makes the cache 8 times smaller.
    mistral = preset("mistral-7b")
    assert kv_cache_bytes(mistral, 4096) == kv_cache_bytes(mistral, 32768) == 512 * MIB
    assert kv_cache_bytes(replace(mistral, window=None), 32768) == 8 * 512 * MIB


def test_an_encoder_keeps_nothing():
    assert kv_cache_bytes(ENCODER, T) == kv_cache_bytes(VISION, T) == 0


@each_decoder
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@torch.no_grad()
def test_cache_equals_the_real_ones_bytes(config, dtype):
    model = build(config).to(dtype)
    cache = model.new_cache()
    model(some_ids(T).expand(2, T), cache=cache)
    kept = T if config.window is None else min(T, config.window - 1)  # what the next token will see
    assert cache.nbytes == kv_cache_bytes(config, kept, batch=2, bytes_per_number=dtype.itemsize)


@each_decoder
@torch.no_grad()
def test_cache_equals_what_the_last_token_looks_at(config, monkeypatch):
    read, append = [], LayerCache.append

    def spy(self, key, value):
        rows = append(self, key, value)
        read.append(sum(row.numel() * row.element_size() for row in rows))
        return rows

    monkeypatch.setattr(LayerCache, "append", spy)
    model, ids = build(config), some_ids(T)
    cache = model.new_cache()
    for step in range(T):
        read.clear()
        model(ids[:, step : step + 1], cache=cache)
    assert sum(read) == kv_cache_bytes(config, T, bytes_per_number=4)


@torch.no_grad()
def test_an_encoder_decoder_keeps_the_memorys_keys_too():
    model = build(PAIR)
    cache = model.new_cache()
    memory = model.encode(some_ids(T))
    for _ in range(TD):
        model.decode(some_ids(1), memory, cache=cache)
    assert cache.nbytes == kv_cache_bytes(PAIR, TD, memory_length=T, bytes_per_number=4)
    # 2 * 2 layers * 30 wide * 4 bytes, 7 rows written and 13 read.
    assert cache.nbytes == 2 * 2 * 30 * 4 * (7 + 13)


# FLOPs


def test_flops_of_llama_worked_by_hand():
    # 4 projections of 4096 x 4096, 3 matrices of 4096 x 11008, 32 layers, and 32,000 x 4096 for the head.
    assert flops_per_token(preset("llama-2-7b"), 1000) == {
        "projections": 32 * 2 * 4 * 4096**2,
        "attention": 32 * 4 * 1000 * 4096,
        "feed_forward": 32 * 2 * 3 * 4096 * 11008,
        "head": 2 * 32000 * 4096,
    }


@pytest.mark.parametrize("name", ["gpt2-xl", "gpt3-175b", "llama-2-70b", "llama-3-8b", "mixtral-8x7b"])
def test_training_flops_are_palms_formula(name):
    # Chowdhery et al. 2022, appendix B: 6 N + 12 L H Q T for a token forward and back, with N the
    # weights that multiply: a table of vectors is looked up, biases and norms are not in N.
    config = preset(name)
    tables = config.vocab_size * config.d_model * (0 if config.tied else 1)
    positions = config.max_length * config.d_model if isinstance(config.positions, Learned) else 0
    norms = parameters(config)["norm"]
    d, biases = config.d_model, 0
    if config.attention_bias:
        biases = config.num_layers * (4 * d + config.d_ff + d)
    weights = active_parameters(config) - tables - positions - norms - biases
    d_k = config.d_k or d // config.num_heads
    palm = 6 * weights + 12 * config.num_layers * config.num_heads * d_k * 2048
    assert 3 * sum(flops_per_token(config, 2048).values()) == palm


@torch.no_grad()
def test_an_encoders_flops_equal_the_counters():
    model, ids = build(ENCODER), some_ids(T)
    expected = T * sum(flops_per_token(ENCODER, T).values())
    assert counted_flops(lambda: model(ids)) == counted_flops(lambda: model.trace(ids)) == expected


@each_decoder
@torch.no_grad()
def test_a_decoders_flops_for_the_last_token_equal_the_counters(config):
    model, ids = build(config), some_ids(T)
    cache = model.new_cache()
    for step in range(T - 1):
        model(ids[:, step : step + 1], cache=cache)
    counted = counted_flops(lambda: model(ids[:, -1:], cache=cache))
    assert counted == sum(flops_per_token(config, T).values())


@torch.no_grad()
def test_over_a_text_a_token_costs_what_half_the_text_says():
    model, ids = build(DECODER), some_ids(T)
    cache = model.new_cache()

    def write():
        for step in range(T):
            model(ids[:, step : step + 1], cache=cache)

    assert counted_flops(write) == T * sum(flops_per_token(DECODER, (T + 1) // 2).values())


@torch.no_grad()
def test_an_encoder_decoders_flops_equal_the_counters():
    model = build(PAIR)
    read = T * sum(flops_per_token_read(PAIR, T).values())
    written = TD * sum(flops_per_token(PAIR, TD, memory_length=T).values())
    assert counted_flops(lambda: model(some_ids(T), some_ids(TD))) == read + written


@torch.no_grad()
def test_a_vision_models_flops_equal_the_counters():
    model = build(VISION)
    counted = counted_flops(lambda: model(torch.randn(1, 3, 21, 21)))
    assert counted == sum(flops_per_image(VISION).values())


def test_vit_b16_does_the_published_work():
    # torchvision's model card for ViT-B/16 says 17.56 billion multiply-adds an image.
    assert sum(flops_per_image(preset("vit-b16")).values()) / 2e9 == pytest.approx(17.56, abs=0.01)


def test_the_backward_pass_costs_twice_the_forward_one():
    model, ids = build(ENCODER), some_ids(T)
    forward = T * sum(flops_per_token(ENCODER, T).values())
    assert counted_flops(lambda: model.trace(ids).hidden_states[-1].sum().backward()) == 3 * forward


# Memory in training


def test_every_parameter_costs_16_bytes():
    # Rajbhandari et al. 2020, section 3.1: 2 + 2 + 12. In float32: 4 + 4 + 8.
    config = preset("bert-base")
    assert training_bytes(config) == {
        "weights": 4 * 109_482_240, "gradients": 4 * 109_482_240, "optimiser": 8 * 109_482_240,
    }  # fmt: skip
    assert sum(training_bytes(config, mixed=True).values()) == 16 * 109_482_240
    assert training_bytes(config, mixed=True)["weights"] == 2 * 109_482_240


def test_weights_gradients_and_moments_equal_the_real_ones_bytes():
    model = build(replace(ENCODER, pooler=True))
    optimiser = torch.optim.Adam(model.parameters())
    model.pool(model(some_ids(T))).square().sum().backward()
    optimiser.step()
    states = [
        tensor for state in optimiser.state.values() for name, tensor in state.items() if name != "step"
    ]
    assert training_bytes(model.config) == {
        "weights": sum(parameter.nbytes for parameter in model.parameters()),
        "gradients": sum(parameter.grad.nbytes for parameter in model.parameters()),
        "optimiser": sum(tensor.nbytes for tensor in states),
    }


# What it refuses


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: kv_cache_bytes(DECODER, 0), "length is 0; use 1 or more"),
        (lambda: kv_cache_bytes(DECODER, 3, batch=-1), "batch is -1; use 1 or more"),
        (lambda: kv_cache_bytes(PAIR, 3, memory_length=0), "memory_length is 0; use 1 or more"),
        (lambda: flops_per_token(ENCODER, 0), "length is 0; use 1 or more"),
        (lambda: flops_per_token(VISION, 10), "an image whole; ask flops_per_image"),
        (lambda: flops_per_image(ENCODER), "'encoder' reads text; ask flops_per_token"),
        (
            lambda: flops_per_token_read(DECODER, 3),
            "'decoder' reads no text apart from the one it writes.*ask flops_per_token",
        ),
        (lambda: activation_bytes(ENCODER, 0), "length is 0; use 1 or more"),
        (lambda: activation_bytes(DECODER, 3), "family 'decoder'.*only those of 'encoder'; measure them"),
        (lambda: activation_bytes(replace(ENCODER, norm="rms"), 3), "norm 'rms'.*only those of 'layer'"),
        (lambda: activation_bytes(replace(ENCODER, positions=Alibi()), 3), "positions 'alibi'.*'learned'"),
        (
            lambda: activation_bytes(replace(ENCODER, feed_forward=Experts(3)), 3),
            r"feed_forward Experts\(count=3, per_token=2\)",
        ),
    ],
)
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_every_preset_has_its_costs():
    for config in PRESETS.values():
        flops = flops_per_image(config) if isinstance(config, VisionConfig) else flops_per_token(config, 100)
        assert all(part > 0 for part in flops.values())
        assert (kv_cache_bytes(config, 100) > 0) == (layer_counts(config)[1] > 0)
