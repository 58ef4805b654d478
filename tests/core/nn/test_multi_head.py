"""multi_head.py: worked by hand, equal to nn.MultiheadAttention with the same weights; shared keys are copied keys."""

import pytest
import torch
from cases import shaken
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn

from transformer_core.nn.attention import (
    causal_mask,
    fused_attention,
    padding_mask,
    scaled_dot_product_attention,
)
from transformer_core.nn.kv_cache import LayerCache
from transformer_core.nn.multi_head import MultiHeadAttention

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
def test_a_group_of_one_is_plain_multi_head():
    plain, grouped = MultiHeadAttention(D, H), MultiHeadAttention(D, H, num_kv_heads=H)
    grouped.load_state_dict(plain.state_dict())
    x = torch.randn(B, TQ, D)
    assert torch.equal(plain(x)[0], grouped(x)[0])


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("kv_heads", [1, 2, 3, 6])
def test_shared_keys_are_copied_keys(kv_heads):
    # Each group's key and value rows written once for every query head of the group: plain multi-head.
    grouped, plain = shaken(MultiHeadAttention(42, 6, num_kv_heads=kv_heads)), MultiHeadAttention(42, 6)
    state = grouped.state_dict()
    for name in ("w_k.weight", "w_k.bias", "w_v.weight", "w_v.bias"):
        groups = state[name].split(7)  # Dk = 42 / 6 rows each
        state[name] = torch.cat([groups[head * kv_heads // 6] for head in range(6)])
    plain.load_state_dict(state)
    x = torch.randn(B, TQ, 42)
    for mine, theirs in zip(grouped(x), plain(x), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-10, rtol=0)


def test_queries_share_with_their_neighbours():
    # 4 query heads, 2 key heads of width 1: heads 0 and 1 read column 0 of the keys, 2 and 3 column 1.
    attention = MultiHeadAttention(4, 4, num_kv_heads=2, bias=False)
    with torch.no_grad():
        attention.w_q.weight.copy_(torch.eye(4))
        attention.w_k.weight.copy_(torch.eye(4)[:2])
        attention.w_v.weight.copy_(torch.eye(4)[:2])
        attention.w_o.weight.copy_(torch.eye(4))
    # All queries are 0, so each head averages its values over both tokens: (1 + 3) / 2 and (10 + 20) / 2.
    output, _ = attention(torch.zeros(1, 1, 4), torch.tensor([[[1.0, 10, 0, 0], [3, 20, 0, 0]]]))
    assert output.tolist() == [[[2, 2, 15, 15]]]


@pytest.mark.usefixtures("float64")
def test_a_cache_gives_what_reading_everything_gives():
    attention, x = shaken(MultiHeadAttention(42, 6, num_kv_heads=2)), torch.randn(B, TK, 42)
    whole, weights = attention(x, mask=causal_mask(TK))
    cache, outputs = LayerCache(), []
    with torch.no_grad():
        for start, end in [(0, 2), (2, 3), (3, 7)]:  # two, one and four tokens at a time
            mask = causal_mask(end - start, past=start)
            output, found = attention(x[:, start:end], mask=mask, cache=cache)
            outputs.append(output)
            torch.testing.assert_close(found, weights[:, :, start:end, :end], atol=1e-10, rtol=0)
    torch.testing.assert_close(torch.cat(outputs, dim=1), whole, atol=1e-10, rtol=0)


def test_queries_and_keys_are_turned_and_values_are_not():
    attention, x = MultiHeadAttention(D, H), torch.randn(B, TQ, D)
    seen = []
    attention(x, rotate=lambda heads: seen.append(heads) or -heads)
    assert len(seen) == 2 and all(heads.shape == (B, H, TQ, DK) for heads in seen)
    # Both turned half around is neither turned: (-q) . (-k) = q . k, and the values stay.
    torch.testing.assert_close(attention(x, rotate=lambda heads: -heads)[0], attention(x)[0])


def test_any_attention_function_can_be_passed_in():
    attention, x = MultiHeadAttention(D, H), torch.randn(B, TQ, D)

    def the_first(query, key, value, *, mask=None, bias=None):
        return value[..., :1, :].expand_as(query), None

    output, weights = attention(x, attend=the_first)
    assert weights is None
    torch.testing.assert_close(output, attention.w_o(attention.w_v(x[:, :1])).expand_as(x))


@pytest.mark.usefixtures("float64")
def test_gradcheck():
    attention = MultiHeadAttention(6, 3, num_kv_heads=1)
    x, mask = torch.randn(2, 3, 6, requires_grad=True), causal_mask(3) & torch.tensor([True, False, True])
    for attend in (scaled_dot_product_attention, fused_attention):
        assert torch.autograd.gradcheck(lambda x, attend=attend: attention(x, mask=mask, attend=attend)[0], x)


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


@examples(30)
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


@pytest.mark.parametrize("num_kv_heads", [4, 0, 12])
def test_groups_that_do_not_divide_are_refused(num_kv_heads):
    says = f"6 heads do not share {num_kv_heads} keys evenly; make num_kv_heads a divisor of 6"
    with pytest.raises(ValueError, match=says):
        MultiHeadAttention(42, 6, num_kv_heads=num_kv_heads)


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
