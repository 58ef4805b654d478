"""multi_head.py: worked by hand, and equal to nn.MultiheadAttention with the same weights."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from transformer_core.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.multi_head import MultiHeadAttention

B, TQ, TK, H, DK = 2, 5, 7, 3, 11
D = H * DK


def torchs(attention: MultiHeadAttention, *, bias=True) -> nn.MultiheadAttention:
    """torch's own module with the same weights: it packs the three projections into one."""
    reference = nn.MultiheadAttention(D, H, bias=bias, batch_first=True)
    into = [attention.w_q, attention.w_k, attention.w_v]
    with torch.no_grad():
        reference.in_proj_weight.copy_(torch.cat([linear.weight for linear in into]))
        reference.out_proj.weight.copy_(attention.w_o.weight)
        if bias:
            reference.in_proj_bias.copy_(torch.cat([linear.bias for linear in into]))
            reference.out_proj.bias.copy_(attention.w_o.bias)
    return reference


def test_two_heads_worked_by_hand():
    # All projections are the identity, so head 0 sees column 0 and head 1 sees column 1.
    # Tokens (0, 5) and (7, 0); Dk = 1, so the scale is 1.
    # Head 0, token 0: query 0 scores 0 with both keys: weights 1/2, 1/2, output (0 + 7) / 2 = 3.5.
    # Head 1, token 1: query 0 likewise: (5 + 0) / 2 = 2.5.
    # Head 0, token 1: scores 0 and 49: all on token 1, output 7. Head 1, token 0: 25 and 0: 5.
    attention = MultiHeadAttention(2, 2, bias=False)
    with torch.no_grad():
        for linear in (attention.w_q, attention.w_k, attention.w_v, attention.w_o):
            linear.weight.copy_(torch.eye(2))
    output, weights = attention(torch.tensor([[[0.0, 5.0], [7.0, 0.0]]]))
    assert torch.allclose(output, torch.tensor([[[3.5, 5.0], [7.0, 2.5]]]))
    assert torch.allclose(weights[0, 0], torch.tensor([[0.5, 0.5], [0.0, 1.0]]))
    assert torch.allclose(weights[0, 1], torch.tensor([[1.0, 0.0], [0.5, 0.5]]))


def test_each_head_is_an_attention_of_its_own_slice():
    attention, x = MultiHeadAttention(D, H), torch.randn(B, TQ, D)
    _, weights = attention(x)
    for head in range(H):
        own = slice(head * DK, (head + 1) * DK)
        q, k, v = (linear(x)[..., own] for linear in (attention.w_q, attention.w_k, attention.w_v))
        torch.testing.assert_close(weights[:, head], scaled_dot_product_attention(q, k, v)[1])


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("bias", [True, False])
def test_equals_torchs_from_query_to_key(bias):
    attention = MultiHeadAttention(D, H, bias=bias)
    query, key, value = torch.randn(B, TQ, D), torch.randn(B, TK, D), torch.randn(B, TK, D)
    output, weights = attention(query, key, value)
    expected, expected_weights = torchs(attention, bias=bias)(query, key, value, average_attn_weights=False)
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    torch.testing.assert_close(weights, expected_weights, atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
def test_equals_torchs_with_itself_causal_and_padded():
    attention, x = MultiHeadAttention(D, H), torch.randn(B, TQ, D)
    tokens = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    output, weights = attention(x, mask=causal_mask(TQ) & padding_mask(tokens))
    expected, expected_weights = torchs(attention)(  # torch's masks say what may NOT be seen
        x, x, x, attn_mask=~causal_mask(TQ), key_padding_mask=tokens == 0, average_attn_weights=False
    )
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    torch.testing.assert_close(weights, expected_weights, atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
def test_gradients_equal_torchs():
    attention, x = MultiHeadAttention(D, H), torch.randn(B, TQ, D)
    reference = torchs(attention)
    attention(x)[0].square().sum().backward()
    reference(x, x, x)[0].square().sum().backward()
    packed = torch.cat([linear.weight.grad for linear in (attention.w_q, attention.w_k, attention.w_v)])
    torch.testing.assert_close(packed, reference.in_proj_weight.grad, atol=1e-10, rtol=0)
    torch.testing.assert_close(attention.w_o.weight.grad, reference.out_proj.weight.grad, atol=1e-10, rtol=0)


def test_value_is_key_and_key_is_query_where_none_is_given():
    attention, x, y = MultiHeadAttention(D, H), torch.randn(B, TQ, D), torch.randn(B, TK, D)
    assert torch.equal(attention(x)[0], attention(x, x, x)[0])
    assert torch.equal(attention(x, y)[0], attention(x, y, y)[0])


@settings(max_examples=30, deadline=None)
@given(length=st.integers(1, 7), padding=st.integers(0, 5), seed=st.integers(0, 999))
def test_padding_never_changes_the_rest(length, padding, seed):
    torch.manual_seed(seed)
    attention, x = MultiHeadAttention(D, H).double(), torch.randn(1, length, D, dtype=torch.float64)
    junk = 1e3 * torch.randn(1, padding, D, dtype=torch.float64)
    tokens = torch.tensor([[1] * length + [0] * padding])
    output, weights = attention(torch.cat([x, junk], dim=1), mask=padding_mask(tokens))
    alone, alone_weights = attention(x)
    torch.testing.assert_close(output[:, :length], alone, atol=1e-10, rtol=0)
    torch.testing.assert_close(weights[..., :length, :length], alone_weights, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    "d_model, num_heads, says",
    [
        (10, 4, "d_model 10 does not split into 4 heads; use a multiple of 4"),
        (16, 0, "d_model 16 does not split into 0 heads"),
    ],
)
def test_heads_that_do_not_divide_are_refused(d_model, num_heads, says):
    with pytest.raises(ValueError, match=says):
        MultiHeadAttention(d_model, num_heads)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda attend: attend(torch.zeros(B, TQ, 13)), ["query (2, 5, 13)", "d_model 33", "(B, T, 33)"]),
        (lambda attend: attend(torch.zeros(TQ, D)), ["query (5, 33)", "query[None]"]),
        (
            lambda attend: attend(torch.zeros(B, TQ, D), torch.zeros(B, TK, 13)),
            ["key (2, 7, 13)", "d_model 33"],
        ),
        (
            lambda attend: attend(torch.zeros(B, TQ, D), torch.zeros(B, TK, D), torch.zeros(B, TQ, D)),
            ["7 and 5"],
        ),
        # With B = H this would run, and hide the wrong tokens.
        (
            lambda attend: attend(torch.zeros(H, TQ, D), mask=torch.ones(H, TQ, TQ, dtype=torch.bool)),
            ["mask (3, 5, 5)", "(B, H, Tq, Tk)", "mask[:, None]"],
        ),
        (
            lambda attend: attend(torch.zeros(B, TQ, D), mask=torch.full((TQ, TQ), float("nan"))),
            ["torch.float32", "nan", "make it bool"],
        ),
    ],
)
def test_refuses_with_the_values_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call(MultiHeadAttention(D, H))
    assert all(part in str(refused.value) for part in says), refused.value
