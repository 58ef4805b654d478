"""quantise.py: scales and whole numbers by hand, each layer equal to the plain arithmetic, sizes counted."""

import copy

import pytest
import torch
from cases import small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn

from transformer_core.efficient.quantise import (
    KINDS,
    DynamicInt8Linear,
    Int4Linear,
    Int8Linear,
    dequantise,
    pack_nibbles,
    quantise,
    quantise_groups,
    quantise_rows,
    size_in_bytes,
    unpack_nibbles,
)


def test_a_row_worked_by_hand():
    # The largest is 2.54, so a step is 0.02: 1.0 is 50 steps, -0.025 is -1.25 of them.
    whole, scale = quantise_rows(torch.tensor([[2.54, 1.0, -0.025, 0.0], [0.0, 0.0, 0.0, 0.0]]))
    assert whole.tolist() == [[127, 50, -1, 0], [0, 0, 0, 0]]
    assert scale[0].item() == pytest.approx(0.02)
    assert whole.dtype == torch.int8 and (dequantise(whole, scale)[1] == 0).all()


def test_groups_worked_by_hand():
    # 4 bits reach from -7 to 7. The first pair's step is 1, the second's 10.
    whole, scale = quantise_groups(torch.tensor([[7.0, -3.2, 70.0, 14.0]]), 2)
    assert whole.tolist() == [[7, -3, 7, 1]] and scale.tolist() == [[1.0, 10.0]]
    assert dequantise(whole, scale).tolist() == [[7.0, -3.0, 70.0, 10.0]]
    # With one scale for all, the small ones fall to 0.
    assert quantise_groups(torch.tensor([[7.0, -3.2, 70.0, 14.0]]), 4)[0].tolist() == [[1, 0, 7, 1]]


@examples(40)
@given(
    seed=st.integers(0, 999),
    bits=st.integers(2, 8),
    group=st.sampled_from([1, 3, 4, 12]),
    size=st.sampled_from([1e-30, 1, 1e30]),
)
def test_nothing_is_off_by_more_than_half_a_step(seed, bits, group, size):
    torch.manual_seed(seed)
    x = size * torch.randn(5, 12, dtype=torch.float64)
    whole, scale = quantise_groups(x, group, bits=bits)
    highest = 2 ** (bits - 1) - 1
    assert whole.abs().max() == highest  # the largest number uses the whole range
    off = (dequantise(whole, scale) - x).abs().unflatten(-1, (-1, group))
    assert (off <= scale[..., None] * 0.5 * (1 + 1e-9)).all()


def test_nibbles_worked_by_hand_and_back():
    # -8 is 0 and 7 is 15: the first number is the lower half of its byte.
    assert pack_nibbles(torch.tensor([-8, 7, 0, -7], dtype=torch.int8)).tolist() == [0xF0, 0x18]
    every = torch.arange(-8, 8, dtype=torch.int8)
    pairs = torch.cartesian_prod(every, every)
    assert torch.equal(unpack_nibbles(pack_nibbles(pairs), 2), pairs)
    assert pack_nibbles(every[:3]).tolist() == [0x10, 0x02]
    assert torch.equal(unpack_nibbles(pack_nibbles(every[:3]), 3), every[:3])


def linear(inside=64, out=48, dtype=torch.float32, bias=True):
    return nn.Linear(inside, out, bias=bias).to(dtype)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind, made", [("int8", Int8Linear), ("int4", Int4Linear)])
def test_weight_only_is_the_plain_product_with_rounded_weights(kind, made, bias):
    layer, x = linear(dtype=torch.float64, bias=bias), torch.randn(2, 3, 64, dtype=torch.float64)
    rounded = copy.deepcopy(layer)
    split = quantise_rows(layer.weight.data) if kind == "int8" else quantise_groups(layer.weight.data, 32)
    rounded.weight.data = dequantise(*split)
    small_one = quantise(layer, kind)
    assert type(small_one) is made
    torch.testing.assert_close(small_one(x), rounded(x), atol=1e-10, rtol=0)


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("kind, group", [("int8", 32), ("int4", 32), ("int4", 64)])
def test_the_kernels_of_bfloat16_give_the_same_up_to_its_rounding(kind, group, rows):
    layer = linear(dtype=torch.bfloat16)
    x = torch.randn(rows, 64, dtype=torch.bfloat16)
    weight = layer.weight.data
    whole, scale = quantise_rows(weight) if kind == "int8" else quantise_groups(weight, group)
    exact = x.double() @ dequantise(whole, scale.bfloat16().double()).T + layer.bias.double()
    output = quantise(layer, kind, group=group)(x)
    assert output.dtype == torch.bfloat16
    torch.testing.assert_close(output.double(), exact, atol=0.02, rtol=0)


