"""attention.py against the NumPy reference: hypothesis draws shapes, masks, biases, dtypes and values."""

import math

import numpy as np
import pytest
import reference
import torch
from cases import BFLOAT16_ROUNDING, TOLERANCE, VALUES, array, close, masks, values
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.attention import fused_attention, scaled_dot_product_attention

BOTH = pytest.mark.parametrize("attend", [scaled_dot_product_attention, fused_attention])
quiet = pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")  # NumPy's, where infinities meet
SHAPES = st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(1, 7)] * 4)  # B, H, Tq, Tk, Dk, Dv
PRIMES = st.just((2, 3, 5, 7, 11, 13))  # an axis mistaken for another cannot fit
SEEDS = st.integers(0, 9999)


def draw_inputs(shape, dtype, seed, *, kind="normal"):
    """Queries and keys about 1, values of some kind."""
    (b, h, tq, tk, dk, dv), rng = shape, np.random.default_rng(seed)
    query = values("normal", (b, h, tq, dk), dtype, rng)
    key = values("normal", (b, h, tk, dk), dtype, rng)
    return query, key, values(kind, (b, h, tk, dv), dtype, rng), rng


def both(attend, query, key, value, mask, bias):
    """What we give and what the reference gives, for the same numbers."""
    looks = None if mask is None else torch.tensor(mask)
    ours = attend(query, key, value, mask=looks, bias=bias)
    added = None if bias is None else array(bias)
    return ours, reference.attention(array(query), array(key), array(value), mask=mask, bias=added)


@BOTH
@examples(100)
@given(
    shape=st.one_of(PRIMES, SHAPES),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    kind=st.sampled_from(VALUES),
    biased=st.sampled_from([None, "one", "per head", "per key"]),
    seed=SEEDS,
    data=st.data(),
)
def test_equals_the_reference(attend, shape, dtype, kind, biased, seed, data):
    b, h, tq, tk, *_ = shape
    query, key, value, rng = draw_inputs(shape, dtype, seed, kind=kind)
    mask = data.draw(masks(b, h, tq, tk))
    widths = {"one": (tq, tk), "per head": (1, h, tq, tk), "per key": (tk,)}
    bias = None if biased is None else values("normal", widths[biased], dtype, rng)
    (output, weights), (expected, expected_weights) = both(attend, query, key, value, mask, bias)
    assert output.dtype == dtype
    # An average is as exact as the values are large; below all floats lies half of the smallest, once a term.
    info = torch.finfo(dtype)
    close(
        output,
        expected,
        atol=TOLERANCE[dtype] * abs(array(value)).max() + tk * info.smallest_normal * info.eps,
    )
    if weights is not None:
        close(weights, expected_weights, atol=TOLERANCE[dtype])
        looked = np.broadcast_to(True if mask is None else mask, expected_weights.shape)
        assert (array(weights)[~looked] == 0).all()


@BOTH
@examples(50)
@given(shape=st.one_of(PRIMES, SHAPES), biased=st.booleans(), seed=SEEDS, data=st.data())
def test_bfloat16_is_as_near_as_its_roundings_allow(attend, shape, biased, seed, data):
    # u = 2^-8 is one rounding's relative error. A score is rounded as a product, divided, and biased:
    # it is off by d = 3u |score| at most. Every weight is then off by a factor of exp(2d) at most (its own
    # power and the sum's), and rounded once; each term of the output is as far off as its weight, and the
    # sum is rounded once. Sums are kept in float32, whose error is 2^16 times smaller.
    b, h, tq, tk, dk, _ = shape
    query, key, value, rng = draw_inputs(shape, torch.bfloat16, seed)
    mask = data.draw(masks(b, h, tq, tk))
    bias = values("normal", (tq, tk), torch.bfloat16, rng) if biased else None
    (output, _), (expected, weights) = both(attend, query, key, value, mask, bias)
    u = BFLOAT16_ROUNDING
    products = abs(array(query)) @ abs(array(key)).swapaxes(-1, -2) / math.sqrt(dk)
    off = 3 * u * (products + (0 if bias is None else abs(array(bias)))).max(-1, keepdims=True)
    close(output, expected, atol=(np.expm1(2 * off) + 2 * u) * (weights @ abs(array(value))) + 1e-6)


