"""position_bias.py: ALiBi and T5's buckets by hand, equal to transformers' and to the reference."""

import numpy as np
import pytest
import reference
import torch
from cases import array, close
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from transformers import T5Config
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention

from transformer_core.nn.attention import fused_attention, scaled_dot_product_attention
from transformer_core.nn.position_bias import (
    RelativePositionBias,
    alibi_bias,
    alibi_slopes,
    relative_buckets,
)


def test_slopes_worked_by_hand():
    # 8 heads: 2^-1, 2^-2, ..., 2^-8.
    assert alibi_slopes(8).tolist() == [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256]
    # 6 is no power of two: those of 4 heads, 2^-2 2^-4 2^-6 2^-8, then the first and third of 8 heads.
    assert alibi_slopes(6).tolist() == [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8]
    assert alibi_slopes(1).tolist() == [1 / 256]
    # 12: those of 8 heads, then every second of 16 heads': 2^-0.5, 2^-1.5, 2^-2.5, 2^-3.5.
    assert alibi_slopes(12)[8:].tolist() == pytest.approx([2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5])


def test_a_bias_worked_by_hand():
    # One head of slope 1/256, three positions; with one in the cache, the last two rows.
    steps = torch.tensor([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]])
    assert torch.equal(alibi_bias(1, 3), -steps[None, None] / 256)
    assert torch.equal(alibi_bias(1, 2, past=1), -steps[None, None, 1:] / 256)


@pytest.mark.usefixtures("float64")
@examples(40)
@given(heads=st.integers(1, 40), length=st.integers(0, 7), past=st.integers(0, 7))
def test_alibi_equals_the_reference(heads, length, past):
    expected = reference.alibi(heads, length, past=past).reshape(1, heads, length, past + length)
    close(alibi_bias(heads, length, past=past), expected, atol=1e-10)


@pytest.mark.parametrize("heads", [1, 2, 3, 6, 8, 12, 16, 31, 40])
def test_alibi_equals_transformers_up_to_a_shift_of_each_row(heads):
    # Theirs grows with the key's position instead of falling with the distance: in a row of keys that lie
    # behind, the two differ by a constant, which a softmax forgets.
    length = 7
    theirs = build_alibi_tensor(torch.ones(1, length, dtype=torch.int64), heads, torch.float32)  # (H, 1, T)
    ours = alibi_bias(heads, length)[0]
    for i in range(length):
        behind = slice(0, i + 1)
        shifted = theirs[:, 0, behind] - theirs[:, 0, i : i + 1]
        torch.testing.assert_close(ours[:, i, behind], shifted, atol=1e-6, rtol=1e-6)


@pytest.mark.usefixtures("float64")
def test_a_slope_of_0_changes_nothing_and_a_steep_one_leaves_the_token_itself():
    query, key, value = torch.randn(3, 2, 3, 5, 7)
    for attend in (scaled_dot_product_attention, fused_attention):
        plain, _ = attend(query, key, value)
        flat, _ = attend(query, key, value, bias=0 * alibi_bias(3, 5))
        torch.testing.assert_close(flat, plain, atol=1e-12, rtol=0)
        steep, _ = attend(query, key, value, bias=1e6 * alibi_bias(3, 5))
        torch.testing.assert_close(steep, value, atol=1e-12, rtol=0)


def buckets(distances, **how):
    return relative_buckets(torch.tensor(distances), **how).tolist()


