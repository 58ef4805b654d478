"""sparse.py: the pattern worked by hand; the chosen blocks exact, the others never read."""

from functools import partial

import pytest
import torch
from beside_exact import DK, DV, B, H, assert_same, growth, inputs, outcome
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.efficient.sparse import big_bird_blocks, block_sparse_attention
from transformer_core.nn.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.nn.multi_head import MultiHeadAttention

NQ, NK = 5, 7  # blocks
HEIGHT, WIDTH = 3, 2  # tokens in one


def blown_up(blocks, height=HEIGHT, width=WIDTH):
    """The same pattern as a mask of single tokens."""
    return blocks.repeat_interleave(height, 0).repeat_interleave(width, 1)


def test_the_pattern_without_chance_by_hand():
    blocks = big_bird_blocks(6, window=2, num_global=1, num_random=0)
    assert blocks.int().tolist() == [
        [1, 1, 1, 1, 1, 1],  # the global one sees all
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],  # itself, one on both sides, and the global one
        [1, 0, 1, 1, 1, 0],
        [1, 0, 0, 1, 1, 1],
        [1, 0, 0, 0, 1, 1],
    ]


@examples(40)
@given(
    n=st.integers(1, 23),
    window=st.integers(1, 5),
    num_global=st.integers(0, 5),
    num_random=st.integers(0, 9),
    seed=st.integers(0, 99),
)
def test_chance_adds_its_number_to_each_row_or_all_that_are_left(n, window, num_global, num_random, seed):
    given_ = {"window": window, "num_global": num_global}
    plain = big_bird_blocks(n, num_random=0, **given_)
    blocks = big_bird_blocks(n, num_random=num_random, seed=seed, **given_)
    assert (blocks | ~plain).all()  # nothing is taken away
    assert torch.equal((blocks & ~plain).sum(-1), (~plain).sum(-1).clamp(max=num_random))


def test_a_seed_gives_the_same_again_and_another_gives_another():
    assert torch.equal(big_bird_blocks(31, seed=3), big_bird_blocks(31, seed=3))
    assert not torch.equal(big_bird_blocks(31, seed=3), big_bird_blocks(31, seed=4))


def test_a_global_block_connects_all_in_two_steps():
    steps = big_bird_blocks(31, num_random=0).double()
    assert (steps @ steps > 0).all() and not (steps > 0).all()


@examples(60)
@given(
    share=st.floats(0, 1),
    masked=st.sampled_from([None, (B, 1, 1, 14), (15, 14), (14,), (15, 1), (B, H, 15, 14)]),
    biased=st.sampled_from([None, (1, H, 15, 14), (H, 1, 14), (14,)]),
    seed=st.integers(0, 999),
)
def test_equals_the_plain_one_under_the_same_pattern_as_a_mask(share, masked, biased, seed):
    torch.manual_seed(seed)
    tensors = inputs(tq=NQ * HEIGHT, tk=NK * WIDTH)
    blocks = torch.rand(NQ, NK) < share  # rows without any block too
    mask = None if masked is None else torch.rand(masked) < 0.6
    bias = None if biased is None else torch.randn(biased, dtype=torch.float64)
    dense = blown_up(blocks) if mask is None else blown_up(blocks) & mask
    plain = outcome(scaled_dot_product_attention, *tensors, mask=dense, bias=bias)
    assert_same(outcome(block_sparse_attention, *tensors, blocks=blocks, mask=mask, bias=bias), plain)


def test_all_blocks_chosen_is_exact_attention():
    tensors, blocks = inputs(tq=NQ * HEIGHT, tk=NK * WIDTH), torch.ones(NQ, NK, dtype=torch.bool)
    plain = outcome(scaled_dot_product_attention, *tensors)
    assert_same(outcome(block_sparse_attention, *tensors, blocks=blocks), plain)


def test_big_birds_pattern_in_single_precision():
    tensors, blocks = inputs(tq=51, tk=51, dtype=torch.float32), big_bird_blocks(17)
    plain = outcome(scaled_dot_product_attention, *tensors, mask=blown_up(blocks, 3, 3))
    assert_same(outcome(block_sparse_attention, *tensors, blocks=blocks), plain, atol=1e-5)


