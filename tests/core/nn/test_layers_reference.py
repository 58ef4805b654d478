"""layers.py against the NumPy reference: norms, activations and feed-forwards over dtypes and values."""

import numpy as np
import pytest
import reference
import torch
from cases import BFLOAT16_ROUNDING, TOLERANCE, array, close, numbers, shaken, values
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.layers import (
    ACTIVATIONS,
    FeedForward,
    GatedFeedForward,
    LayerNorm,
    RMSNorm,
    layer_norm,
    rms_norm,
)

B, T, D, D_FF = 2, 5, 7, 13
U = BFLOAT16_ROUNDING
DTYPES = st.sampled_from([torch.float64, torch.float32])
SEEDS = st.integers(0, 9999)
EPS = st.sampled_from([1e-5, 1e-6, 1e-12])


def weights_of(width, dtype, rng):
    """A scale and a shift, as random as what they apply to."""
    return values("normal", (width,), dtype, rng), values("normal", (width,), dtype, rng)


def module_of(kind, weight, bias, eps):
    """Our module with this scale and shift."""
    module = kind(len(weight), eps=eps).to(weight.dtype)
    module.load_state_dict({"weight": weight, "bias": bias} if kind is LayerNorm else {"weight": weight})
    return module


@examples(100)
@given(
    dtype=DTYPES,
    width=st.sampled_from([1, 2, 7, 13]),
    kind=st.sampled_from(["normal", "zeros", "tiny", "subnormal", "mixed", "large", "shifted"]),
    eps=EPS,
    seed=SEEDS,
)
def test_norms_equal_the_reference(dtype, width, kind, eps, seed):
    rng = np.random.default_rng(seed)
    x = values("normal" if kind in ("large", "shifted") else kind, (B, T, width), dtype, rng)
    if kind == "large":  # as large as a square may be
        x = x * torch.finfo(dtype).max ** 0.45
    x = x + 100 * (kind == "shifted")
    weight, bias = weights_of(width, dtype, rng)
    numbers_in, w, b = array(x), array(weight), array(bias)
    # What is nearly constant is all rounding once its mean is gone: a result is as exact as x is large
    # beside its own spread.
    spread = np.sqrt(numbers_in.var(-1, keepdims=True) + eps)
    size = abs(numbers_in).max(-1, keepdims=True) / spread * abs(w) + abs(b)
    expected = reference.layer_norm(numbers_in, w, b, eps=eps)
    for ours in (layer_norm(x, weight, bias, eps=eps), module_of(LayerNorm, weight, bias, eps)(x)):
        close(ours, expected, atol=TOLERANCE[dtype] * size)
    expected = reference.rms_norm(numbers_in, w, eps=eps)
    for ours in (rms_norm(x, weight, eps=eps), module_of(RMSNorm, weight, bias, eps)(x)):
        close(ours, expected, atol=torch.finfo(dtype).tiny, rtol=TOLERANCE[dtype])


@examples(30)
@given(width=st.sampled_from([2, 7, 13]), eps=EPS, seed=SEEDS)
def test_norms_in_bfloat16_are_as_near_as_their_roundings_allow(width, eps, seed):
    # U = 2^-8 is the relative error of one rounding. Of layer_norm: the mean and the difference are rounded,
    # which makes c = x - mean wrong by U (|mean| + |c|); the spread is wrong by the worst of that, relative to
    # itself, and 2.5 U (square, mean and sum under a root, the root); then a quotient, a product, a sum.
    # Of rms_norm: the same without mean and sum. torch's kernels round once, at the end. 10% for products.
    rng = np.random.default_rng(seed)
    x = values("normal", (B, T, width), torch.bfloat16, rng)
    weight, bias = weights_of(width, torch.bfloat16, rng)
    numbers_in, w, b = array(x), array(weight), array(bias)
    expected = reference.layer_norm(numbers_in, w, b, eps=eps)
    mean, spread = numbers_in.mean(-1, keepdims=True), np.sqrt(numbers_in.var(-1, keepdims=True) + eps)
    c = abs(numbers_in - mean)
    off = U * (abs(mean) + c) / spread
    wrong = abs(w) * (off + c / spread * (off.max(-1, keepdims=True) + 4.5 * U)) + U * abs(expected)
    close(layer_norm(x, weight, bias, eps=eps), expected, atol=1.1 * wrong)
    close(module_of(LayerNorm, weight, bias, eps)(x), expected, atol=1e-5, rtol=U)
    expected = reference.rms_norm(numbers_in, w, eps=eps)
    close(rms_norm(x, weight, eps=eps), expected, atol=0, rtol=1.1 * 4.5 * U)
    close(module_of(RMSNorm, weight, bias, eps)(x), expected, atol=1e-5, rtol=U)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")  # NumPy's, of powers that overflow