def test_buckets_worked_by_hand():
    # 8 numbers and max_distance 16. One way: 4 for single steps 0 to 3; then 4 + floor(4 log(n / 4) / log 4):
    # 4 and 5 steps get 4, 6 and 7 get 5, 8 to 11 get 6, all from 12 on get 7. Ahead counts as 0.
    one_way = {"num_buckets": 8, "max_distance": 16, "both_ways": False}
    assert buckets([0, -1, -2, -3, -4, -5, -6, -7, -8, -11, -12, -99], **one_way) == [
        0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7,
    ]  # fmt: skip
    assert buckets([1, 5, 99], **one_way) == [0, 0, 0]
    # Both ways: 4 for each side, of which 2 for single steps; 2 + floor(2 log(n / 2) / log 8).
    both = {"num_buckets": 8, "max_distance": 16, "both_ways": True}
    assert buckets([0, -1, -2, -5, -6, -99], **both) == [0, 1, 2, 2, 3, 3]
    assert buckets([1, 2, 5, 6, 99], **both) == [5, 6, 6, 7, 7]


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("numbers, furthest", [(32, 128), (6, 5), (8, 16), (16, 300), (10, 23)])
def test_buckets_equal_transformers_over_all_distances(numbers, furthest, both_ways):
    distances = torch.arange(-700, 701)
    ours = relative_buckets(distances, num_buckets=numbers, max_distance=furthest, both_ways=both_ways)
    theirs = T5Attention._relative_position_bucket(distances, both_ways, numbers, furthest)
    assert torch.equal(ours, theirs)


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("numbers, furthest", [(32, 128), (6, 5), (8, 16), (16, 300), (10, 23)])
def test_buckets_equal_the_reference(numbers, furthest, both_ways):
    # The reference has exact edges, ours are rounded as the published code rounds: at an edge, where the
    # distance over the single steps is a power of the growth, they may disagree by one.
    how = {"num_buckets": numbers, "max_distance": furthest, "both_ways": both_ways}
    single = (numbers // 2 if both_ways else numbers) // 2
    shared = (numbers // 2 if both_ways else numbers) - single
    edges = {round(single * (furthest / single) ** (k / shared)) for k in range(shared + 1)}
    distances = [d for d in range(-700, 701) if abs(d) not in edges]
    assert buckets(distances, **how) == [reference.t5_bucket(d, **how) for d in distances]


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("both_ways", [True, False])
def test_the_bias_equals_the_references_and_transformers(both_ways):
    bias = RelativePositionBias(3, num_buckets=10, max_distance=23, both_ways=both_ways)
    expected = reference.t5_bias(array(bias.table.weight), 7, past=5, max_distance=23, both_ways=both_ways)
    close(bias(7, past=5), expected[None], atol=1e-12)
    config = T5Config(
        d_model=12, num_heads=3, relative_attention_num_buckets=10, relative_attention_max_distance=23,
        is_decoder=not both_ways,
    )  # fmt: skip
    theirs = T5Attention(config, has_relative_attention_bias=True, layer_idx=0)
    theirs.relative_attention_bias.load_state_dict(bias.table.state_dict())
    torch.testing.assert_close(bias(12), theirs.compute_bias(12, 12), atol=1e-12, rtol=0)


@examples(20)
@given(length=st.integers(1, 7), past=st.integers(0, 7), both_ways=st.booleans())
def test_rows_after_a_cache_are_the_last_rows_of_the_whole(length, past, both_ways):
    bias = RelativePositionBias(3, num_buckets=6, max_distance=5, both_ways=both_ways)
    assert torch.equal(bias(length, past=past), bias(past + length)[:, :, past:])
    assert torch.equal(alibi_bias(3, length, past=past), alibi_bias(3, past + length)[:, :, past:])


def test_a_bias_that_is_the_same_everywhere_is_none():
    bias = RelativePositionBias(3, num_buckets=6, max_distance=5, both_ways=True)
    torch.nn.init.constant_(bias.table.weight, 7.0)
    query, key, value = torch.randn(3, 2, 3, 5, 7)
    flat, _ = scaled_dot_product_attention(query, key, value, bias=bias(5))
    torch.testing.assert_close(flat, scaled_dot_product_attention(query, key, value)[0])


def test_every_bucket_that_a_distance_uses_learns():
    bias = RelativePositionBias(2, num_buckets=6, max_distance=5, both_ways=True)
    bias(7).sum().backward()
    # How many of the 7 x 7 pairs fall into each bucket, by the reference.
    counts = np.zeros(6)
    for i, j in np.ndindex(7, 7):
        counts[reference.t5_bucket(j - i, num_buckets=6, max_distance=5, both_ways=True)] += 1
    assert bias.table.weight.grad.tolist() == [[count, count] for count in counts]


@pytest.mark.parametrize("num_buckets, max_distance", [(2, 128), (32, 8), (32, 4)])
def test_buckets_that_leave_no_room_to_grow_are_refused(num_buckets, max_distance):
    distances = torch.arange(-9, 10)
    with pytest.raises(ValueError, match=f"max_distance {max_distance} do not go together"):
        relative_buckets(distances, num_buckets=num_buckets, max_distance=max_distance, both_ways=True)
