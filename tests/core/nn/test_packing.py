"""packing.py: tokens in one row and back again, and attention that keeps the sequences apart."""

import pytest
import torch
from cases import attention_masks
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.nn.packing import Packing

B, H, T, DK = 3, 2, 7, 5
pytestmark = pytest.mark.usefixtures("float64")


def test_packing_by_hand():
    packing = Packing(torch.tensor([[0, 1, 1], [0, 0, 0], [1, 0, 1]]))
    x = torch.arange(9.0).view(3, 3, 1) + 1
    packed = packing.pack(x)
    assert packed.tolist() == [[[2], [3], [7], [9]]]
    assert packing.unpack(10 * packed)[..., 0].tolist() == [[0, 20, 30], [0, 0, 0], [70, 0, 90]]


@examples(30)
@given(tokens=attention_masks(B, T), dtype=st.sampled_from([torch.int64, torch.bool, torch.float32]))
def test_what_is_packed_comes_back_and_padding_comes_back_as_0(tokens, dtype):
    packing, x = Packing(tokens.to(dtype)), torch.randn(B, T, 11)
    packed = packing.pack(x)
    assert packed.shape == (1, int(tokens.sum()), 11)
    assert torch.equal(packing.unpack(packed), x * tokens[..., None])
    positions = torch.arange(T).expand(B, T)
    assert torch.equal(packing.pack(positions)[0], positions[tokens.bool()])


@examples(60)
@given(tokens=attention_masks(B, T), masked=st.booleans(), biased=st.booleans(), seed=st.integers(0, 9999))
def test_attention_in_one_row_equals_attention_under_a_padding_mask(tokens, masked, biased, seed):
    torch.manual_seed(seed)
    packing = Packing(tokens)
    inputs = [torch.randn(B, H, T, DK, requires_grad=True) for _ in range(3)]
    mask = causal_mask(T) if masked else None
    bias = torch.randn(1, H, T, T) if biased else None
    rows = [packing.pack(x.transpose(1, 2)).transpose(1, 2) for x in inputs]  # (1, H, N, Dk)
    output, weights = packing.attend(*rows, mask=mask, bias=bias)
    assert weights is None
    ours = packing.unpack(output.transpose(1, 2).flatten(-2)).unflatten(-1, (H, DK)).transpose(1, 2)
    looks = padding_mask(tokens) if mask is None else padding_mask(tokens) & mask
    expected, _ = scaled_dot_product_attention(*inputs, mask=looks, bias=bias)
    expected = expected * tokens[:, None, :, None]  # a row of padding looks too, at nothing that matters
    torch.testing.assert_close(ours, expected, atol=1e-10, rtol=0)
    towards = torch.randn_like(ours)
    for mine, theirs in zip(
        torch.autograd.grad((ours * towards).sum(), inputs),
        torch.autograd.grad((expected * towards).sum(), inputs),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, atol=1e-10, rtol=0)


def test_a_batch_of_nothing_but_padding():
    packing = Packing(torch.zeros(B, T, dtype=torch.int64))
    empty = packing.pack(torch.randn(B, T, 11))
    assert empty.shape == (1, 0, 11)
    heads = torch.zeros(1, H, 0, DK)
    assert packing.attend(heads, heads, heads)[0].shape == (1, H, 0, DK)
    assert torch.equal(packing.unpack(empty), torch.zeros(B, T, 11))