def test_activations_equal_the_reference_from_end_to_end(name, dtype):
    # Up to a quarter of the largest number. At infinity itself torch's GELU is inf or NaN as the CPU goes.
    info = torch.finfo(dtype)
    far = [0.0, -0.0, info.tiny / 8, info.eps, 1e-3, 0.5, 1, 3, 5.5, 10, 30, 88, 1e4, 1e30, info.max / 4]
    x = torch.tensor(far + torch.linspace(-9, 9, 997).tolist(), dtype=dtype)
    x = torch.cat([x, -x])
    expected = reference.ACTIVATIONS[name](array(x))
    close(ACTIVATIONS[name](x), expected, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


FEED_FORWARDS = [
    (FeedForward, True),
    (FeedForward, False),
    (GatedFeedForward, True),
    (GatedFeedForward, False),
]


@examples(60)
@given(
    kind=st.sampled_from(FEED_FORWARDS), name=st.sampled_from(sorted(ACTIVATIONS)), dtype=DTYPES, seed=SEEDS,
    scale=st.sampled_from([0.0, 1e-6, 1.0, 30.0]),
)  # fmt: skip
def test_feed_forwards_equal_the_reference(kind, name, dtype, seed, scale):
    torch.manual_seed(seed)
    make, bias = kind
    feed = shaken(make(D, D_FF, activation=ACTIVATIONS[name], bias=bias)).to(dtype)
    x = scale * values("normal", (B, T, D), dtype, np.random.default_rng(seed))
    expected = reference.feed_forward(array(x), numbers(feed), activation=name)
    close(feed(x), expected, atol=TOLERANCE[dtype] * max(1, abs(expected).max()))


@examples(30)
@given(kind=st.sampled_from(FEED_FORWARDS), name=st.sampled_from(sorted(ACTIVATIONS)), seed=SEEDS)
def test_feed_forwards_in_bfloat16_are_as_near_as_their_roundings_allow(kind, name, seed):
    # What leaves a projection is rounded as a product and again with its bias: U (2 |y| + |b|). No activation
    # is steeper than 1.13 (GELU's steepest slope), and its result is rounded; so is the gated product.
    torch.manual_seed(seed)
    make, bias = kind
    feed = make(D, D_FF, activation=ACTIVATIONS[name], bias=bias).bfloat16()
    x, p = values("normal", (B, T, D), torch.bfloat16, np.random.default_rng(seed)), numbers(feed)

    def projected(y, part):
        out = reference.linear(y, p, part)
        return out, U * (2 * abs(out) + abs(p.get(f"{part}.bias", np.zeros(1))))

    inner, inner_off = projected(array(x), "gate" if make is GatedFeedForward else "widen")
    bent = reference.ACTIVATIONS[name](inner)
    off = 1.13 * inner_off + U * abs(bent)
    if make is GatedFeedForward:
        up, up_off = projected(array(x), "up")
        bent, off = bent * up, off * abs(up) + abs(bent) * up_off + U * abs(bent * up)
    last = "down" if make is GatedFeedForward else "narrow"
    expected, last_off = projected(bent, last)
    close(feed(x), expected, atol=1.1 * (off @ abs(p[f"{last}.weight"].T) + last_off))