def test_blocks_that_were_not_chosen_are_never_read():
    query, key, value = inputs(tq=15, tk=15)
    blocks = big_bird_blocks(5, num_global=0, num_random=0)  # the first three do not see the last
    before, _ = block_sparse_attention(query, key, value, blocks=blocks)
    key[..., 12:, :] = value[..., 12:, :] = float("nan")  # through a mask, 0 * nan would be nan
    after, _ = block_sparse_attention(query, key, value, blocks=blocks)
    assert torch.equal(before[..., :9, :], after[..., :9, :])
    assert after[..., 9:, :].isnan().all()


def test_padding_never_changes_the_rest():
    query, key, value = inputs(tq=15, tk=15)
    mask = padding_mask(torch.tensor([[1] * 15, [1] * 11 + [0] * 4]))
    attend = partial(block_sparse_attention, blocks=big_bird_blocks(5, num_random=1), mask=mask)
    before, _ = attend(query, key, value)
    key[1, :, 11:] = value[1, :, 11:] = 1e6
    after, _ = attend(query, key, value)
    assert torch.equal(before, after)


def test_within_a_block_the_future_can_be_hidden():
    query, key, value = inputs(tq=15, tk=15)
    attend = partial(
        block_sparse_attention, blocks=big_bird_blocks(5, num_random=1).tril(), mask=causal_mask(15)
    )
    before, _ = attend(query, key, value)
    key[..., 8:, :] = value[..., 8:, :] = 1e6
    after, _ = attend(query, key, value)
    assert torch.equal(before[..., :8, :], after[..., :8, :])


def test_a_key_shared_by_all_heads_is_fine():
    query, key, value = inputs(tq=15, tk=14)
    blocks = torch.rand(NQ, NK) < 0.5
    shared, _ = block_sparse_attention(query, key[:, :1], value[:, :1], blocks=blocks)
    copied, _ = block_sparse_attention(
        query, key[:, :1].expand_as(key), value[:, :1].expand_as(value), blocks=blocks
    )
    torch.testing.assert_close(shared, copied, atol=1e-12, rtol=0)


def test_a_layer_can_attend_with_it():
    layer, blocks = MultiHeadAttention(H * DK, H).double(), big_bird_blocks(5, num_random=1)
    x = torch.randn(B, 15, H * DK, dtype=torch.float64)
    expected, _ = layer(x, mask=blown_up(blocks, 3, 3))
    output, weights = layer(x, attend=partial(block_sparse_attention, blocks=blocks))
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    assert weights is None


@pytest.mark.parametrize("backward", [False, True])
def test_memory_and_work_grow_with_the_length(backward):
    def sparse(length, *tensors):
        mask = torch.ones(1, 1, 1, length, dtype=torch.bool)
        return block_sparse_attention(*tensors, blocks=big_bird_blocks(length // 16), mask=mask)

    memory, work = growth(sparse, 256, backward=backward)
    assert memory == pytest.approx(2, rel=0.03) and work == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: big_bird_blocks(5, window=0), ["window 0", "use 1 or more"]),
        (lambda: big_bird_blocks(5, num_global=-1), ["num_global -1", "use 0 or more"]),
        (lambda: big_bird_blocks(5, num_random=-2), ["num_random -2", "use 0 or more"]),
        (
            lambda: block_sparse_attention(*inputs(tq=13, tk=14), blocks=torch.ones(5, 7, dtype=torch.bool)),
            ["query of length 13", "5 blocks", "pad it to 15", "mask="],
        ),
        (
            lambda: block_sparse_attention(*inputs(tq=15, tk=17), blocks=torch.ones(5, 7, dtype=torch.bool)),
            ["key of length 17", "7 blocks", "pad it to 21"],
        ),
        (
            lambda: block_sparse_attention(*inputs(tq=15, tk=14), blocks=torch.ones(5, 7)),
            ["blocks (5, 7)", "torch.float32", "bool, as big_bird_blocks"],
        ),
        (
            lambda: block_sparse_attention(
                torch.zeros(15, DK), torch.zeros(14, DK), torch.zeros(15, DV), blocks=torch.ones(5, 7) > 0
            ),
            ["(14, 11)", "(15, 5)", "one value for each key"],
        ),
    ],
)
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
