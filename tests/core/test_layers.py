"""layers.py: worked by hand, and equal to torch's norm and linear layers."""

import pytest
import torch
from torch import nn

from transformer_core.layers import FeedForward, LayerNorm, layer_norm

B, T, D, D_FF = 2, 5, 7, 13


def test_layer_norm_worked_by_hand():
    # (1, 3, 5, 7): mean 4, deviations -3 -1 1 3, variance (9 + 1 + 1 + 9) / 4 = 5.
    x, one, zero = torch.tensor([1.0, 3.0, 5.0, 7.0]), torch.ones(4), torch.zeros(4)
    expected = torch.tensor([-3.0, -1.0, 1.0, 3.0]) / 5**0.5
    torch.testing.assert_close(layer_norm(x, one, zero, eps=0.0), expected)
    torch.testing.assert_close(layer_norm(x, 2 * one, one, eps=0.0), 2 * expected + 1)
    # An eps of 4 adds to the variance: sqrt(5 + 4) = 3.
    torch.testing.assert_close(layer_norm(x, one, zero, eps=4.0), torch.tensor([-3.0, -1.0, 1.0, 3.0]) / 3)


def test_a_constant_vector_does_not_divide_by_zero():
    assert torch.equal(LayerNorm(D)(torch.full((D,), 3.0)), torch.zeros(D))


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("eps", [1e-5, 1e-12])
def test_layer_norm_equals_torchs_and_its_gradients_too(eps):
    ours, theirs = LayerNorm(D, eps=eps), nn.LayerNorm(D, eps=eps)
    with torch.no_grad():
        theirs.weight.copy_(ours.weight.normal_())
        theirs.bias.copy_(ours.bias.normal_())
    x = torch.randn(B, T, D)
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-10, rtol=0)
    ours(x).pow(3).sum().backward()
    theirs(x).pow(3).sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, atol=1e-10, rtol=0)
    torch.testing.assert_close(ours.bias.grad, theirs.bias.grad, atol=1e-10, rtol=0)


def test_feed_forward_worked_by_hand():
    # One input 2, two hidden: 2*3 - 1 = 5 and 2*(-1) + 1 = -1; ReLU keeps 5 and 0; out 5*10 + 0*7 + 4 = 54.
    feed = FeedForward(1, 2)
    feed.load_state_dict(
        {
            "widen.weight": torch.tensor([[3.0], [-1.0]]),
            "widen.bias": torch.tensor([-1.0, 1.0]),
            "narrow.weight": torch.tensor([[10.0, 7.0]]),
            "narrow.bias": torch.tensor([4.0]),
        }
    )
    assert feed(torch.tensor([[2.0]])).item() == 54


@pytest.mark.usefixtures("float64")
def test_feed_forward_equals_torchs_layers_in_a_row():
    feed = FeedForward(D, D_FF, activation=nn.functional.gelu)
    expected = nn.Sequential(feed.widen, nn.GELU(), feed.narrow)
    x = torch.randn(B, T, D)
    torch.testing.assert_close(feed(x), expected(x), atol=1e-10, rtol=0)


def test_feed_forward_treats_every_position_alike_and_alone():
    feed, x = FeedForward(D, D_FF), torch.randn(T, D)
    torch.testing.assert_close(torch.stack([feed(token) for token in x]), feed(x))
