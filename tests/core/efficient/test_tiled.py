"""tiled.py: the step worked by hand, and all of it equal to the plain attention, gradients too."""

import math

import pytest
import torch
from beside_exact import DK, TK, TQ, B, H, assert_same, flops, growth, heads, inputs, outcome
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.efficient.tiled import add_tile, tiled_attention
from transformer_core.nn.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.nn.multi_head import MultiHeadAttention


def test_two_tiles_worked_by_hand():
    # Exponentials 1 and 2 with values 1 and 2, then 5 with value 10: (1 + 4 + 50) / (1 + 2 + 5) = 55/8.
    # After the first tile, relative to its highest, 2: total 1/2 + 1 = 3/2, mixed 1/2 + 2 = 5/2.
    # The second tile's 5 is higher: what was summed shrinks by 2/5, to 3/5 and 1; its own adds 1 and 10.
    nothing = torch.tensor([[-1e38]]), torch.zeros(1, 1), torch.zeros(1, 1)
    first = add_tile(*nothing, torch.tensor([[0.0, math.log(2)]]), torch.tensor([[1.0], [2.0]]))
    assert [x.item() for x in first] == pytest.approx([math.log(2), 1.5, 2.5])
    second = add_tile(*first, torch.tensor([[math.log(5)]]), torch.tensor([[10.0]]))
    assert [x.item() for x in second] == pytest.approx([math.log(5), 1.6, 11])
    assert 11 / 1.6 == 55 / 8


def test_a_lower_tile_shrinks_nothing():
    first = torch.tensor([[3.0]]), torch.tensor([[2.0]]), torch.tensor([[7.0]])
    highest, total, mixed = add_tile(*first, torch.tensor([[3 + math.log(0.5)]]), torch.tensor([[4.0]]))
    assert [highest.item(), total.item(), mixed.item()] == pytest.approx([3, 2.5, 9])


SHARED = [(TQ, TK), (1, TK), (TK,), (TQ, 1), (B, 1, 1, TK), (1, H, TQ, TK), (H, 1, TK), (B, H, TQ, TK)]


@examples(80)
@given(
    tile=st.integers(1, 19),
    masked=st.none() | st.sampled_from(SHARED),
    biased=st.none() | st.sampled_from(SHARED),
    causal=st.booleans(),
    seen=st.sampled_from([0.1, 0.6, 1]),
    seed=st.integers(0, 999),
)
def test_equals_the_plain_one_and_its_gradients_too(tile, masked, biased, causal, seen, seed):
    torch.manual_seed(seed)
    tensors = inputs()
    mask = None if masked is None else torch.rand(masked) < seen
    bias = None if biased is None else torch.randn(biased, dtype=torch.float64)
    both = mask
    if causal:
        past = causal_mask(TQ, past=TK - TQ)
        both = past if mask is None else past & mask
    plain = outcome(scaled_dot_product_attention, *tensors, mask=both, bias=bias)
    assert_same(outcome(tiled_attention, *tensors, mask=mask, bias=bias, causal=causal, tile=tile), plain)


@pytest.mark.parametrize("tile", [3, 29, 128])
def test_equals_the_plain_one_in_single_precision(tile):
    tensors = inputs(tq=127, tk=131, dtype=torch.float32)
    mask = torch.rand(B, 1, 127, 131) < 0.6
    plain = outcome(scaled_dot_product_attention, *tensors, mask=mask)
    assert_same(outcome(tiled_attention, *tensors, mask=mask, tile=tile), plain, atol=1e-5)


@pytest.mark.parametrize("dtype, atol", [(torch.bfloat16, 0.02), (torch.float16, 0.002)])
def test_many_tiles_lose_nothing_in_half_precision(dtype, atol):
    # Against the same rounded numbers in double precision: only the result is rounded once more.
    tensors = inputs(tq=61, tk=509, dtype=dtype)
    exact, _ = scaled_dot_product_attention(*(tensor.double() for tensor in tensors))
    output, _ = tiled_attention(*tensors, tile=3)
    assert output.dtype == dtype
    torch.testing.assert_close(output.double(), exact, atol=atol * exact.abs().max().item(), rtol=0)
    assert all(grad.dtype == dtype for grad in outcome(tiled_attention, *tensors, tile=64))