def test_what_the_kernels_cannot_read_is_multiplied_out():
    for kind, inside in (("int8", 11), ("int4", 10)):
        layer, x = linear(inside, 7, torch.bfloat16), torch.randn(3, inside).bfloat16()
        output = quantise(layer, kind, group=5)(x)
        assert ((output - layer(x)).norm() / layer(x).norm()).item() < 0.15


def test_dynamic_is_two_scales_times_an_exact_sum_of_whole_numbers():
    layer, x = linear(13, 7, torch.float64), torch.randn(2, 5, 13, dtype=torch.float64)
    tokens, token_scale = quantise_rows(x)
    weights, scale = quantise_rows(layer.weight.data)
    sums = torch.einsum("btk,nk->btn", tokens.long(), weights.long())
    expected = sums * token_scale * scale.squeeze(-1) + layer.bias
    output = quantise(layer, "int8-dynamic")(x)
    assert output.dtype == torch.float64
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)


def test_one_loud_token_does_not_blur_the_others():
    layer, x = quantise(linear(), "int8-dynamic"), torch.randn(5, 64)
    before = layer(x)
    x[0] *= 1e4
    assert torch.equal(layer(x)[1:], before[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_keeps_its_answer_roughly_and_itself_exactly(kind):
    model = small("encoder, learned", torch.float32)
    kept = copy.deepcopy(model.state_dict())
    ids = torch.randint(29, (2, 7))
    exact = model(ids)
    with torch.no_grad():
        output = quantise(model, kind, group=1 if kind == "int4" else 32)(ids)
    error = ((output - exact).norm() / exact.norm()).item()
    assert 0 < error < 0.1
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.state_dict().items())


def test_fewer_bits_err_more():
    layer, x = linear(256, 32), torch.randn(64, 256)
    errors = [
        (quantise(layer, kind, group=group)(x) - layer(x)).norm().item()
        for kind, group in (("int8", 32), ("int8-dynamic", 32), ("int4", 16), ("int4", 256))
    ]
    assert errors == sorted(errors) and errors[2] > 5 * errors[0]


def test_bytes_worked_by_hand():
    layer = linear(64, 48)
    weights, bias = 64 * 48, 4 * 48
    assert size_in_bytes(layer) == 4 * weights + bias
    assert size_in_bytes(quantise(layer, "int8")) == weights + 4 * 48 + bias
    assert size_in_bytes(quantise(layer, "int8-dynamic")) == weights + 4 * 48 + bias
    assert size_in_bytes(quantise(layer, "int4")) == weights // 2 + 4 * 48 * 2 + bias
    # In bfloat16 the kernel wants a zero point beside each scale.
    assert size_in_bytes(quantise(layer.bfloat16(), "int4")) == weights // 2 + 2 * 2 * 48 * 2 + bias // 2


def test_shared_weights_count_once():
    words, head = nn.Embedding(7, 3), nn.Linear(3, 7, bias=False)
    head.weight = words.weight
    assert size_in_bytes(nn.ModuleList([words, head])) == 7 * 3 * 4


def test_a_layer_in_two_places_stays_one():
    layer = linear()
    both = quantise(nn.Sequential(layer, nn.ReLU(), nn.ModuleList([layer])), "int8")
    assert both[0] is both[2][0] and isinstance(both[0], Int8Linear)


def test_a_quantised_model_is_saved_and_loaded():
    torch.manual_seed(0)
    one, other = (quantise(nn.Sequential(linear()), "int8-dynamic") for _ in range(2))
    x = torch.randn(3, 64)
    other.load_state_dict(one.state_dict())
    assert isinstance(other[0], DynamicInt8Linear) and torch.equal(other(x), one(x))


@pytest.mark.parametrize(
    "model, kind, group, says",
    [
        (linear(), "int3", 32, ["'int3'", "int8, int4, int8-dynamic"]),
        (nn.Embedding(3, 5), "int8", 32, ["Embedding has no linear layers"]),
        (quantise(linear(), "int8"), "int8", 32, ["Int8Linear has no linear layers", "not quantised yet"]),
        (nn.Sequential(linear(10)), "int4", 32, ["0: rows of 10", "groups of 32", "divisor of 10"]),
        (linear(), "int4", 0, ["the layer: ", "groups of 0"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(model, kind, group, says):
    with pytest.raises(ValueError) as refused:
        quantise(model, kind, group=group)
    assert all(part in str(refused.value) for part in says), refused.value
