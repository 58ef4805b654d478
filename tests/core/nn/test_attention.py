"""attention.py: both attentions worked by hand, equal to torch's, and true to what a mask means."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch.nn.functional import scaled_dot_product_attention as torch_attention

from transformer_core.nn.attention import causal_mask, fused_attention, scaled_dot_product_attention

# Distinct primes: an axis mistaken for another cannot fit.
B, H, TQ, TK, DK = 2, 3, 5, 7, 11
BOTH = pytest.mark.parametrize("attend", [scaled_dot_product_attention, fused_attention])


def inputs(*, tq=TQ, tk=TK, dk=DK, leading=(B, H)):
    return (
        torch.randn(*leading, tq, dk, dtype=torch.float64),
        torch.randn(*leading, tk, dk, dtype=torch.float64),
        torch.randn(*leading, tk, dk, dtype=torch.float64),
    )


@BOTH
def test_numbers_worked_by_hand(attend):
    # One query, two keys, Dk = 4. Its dot products with the keys are 2 ln 3 and 0;
    # divided by sqrt(4) = 2 they are ln 3 and 0; softmax gives 3/(3+1) and 1/(3+1).
    # Output: 3/4 of (8, 0) and 1/4 of (0, 4) = (6, 1).
    query = torch.tensor([[2 * math.log(3), 0.0, 0.0, 0.0]])
    key = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    value = torch.tensor([[8.0, 0.0], [0.0, 4.0]])
    output, weights = attend(query, key, value)
    assert weights is None or torch.allclose(weights, torch.tensor([[0.75, 0.25]]))
    assert torch.allclose(output, torch.tensor([[6.0, 1.0]]))


@BOTH
def test_a_bias_worked_by_hand(attend):
    # Scores 0 and 0, biased by ln 4 and 0: softmax gives 4/5 and 1/5.
    query, key, value = torch.zeros(1, 4), torch.zeros(2, 4), torch.tensor([[10.0], [5.0]])
    output, weights = attend(query, key, value, bias=torch.tensor([math.log(4), 0.0]))
    assert weights is None or torch.allclose(weights, torch.tensor([[0.8, 0.2]]))
    assert torch.allclose(output, torch.tensor([[9.0]]))


@BOTH
def test_a_mask_worked_by_hand(attend):
    # Three equal scores, the middle one hidden: a half, nothing, a half.
    value = torch.tensor([[1.0], [100.0], [3.0]])
    output, weights = attend(
        torch.zeros(1, 4), torch.zeros(3, 4), value, mask=torch.tensor([[True, False, True]])
    )
    assert weights is None or torch.equal(weights, torch.tensor([[0.5, 0.0, 0.5]]))
    assert torch.equal(output, torch.tensor([[2.0]]))


@pytest.mark.parametrize("leading", [(), (B,), (B, H)])
def test_equals_torchs(leading):
    query, key, value = inputs(leading=leading)
    output, _ = scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(output, torch_attention(query, key, value), atol=1e-10, rtol=0)


@pytest.mark.parametrize("shape", [(TQ, TK), (1, TK), (B, 1, 1, TK), (B, H, TQ, TK)])
def test_equals_torchs_under_a_mask(shape):
    query, key, value = inputs()
    mask = torch.rand(shape) < 0.6
    mask[..., 0] = True  # torch's own gives NaN or zeros for an empty row, by version
    output, _ = scaled_dot_product_attention(query, key, value, mask=mask)
    torch.testing.assert_close(output, torch_attention(query, key, value, attn_mask=mask), atol=1e-10, rtol=0)


def test_equals_torchs_under_a_causal_mask():
    query, key, value = inputs(tq=TK)
    output, _ = scaled_dot_product_attention(query, key, value, mask=causal_mask(TK))
    torch.testing.assert_close(output, torch_attention(query, key, value, is_causal=True), atol=1e-10, rtol=0)


def test_equals_torchs_with_a_bias():
    query, key, value = inputs()
    bias = torch.randn(H, TQ, TK, dtype=torch.float64)
    output, _ = scaled_dot_product_attention(query, key, value, bias=bias)
    torch.testing.assert_close(output, torch_attention(query, key, value, attn_mask=bias), atol=1e-10, rtol=0)


def test_gradients_equal_torchs():
    ours = inputs(tq=TK)
    theirs = [tensor.clone().requires_grad_() for tensor in ours]
    ours = [tensor.requires_grad_() for tensor in ours]
    scaled_dot_product_attention(*ours, mask=causal_mask(TK))[0].square().sum().backward()
    torch_attention(*theirs, is_causal=True).square().sum().backward()
    for mine, reference in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.grad, reference.grad, atol=1e-10, rtol=0)


def test_what_a_row_may_not_see_cannot_reach_it():
    query, key, value = inputs()
    mask = torch.rand(TQ, TK) < 0.5
    _, weights = scaled_dot_product_attention(query, key, value, mask=mask)
    assert (weights[..., ~mask] == 0).all()
    assert (weights[..., mask] > 0).all()


@BOTH
@pytest.mark.parametrize("bias", [None, torch.zeros(TQ, TK)])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_a_row_that_may_look_at_nothing_gives_zeros(attend, bias, dtype):
    query, key, value = (tensor.to(dtype).requires_grad_() for tensor in inputs())
    mask = torch.ones(TQ, TK, dtype=torch.bool)
    mask[2] = False
    with torch.autograd.set_detect_anomaly(True):  # not even in between is there a NaN
        output, weights = attend(query, key, value, mask=mask, bias=None if bias is None else bias.to(dtype))
        output.square().sum().backward()
    assert (output[..., 2, :] == 0).all() and (weights is None or (weights[..., 2, :] == 0).all())
    others = [0, 1, 3, 4]
    plain, _ = attend(query, key, value, mask=torch.ones_like(mask))
    assert torch.equal(output[..., others, :], plain[..., others, :])
    for tensor in (query, key, value):
        assert tensor.grad.isfinite().all()
    assert (query.grad[..., 2, :] == 0).all()


@BOTH
def test_huge_scores_stay_finite(attend):
    # Scores of +-10^6: their exponentials overflow, their softmax does not.
    query, key = torch.tensor([[1e3]]), torch.tensor([[1e3], [-1e3]])
    output, weights = attend(query, key, torch.tensor([[5.0], [7.0]]))
    assert weights is None or torch.equal(weights, torch.tensor([[1.0, 0.0]]))
    assert torch.equal(output, torch.tensor([[5.0]]))


def test_the_scale_keeps_the_scores_near_variance_one():
    query, key = torch.randn(500, 257), torch.randn(503, 257)
    _, weights = scaled_dot_product_attention(query, key, key)
    scores = weights.log() - weights.log().mean(-1, keepdim=True)  # a softmax forgets only each row's mean
    assert scores.var() == pytest.approx(1, abs=0.05)


@examples(60)
@given(
    leading=st.lists(st.integers(1, 3), max_size=2),
    tq=st.integers(1, 7),
    tk=st.integers(1, 7),
    dk=st.integers(1, 7),
    seen=st.floats(0, 1),
    scale=st.sampled_from([0, 1e-30, 1, 1e4, 1e18]),
    seed=st.integers(0, 999),
)
def test_rows_sum_to_one_or_zero(leading, tq, tk, dk, seen, scale, seed):
    torch.manual_seed(seed)
    query, key, value = (scale * tensor for tensor in inputs(tq=tq, tk=tk, dk=dk, leading=leading))
    mask = torch.rand(*leading, tq, tk) < seen
    output, weights = scaled_dot_product_attention(query, key, value, mask=mask)
    assert output.isfinite().all()
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(-1), mask.any(-1).double(), atol=1e-12, rtol=0)


@BOTH
@examples(40)
@given(length=st.integers(2, 11), seed=st.integers(0, 999), data=st.data())
def test_the_future_never_changes_the_past(attend, length, seed, data):
    torch.manual_seed(seed)
    now = data.draw(st.integers(0, length - 2))
    query, key, value = inputs(tq=length, tk=length)
    before, _ = attend(query, key, value, mask=causal_mask(length))
    for tensor in (query, key, value):
        tensor[..., now + 1 :, :] = 1e6 * torch.randn_like(tensor[..., now + 1 :, :])
    after, _ = attend(query, key, value, mask=causal_mask(length))
    assert torch.equal(before[..., : now + 1, :], after[..., : now + 1, :])


@examples(40)
@given(length=st.integers(1, 11), seed=st.integers(0, 999))
def test_permuting_tokens_permutes_the_output(length, seed):
    torch.manual_seed(seed)
    query, key, value = inputs(tq=length, tk=length)
    order = torch.randperm(length)
    output, weights = scaled_dot_product_attention(query, key, value)
    shuffled, shuffled_weights = scaled_dot_product_attention(
        *(x[..., order, :] for x in (query, key, value))
    )
    torch.testing.assert_close(shuffled, output[..., order, :], atol=1e-12, rtol=0)
    torch.testing.assert_close(shuffled_weights, weights[..., order, :][..., order], atol=1e-12, rtol=0)


def zeros(*shape):
    return torch.zeros(shape)


MASK_CURE = ["make it bool", "mask == 1", "bias="]


@BOTH
@pytest.mark.parametrize(
    "query, key, value, extra, says",
    [
        (zeros(5, 11), zeros(7, 13), zeros(7, 13), {}, ["(5, 11)", "(7, 13)", "11 and 13", "same width"]),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(5, 11),
            {},
            ["(7, 11)", "(5, 11)", "7 and 5", "one value for each key"],
        ),
        (
            zeros(2, 5, 11),
            zeros(3, 7, 11),
            zeros(3, 7, 11),
            {},
            ["(2, 5, 11)", "(3, 7, 11)", "leading axes", "or 1"],
        ),
        (zeros(11), zeros(7, 11), zeros(7, 11), {}, ["(11,)", "(7, 11)", "two axes", "vector[None]"]),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(7, 11),
            {"mask": torch.ones(7, 5, dtype=torch.bool)},
            ["mask (7, 5)", "(5, 7)", "(..., Tq, Tk)", "axis of 1"],
        ),
        (
            zeros(2, 5, 11),
            zeros(2, 7, 11),
            zeros(2, 7, 11),
            {"mask": torch.ones(2, 7, dtype=torch.bool)},
            ["mask (2, 7)", "(2, 5, 7)", "mask[:, None]"],
        ),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(7, 11),
            {"mask": torch.ones(1, 5, 7, dtype=torch.bool)},
            ["mask (1, 5, 7)", "(5, 7)"],
        ),
        (zeros(5, 11), zeros(7, 11), zeros(7, 11), {"bias": zeros(3, 5, 7)}, ["bias (3, 5, 7)", "(5, 7)"]),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(7, 11),
            {"mask": torch.full((5, 7), float("nan"))},
            ["torch.float32", "holds nan", *MASK_CURE],
        ),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(7, 11),
            {"mask": torch.ones(5, 7, dtype=torch.int64)},
            ["torch.int64", "holds [1, 1, 1, 1]", *MASK_CURE],
        ),
        (
            zeros(5, 11),
            zeros(7, 11),
            zeros(7, 11),
            {"mask": torch.full((5, 7), -math.inf).triu(1)},
            ["torch.float32", "-inf", *MASK_CURE],
        ),
    ],
)
def test_refuses_with_both_values_and_the_cure(attend, query, key, value, extra, says):
    with pytest.raises(ValueError) as refused:
        attend(query, key, value, **extra)
    assert all(part in str(refused.value) for part in says), refused.value


@BOTH
def test_a_key_shared_by_all_heads_is_fine(attend):
    query, key, value = inputs()
    shared, _ = attend(query, key[:, :1], value[:, :1])
    copied, _ = attend(query, key[:, :1].expand_as(key), value[:, :1].expand_as(value))
    torch.testing.assert_close(shared, copied, atol=1e-12, rtol=0)
