"""low_rank.py: worked by hand, exact at full rank, and of low rank below it."""

import math

import pytest
import torch
from beside_exact import DK, TK, TQ, B, H, assert_same, growth, inputs, outcome
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.efficient.low_rank import LinformerAttention, average_neighbours, low_rank_attention
from transformer_core.nn.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.nn.multi_head import MultiHeadAttention

RANK = 7


def mixes(rank=RANK, length=TK):
    return {name: torch.randn(rank, length, dtype=torch.float64) for name in ("mix_keys", "mix_values")}


def test_numbers_worked_by_hand():
    # Four keys mixed to two by averaging neighbours: (0 + 2 ln 3) / 2 = ln 3 and (5 - 5) / 2 = 0.
    # Query 1, Dk = 1: softmax of (ln 3, 0) is 3/4 and 1/4.
    # The values' mix takes the first of each pair: 2 and 8.
    query, key = torch.tensor([[1.0]]), torch.tensor([[0.0], [2 * math.log(3)], [5.0], [-5.0]])
    value = torch.tensor([[2.0], [6.0], [8.0], [0.0]])
    first_of_each = torch.tensor([[1.0, 0, 0, 0], [0, 0, 1, 0]])
    output, weights = low_rank_attention(
        query, key, value, mix_keys=average_neighbours(4, 2), mix_values=first_of_each
    )
    assert output.item() == pytest.approx(0.75 * 2 + 0.25 * 8)
    assert weights is None


def test_averages_of_neighbours_by_hand():
    assert average_neighbours(4, 2).tolist() == [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]]
    thirds = average_neighbours(5, 2)  # 5 does not split in two: the middle is in both
    torch.testing.assert_close(thirds, torch.tensor([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]]) / 3)
    assert torch.equal(average_neighbours(7, 7), torch.eye(7))


@examples(30)
@given(length=st.integers(1, 29), share=st.floats(0, 1))
def test_averages_are_averages_and_leave_no_token_out(length, share):
    mix = average_neighbours(length, 1 + int(share * (length - 1)))
    torch.testing.assert_close(mix.sum(-1), torch.ones(len(mix)))
    assert (mix >= 0).all() and (mix.sum(0) > 0).all()


def test_the_identity_for_both_mixes_is_exact_attention():
    tensors, same = inputs(), torch.eye(TK, dtype=torch.float64)
    plain = outcome(scaled_dot_product_attention, *tensors)
    assert_same(outcome(low_rank_attention, *tensors, mix_keys=same, mix_values=same), plain)


@pytest.mark.usefixtures("float64")
def test_a_rank_as_large_as_the_length_starts_as_exact_attention():
    tensors = inputs()
    plain = outcome(scaled_dot_product_attention, *tensors)
    assert_same(outcome(LinformerAttention(TK, TK), *tensors), plain)


def test_equals_the_equation_and_its_gradients_too():
    tensors, mix = inputs(), mixes()

    def equation(query, key, value):
        scores = torch.einsum("bhqd,kt,bhtd->bhqk", query, mix["mix_keys"], key) / math.sqrt(DK)
        return torch.einsum("bhqk,kt,bhtd->bhqd", scores.softmax(-1), mix["mix_values"], value), None

    assert_same(outcome(low_rank_attention, *tensors, **mix), outcome(equation, *tensors))


def test_the_table_has_a_low_rank_and_is_not_sparse():
    # With the identity as values, the output is the table that multiplies the tokens.
    query, key, _ = inputs(tq=29, tk=TK, leading=())
    value = torch.eye(TK, dtype=torch.float64)
    table, _ = low_rank_attention(query, key, value, **mixes())
    exact, _ = scaled_dot_product_attention(query, key, value)
    assert torch.linalg.matrix_rank(table, rtol=1e-10) == RANK
    assert torch.linalg.matrix_rank(exact, rtol=1e-10) == TK
    assert (table != 0).all()


def test_every_head_may_have_mixes_of_its_own():
    query, key, value = inputs()
    mix_keys, mix_values = (torch.randn(H, RANK, TK, dtype=torch.float64) for _ in range(2))
    output, _ = low_rank_attention(query, key, value, mix_keys=mix_keys, mix_values=mix_values)
    for h in range(H):
        own, _ = low_rank_attention(
            query[:, h], key[:, h], value[:, h], mix_keys=mix_keys[h], mix_values=mix_values[h]
        )
        torch.testing.assert_close(output[:, h], own, atol=1e-12, rtol=0)