@BOTH
@examples(50)
@given(
    dk=st.sampled_from([1, 16]),
    power=st.integers(0, 60),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    seed=SEEDS,
    data=st.data(),
)
def test_huge_scores_choose_as_the_reference_does(attend, dk, power, dtype, seed, data):
    # Small whole numbers times 2^power: every product and sum is exact, so a tie stays a tie,
    # and what is larger wins by far. The root of 1/sqrt(Dk), which torch's kernel may use, is exact too.
    rng = np.random.default_rng(seed)
    query = torch.tensor(rng.integers(-3, 4, (2, 3, 5, dk)) * 2.0**power).to(dtype)
    key = torch.tensor(rng.integers(-3, 4, (2, 3, 7, dk)) * 2.0 ** (power // 2)).to(dtype)
    value = values("normal", (2, 3, 7, 11), dtype, rng)
    mask = data.draw(masks(2, 3, 5, 7))
    (output, _), (expected, _) = both(attend, query, key, value, mask, None)
    close(output, expected, atol=TOLERANCE[dtype])


@BOTH
@examples(40)
@given(dtype=st.sampled_from([torch.float64, torch.float32]), seed=SEEDS, data=st.data())
def test_what_is_hidden_does_not_matter_however_large(attend, dtype, seed, data):
    # Keys as large as scores allow, values as large as there are.
    query, key, value, rng = draw_inputs((2, 3, 5, 7, 11, 13), dtype, seed)
    mask = data.draw(masks(2, 1, 5, 7))
    if mask is None:
        return
    hidden = torch.tensor(~np.broadcast_to(mask, (2, 1, 5, 7)).any(-2))[..., None]  # (B, 1, Tk, 1): from all
    largest = torch.finfo(dtype).max
    junk_key = torch.where(hidden, key.sign() * math.sqrt(largest), key)
    junk_value = torch.where(hidden, value.sign() * largest, value)
    mask = torch.tensor(mask)
    plain, _ = attend(query, key, value, mask=mask)
    junked, _ = attend(query, junk_key, junk_value, mask=mask)
    assert torch.equal(plain, junked)


@quiet
@BOTH
@examples(60)
@given(
    shape=SHAPES, dtype=st.sampled_from([torch.float64, torch.float32]), seed=SEEDS,
    infinite=st.sampled_from(["value", "key", "query"]),
)  # fmt: skip
def test_infinities_are_what_ieee_makes_of_them(attend, shape, dtype, seed, infinite):
    # An infinite value is averaged to infinity, and with its opposite to NaN. A score of -inf gets nothing.
    # Of infinity over infinity, as a score of +inf makes it, IEEE has no number, nor have we.
    query, key, value, rng = draw_inputs(shape, dtype, seed)
    changed = {"value": value, "key": key, "query": query}[infinite]
    changed[torch.tensor(rng.random(changed.shape) < 0.1)] = math.inf
    changed[torch.tensor(rng.random(changed.shape) < 0.1)] = -math.inf
    (output, _), (expected, _) = both(attend, query, key, value, None, None)
    number = ~np.isnan(expected)
    close(torch.where(torch.tensor(number), output, 0), np.where(number, expected, 0), atol=TOLERANCE[dtype])
    if infinite == "value":
        close(output, expected, atol=TOLERANCE[dtype])


def test_scores_that_overflow_are_nan_on_both_paths():
    # 4 * 10^50 is a number in float64 and none in float32: the scores are inf there, and inf / inf is NaN.
    query, key, value = torch.full((1, 1, 4), 1e25), torch.full((1, 2, 4), 1e25), torch.ones(1, 2, 3)
    for attend in (scaled_dot_product_attention, fused_attention):
        assert attend(query, key, value)[0].isnan().all()
        assert (attend(query.double(), key.double(), value.double())[0] == 1).all()
