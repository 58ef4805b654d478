"""What the tests of the core draw: values, masks, and small models of every kind."""

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from transformer_core.models import build
from transformer_core.models.config import (
    Alibi,
    Config,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    Relative,
    Rotary,
    Sinusoidal,
    VisionConfig,
)
from transformer_core.nn.rotary import Llama3Scaling

# How far from the float64 reference a result may be, where its numbers are about 1.
TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}
# The largest relative error of one rounding to bfloat16, which keeps 8 bits.
BFLOAT16_ROUNDING = 2**-8


def array(tensor):
    """What the reference takes: the same numbers in float64."""
    return tensor.detach().double().numpy()


def numbers(module):
    """A module's weights under their names."""
    return {name: array(tensor) for name, tensor in module.state_dict().items()}


def shaken(module: nn.Module) -> nn.Module:
    """Every parameter random: fresh norms are all 1 and 0, and would hide a swap."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return module.eval()


def close(ours, expected, *, atol, rtol=0.0):
    """Elementwise within atol, a number or an array; infinities and NaN in the same places."""
    ours, expected = (array(x) if isinstance(x, torch.Tensor) else x for x in (ours, expected))
    assert ours.shape == expected.shape
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(ours[~finite], expected[~finite])
    apart = np.where(finite, np.abs(np.where(finite, ours, 0) - np.where(finite, expected, 0)), 0)
    allowed = atol + rtol * np.abs(np.where(finite, expected, 0))
    worst = np.unravel_index(np.argmax(apart - allowed), apart.shape) if apart.size else ()
    assert (apart <= allowed).all(), (
        f"{ours[worst]} at {worst} should be {expected[worst]}: {apart.max()} apart"
    )


@st.composite
def masks(draw, b, h, tq, tk, *, three_axes=True):
    """None, or bool that broadcasts to (b, h, tq, tk): with holes and empty rows, causal, window, padding."""
    kind = draw(st.sampled_from(["none", "any", "causal", "window", "padding"]))
    if kind == "none":
        return None
    if kind == "any":
        shapes = [(b, h, tq, tk), (b, 1, tq, tk), (tq, tk), (tq, 1), (tk,), (b, 1, 1, tk)]
        shapes += [(h, tq, tk)] * three_axes  # multi-head attention refuses those
        return draw(arrays(bool, draw(st.sampled_from(shapes))))
    if kind == "padding":
        left = np.array(draw(st.lists(st.integers(0, tk), min_size=b, max_size=b)))
        right = np.array(draw(st.lists(st.integers(0, tk), min_size=b, max_size=b)))
        place = np.arange(tk)
        return ((place >= left[:, None]) & (place < tk - right[:, None]))[:, None, None, :]
    ahead = np.arange(tk)[None, :] - np.arange(tk - tq, tk)[:, None]
    looks = ahead <= 0
    return looks & (ahead > -draw(st.integers(1, tk))) if kind == "window" else looks


@st.composite
def attention_masks(draw, b, t):
    """(b, t) of 1 for a token and 0 for padding: left, right, both, holes, and nothing but padding."""
    rows = st.one_of(
        st.integers(0, t).map(lambda n: [1] * n + [0] * (t - n)),
        st.integers(0, t).map(lambda n: [0] * n + [1] * (t - n)),
        st.integers(0, t // 2).map(lambda n: [0] * n + [1] * (t - 2 * n) + [0] * n),
        st.lists(st.integers(0, 1), min_size=t, max_size=t),
    )
    return torch.tensor(draw(st.lists(rows, min_size=b, max_size=b)))


VALUES = ["normal", "zeros", "tiny", "subnormal", "huge", "mixed"]


def values(kind, shape, dtype, rng):
    """Random numbers in a dtype: about 1, or 0, or as small or large as the dtype goes without overflow."""
    info = torch.finfo(dtype)
    normal = rng.standard_normal(shape)
    if kind == "mixed":
        special = [0.0, -0.0, info.smallest_normal / 4, info.tiny, 1.0, -1.0, info.eps]
        normal = np.where(rng.random(shape) < 0.7, rng.choice(special, shape), normal)
    factor = {"zeros": 0.0, "tiny": info.tiny * 1e3, "subnormal": info.tiny / 8, "huge": info.max**0.9}
    return torch.tensor(normal * factor.get(kind, 1.0)).to(dtype)


_LAYERS = dict(d_model=24, num_layers=2, num_heads=6, d_ff=13, dropout=0.0, norm_eps=1e-5)
_TEXT = dict(vocab_size=29, max_length=11, **_LAYERS)
_LLAMA = dict(
    norm="rms", pre_norm=True, activation="silu", feed_forward=Gated(bias=False), attention_bias=False,
    tied=False, num_kv_heads=3, **_TEXT,
)  # fmt: skip
_T5 = dict(
    positions=Relative(num_buckets=6, max_distance=5), norm="rms", pre_norm=True, activation="relu", **_TEXT,
)  # fmt: skip
_IMAGE = dict(image_size=10, patch_size=5, num_channels=3, num_classes=7, pre_norm=True, **_LAYERS)

# One small config for every kind of position, norm, feed-forward and sharing in every family.
CONFIGS = {
    "encoder, learned": EncoderConfig(**_TEXT, num_types=2, embedding_norm=True, pooler=True),
    "encoder, learned from pad_id": EncoderConfig(**_TEXT, num_types=1, embedding_norm=True, pad_id=1),
    "encoder, sinusoidal": EncoderConfig(**_TEXT, positions=Sinusoidal(), pre_norm=True, num_kv_heads=2),
    "encoder, alibi": EncoderConfig(**_TEXT, positions=Alibi(), feed_forward=Gated()),
    "encoder, relative": EncoderConfig(**_T5),
    "decoder, learned": DecoderConfig(**_TEXT, pre_norm=True, activation="gelu_tanh"),
    "decoder, sinusoidal": DecoderConfig(**_TEXT, positions=Sinusoidal(), activation="relu", window=3),
    "decoder, rotary": DecoderConfig(**_LLAMA, positions=Rotary()),
    "decoder, rotary, Llama 3": DecoderConfig(
        **_LLAMA, positions=Rotary(base=50.0, scaling=Llama3Scaling(original_length=40))
    ),
    "decoder, rotary, window": DecoderConfig(**_LLAMA, positions=Rotary(), window=3, d_k=10),
    "decoder, rotary, experts": DecoderConfig(
        **_LLAMA | {"feed_forward": Experts(5)}, positions=Rotary(), window=3
    ),
    "decoder, alibi, one key head, window": DecoderConfig(
        **_TEXT, positions=Alibi(), num_kv_heads=1, window=5, pre_norm=True
    ),
    "decoder, relative": DecoderConfig(**_T5, window=4),
    "encoder-decoder, sinusoidal": EncoderDecoderConfig(
        **_TEXT, positions=Sinusoidal(), embedding_scale=True
    ),
    "encoder-decoder, learned": EncoderDecoderConfig(
        **_TEXT, num_kv_heads=2, num_decoder_layers=3, tied=False
    ),
    "encoder-decoder, alibi": EncoderDecoderConfig(
        **_TEXT, positions=Alibi(), feed_forward=Gated(), pre_norm=True
    ),
    "encoder-decoder, relative": EncoderDecoderConfig(**_T5),
    "vision": VisionConfig(**_IMAGE),
    "vision, gated, rms": VisionConfig(**_IMAGE, norm="rms", feed_forward=Gated(), num_kv_heads=2),
}


def of_family(*families):
    """The names in CONFIGS of some families."""
    return [name for name, config in CONFIGS.items() if config.family in families]


def small(config: Config | str, dtype=torch.float64) -> nn.Module:
    """A model with random weights throughout, in eval mode."""
    torch.manual_seed(0)
    model = shaken(build(CONFIGS[config] if isinstance(config, str) else config))
    if hasattr(model, "token_embedding"):  # where it is the head too, logits of about 1: 1e-5 means something
        model.token_embedding.weight.data *= 0.3
    return model.to(dtype)