def test_what_is_padding_cannot_reach_the_rest():
    (query, key, value), mix = inputs(), mixes()
    mask = padding_mask(torch.tensor([[1] * TK, [1] * 11 + [0] * 6]))
    before, _ = low_rank_attention(query, key, value, mask=mask, **mix)
    key[1, :, 11:] = value[1, :, 11:] = 1e6
    after, _ = low_rank_attention(query, key, value, mask=mask, **mix)
    assert torch.equal(before, after)


@pytest.mark.usefixtures("float64")
def test_a_padded_sequence_equals_the_same_alone():
    query, key, value = inputs()
    attend = LinformerAttention(TK, RANK)
    padded, _ = attend(query, key, value, mask=padding_mask(torch.tensor([[1] * 11 + [0] * 6])))
    alone, _ = attend(query, key[..., :11, :], value[..., :11, :])
    torch.testing.assert_close(padded, alone, atol=1e-10, rtol=0)


def test_a_sequence_of_padding_alone_gives_zeros():
    nothing = torch.zeros(1, 1, 1, TK, dtype=torch.bool)
    output, *grads = outcome(low_rank_attention, *inputs(), mask=nothing, **mixes())
    assert (output == 0).all() and all(grad.isfinite().all() for grad in grads)


def test_it_is_not_causal():
    # One mixture of all keys: the first query's output changes with the last key and value.
    (query, key, value), mix = inputs(tq=TK), mixes()
    before, _ = low_rank_attention(query, key, value, **mix)
    value[..., -1, :] += 1
    after, _ = low_rank_attention(query, key, value, **mix)
    assert ((before - after)[..., 0, :].abs() > 1e-6).all()


@pytest.mark.usefixtures("float64")
def test_both_mixes_learn():
    attend = LinformerAttention(TK, RANK)
    attend(*inputs())[0].square().sum().backward()
    assert {name for name, _ in attend.named_parameters()} == {"mix_keys", "mix_values"}
    assert all((mix.grad != 0).all() for mix in attend.parameters())


@pytest.mark.usefixtures("float64")
def test_a_layer_can_attend_with_it():
    layer, x = MultiHeadAttention(H * DK, H), torch.randn(B, TQ, H * DK)
    expected, _ = layer(x)
    output, weights = layer(x, attend=LinformerAttention(TQ, TQ))
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    assert weights is None


@pytest.mark.parametrize("backward", [False, True])
def test_memory_and_work_grow_with_the_length(backward):
    def linformer(length, *tensors):
        mix = torch.ones(16, 1).expand(16, length)  # a learned mix is no memory of the call
        mask = torch.ones(1, 1, 1, length, dtype=torch.bool)
        return low_rank_attention(*tensors, mix_keys=mix, mix_values=mix, mask=mask)

    memory, work = growth(linformer, 128, backward=backward)
    assert memory == pytest.approx(2, rel=0.02) and work == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    "call, says",
    [
        (
            lambda: low_rank_attention(*inputs(), mask=causal_mask(TQ, past=TK - TQ), **mixes()),
            [f"mask {(TQ, TK)}", "other queries", "(B, 1, 1, Tk)", "cannot be causal"],
        ),
        (
            lambda: low_rank_attention(*inputs(), bias=torch.zeros(TK), **mixes()),
            [f"bias {(TK,)}", "single keys", "tiled_attention"],
        ),
        (
            lambda: low_rank_attention(*inputs(), **mixes(length=19)),
            ["mix_keys (7, 19)", f"key {(B, H, TK, DK)}", f"(rank, {TK})"],
        ),
        (
            lambda: low_rank_attention(*inputs(), **{**mixes(), "mix_values": torch.zeros(5, TK)}),
            ["7 rows", "mix_values 5", "the same rank"],
        ),
        (
            lambda: LinformerAttention(11, 3)(*inputs()),
            [f"key {(B, H, TK, DK)}", "17 tokens", "made for 11", "LinformerAttention(17, ...)"],
        ),
        (lambda: LinformerAttention(11, 13), ["rank 13", "length of 11", "use 1 to 11"]),
        (lambda: average_neighbours(11, 0), ["rank 0", "use 1 to 11"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
