"""prepacked.py: a linear layer in the processor's own order gives nn.Linear's numbers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn

from transformer_core.inference.prepacked import FUSED, PrepackedLinear
from transformer_core.nn.layers import ACTIVATIONS


@examples(40)
@given(
    rows=st.sampled_from([0, 1, 2, 3, 17, 130]),
    shape=st.tuples(st.integers(1, 41), st.integers(1, 41)),
    biased=st.booleans(),
    activation=st.sampled_from([None, *ACTIVATIONS]),
)
def test_the_same_numbers_as_a_linear_layer_and_its_activation(rows, shape, biased, activation):
    linear = nn.Linear(*shape, bias=biased)
    x = torch.randn(2, rows, shape[0])
    with torch.no_grad():
        expected = linear(x) if activation is None else ACTIVATIONS[activation](linear(x))
        ours = PrepackedLinear(linear.weight, linear.bias, activation=activation)(x)
    assert ours.shape == expected.shape
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-5)


def test_every_activation_of_the_package_can_be_fused():
    assert set(FUSED) == set(ACTIVATIONS)


def test_it_holds_the_numbers_of_the_moment_it_was_made():
    linear = nn.Linear(3, 2)
    packed, before = PrepackedLinear(linear.weight, linear.bias), linear(torch.ones(1, 3)).detach()
    with torch.no_grad():
        linear.weight.zero_()
        linear.bias.zero_()
    torch.testing.assert_close(packed(torch.ones(1, 3)), before)


def test_weights_that_onednn_cannot_lay_out_are_refused():
    with pytest.raises(
        ValueError, match=r"weights of torch.float64 on cpu cannot be prepacked here; it takes"
    ):
        PrepackedLinear(torch.zeros(2, 3, dtype=torch.float64), None)
    with pytest.raises(ValueError, match="on meta cannot be prepacked"):
        PrepackedLinear(torch.zeros(2, 3, device="meta"), None)
    with pytest.raises(ValueError, match="activation 'tanh' is none of relu, gelu, gelu_tanh, silu"):
        PrepackedLinear(torch.zeros(2, 3), None, activation="tanh")