def test_derivatives_are_those_of_finite_differences():
    query, key, value = (x.requires_grad_() for x in inputs(tq=5, tk=7, dk=3, dv=2, leading=(2,)))
    bias = torch.randn(2, 1, 7, dtype=torch.float64, requires_grad=True)
    mask = torch.rand(5, 7) < 0.7
    mask[1] = False

    def attend(*tensors):
        return tiled_attention(*tensors[:3], bias=tensors[3], mask=mask, causal=True, tile=3)[0]

    assert torch.autograd.gradcheck(attend, (query, key, value, bias))


def test_more_queries_than_keys_leave_the_first_without_any():
    query, key, value = inputs(tq=7, tk=5)
    output, _ = tiled_attention(query, key, value, causal=True, tile=2)
    plain, _ = scaled_dot_product_attention(query, key, value, mask=causal_mask(7, past=-2))
    torch.testing.assert_close(output, plain, atol=1e-10, rtol=0)
    assert (output[..., :2, :] == 0).all()


def test_a_row_that_may_look_at_nothing_gives_zeros_and_takes_no_gradient():
    mask = torch.ones(TQ, TK, dtype=torch.bool)
    mask[3] = False
    output, *grads = outcome(tiled_attention, *inputs(), mask=mask, tile=4)
    assert (output[..., 3, :] == 0).all() and (grads[0][..., 3, :] == 0).all()
    assert all(grad.isfinite().all() for grad in grads)


@pytest.mark.parametrize("scale", [0, 1e-30, 1e4, 1e18])
def test_huge_and_tiny_scores_stay_finite(scale):
    tensors = [scale * tensor for tensor in inputs()]
    output, *grads = outcome(tiled_attention, *tensors, tile=4)
    assert output.isfinite().all() and all(grad.isfinite().all() for grad in grads)
    plain, _ = scaled_dot_product_attention(*tensors)
    torch.testing.assert_close(output, plain, atol=1e-10 * max(scale, 1), rtol=0)


def test_the_future_never_changes_the_past():
    query, key, value = inputs(tq=TK)
    before, _ = tiled_attention(query, key, value, causal=True, tile=4)
    for tensor in (query, key, value):
        tensor[..., 9:, :] = 1e6 * torch.randn_like(tensor[..., 9:, :])
    after, _ = tiled_attention(query, key, value, causal=True, tile=4)
    assert torch.equal(before[..., :9, :], after[..., :9, :])


def test_a_key_shared_by_all_heads_gets_the_gradients_of_all():
    query, key, value = inputs()
    shared = query, key[:, :1], value[:1]
    assert_same(outcome(tiled_attention, *shared, tile=4), outcome(scaled_dot_product_attention, *shared))


def test_a_layer_can_attend_with_it():
    layer = MultiHeadAttention(H * DK, H).double()
    x, mask = torch.randn(B, TQ, H * DK, dtype=torch.float64), padding_mask(torch.ones(B, TQ).tril(9))
    expected, _ = layer(x, mask=mask)
    output, weights = layer(x, mask=mask, attend=tiled_attention)
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    assert weights is None


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("backward", [False, True])
def test_memory_grows_with_the_length_and_the_tables_with_its_square(causal, backward):
    def tiled(length, *tensors):
        mask = torch.ones(1, 1, 1, length, dtype=torch.bool)
        return tiled_attention(*tensors, mask=mask, causal=causal, tile=32)

    def plain(length, *tensors):
        return scaled_dot_product_attention(*tensors)

    memory, _ = growth(tiled, 128, backward=backward)
    assert memory == pytest.approx(2, rel=0.02)
    memory, work = growth(plain, 128, backward=backward)
    assert memory == pytest.approx(4, rel=0.1) and work == 4


def test_tiles_in_the_future_are_not_computed():
    # 512 positions in tiles of 64 are 8 x 8 tiles: 36 of them on or below the diagonal.
    tensors = heads(512)
    every = flops(lambda: tiled_attention(*tensors, tile=64))
    assert flops(lambda: tiled_attention(*tensors, causal=True, tile=64)) / every == 36 / 64


@pytest.mark.parametrize(
    "extra, says",
    [
        ({"tile": 0}, ["a tile of 0", "use 1 or more"]),
        ({"mask": torch.zeros(TQ, TK)}, ["torch.float32", "make it bool", "bias="]),
        ({"mask": torch.ones(TK, TQ, dtype=torch.bool)}, [f"mask {(TK, TQ)}", "does not broadcast"]),
        ({"bias": torch.zeros(5, TQ, TK)}, [f"bias {(5, TQ, TK)}", "does not broadcast"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(extra, says):
    with pytest.raises(ValueError) as refused:
        tiled_attention(*inputs(), **extra)
    assert all(part in str(refused.value) for part in says), refused.value
