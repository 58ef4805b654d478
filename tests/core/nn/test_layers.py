"""layers.py: worked by hand, and equal to torch's and transformers' layers."""

import math

import pytest
import torch
from torch import nn
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaMLP

from transformer_core.nn.layers import (
    ACTIVATIONS,
    FeedForward,
    GatedFeedForward,
    LayerNorm,
    RMSNorm,
    layer_norm,
    rms_norm,
)

B, T, D, D_FF = 2, 5, 7, 13


def test_layer_norm_worked_by_hand():
    # (1, 3, 5, 7): mean 4, deviations -3 -1 1 3, variance (9 + 1 + 1 + 9) / 4 = 5.
    x, one, zero = torch.tensor([1.0, 3.0, 5.0, 7.0]), torch.ones(4), torch.zeros(4)
    expected = torch.tensor([-3.0, -1.0, 1.0, 3.0]) / 5**0.5
    torch.testing.assert_close(layer_norm(x, one, zero, eps=0.0), expected)
    torch.testing.assert_close(layer_norm(x, 2 * one, one, eps=0.0), 2 * expected + 1)
    # An eps of 4 adds to the variance: sqrt(5 + 4) = 3.
    torch.testing.assert_close(layer_norm(x, one, zero, eps=4.0), torch.tensor([-3.0, -1.0, 1.0, 3.0]) / 3)


def test_rms_norm_worked_by_hand():
    # (1, 1, 5, 3): mean of the squares (1 + 1 + 25 + 9) / 4 = 9, so everything is divided by 3.
    x, one = torch.tensor([1.0, 1.0, 5.0, 3.0]), torch.ones(4)
    torch.testing.assert_close(rms_norm(x, one, eps=0.0), x / 3)
    torch.testing.assert_close(rms_norm(x, 2 * one, eps=0.0), 2 * x / 3)
    # An eps of 7 adds to the mean square: sqrt(9 + 7) = 4.
    torch.testing.assert_close(rms_norm(x, one, eps=7.0), x / 4)


def test_vectors_without_spread_do_not_divide_by_zero():
    assert torch.equal(LayerNorm(D)(torch.full((D,), 3.0)), torch.zeros(D))
    assert torch.equal(RMSNorm(D)(torch.zeros(D)), torch.zeros(D))
    assert torch.equal(rms_norm(torch.zeros(D), torch.ones(D)), torch.zeros(D))


@pytest.mark.usefixtures("float64")
def test_rms_norm_is_layer_norm_where_the_mean_is_0():
    x, weight = torch.randn(B, T, D), torch.randn(D)
    x = x - x.mean(-1, keepdim=True)
    expected = layer_norm(x, weight, torch.zeros(D), eps=1e-6)
    torch.testing.assert_close(rms_norm(x, weight, eps=1e-6), expected, atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("scale", [0.01, -1, 1000])
def test_the_norms_forget_what_they_are_to_forget(scale):
    # LayerNorm: how large the vector is and where its middle lies. RMSNorm: how large it is.
    x = torch.randn(B, T, D)
    layer, rms = LayerNorm(D, eps=0.0), RMSNorm(D, eps=0.0)
    sign = 1 if scale > 0 else -1
    torch.testing.assert_close(layer(scale * x + 3), sign * layer(x), atol=1e-9, rtol=0)
    torch.testing.assert_close(rms(scale * x), sign * rms(x), atol=1e-9, rtol=0)
    assert not torch.allclose(rms(x + 3), rms(x), atol=0.1)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("eps", [1e-5, 1e-12])
def test_modules_equal_their_functions_and_torchs_gradients(eps):
    x = torch.randn(B, T, D, requires_grad=True)
    ours, theirs = RMSNorm(D, eps=eps), nn.RMSNorm(D, eps=eps)
    with torch.no_grad():
        theirs.weight.copy_(ours.weight.normal_())
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-10, rtol=0)
    torch.testing.assert_close(ours(x), rms_norm(x, ours.weight, eps=eps), atol=1e-10, rtol=0)
    layer = LayerNorm(D, eps=eps)
    with torch.no_grad():
        layer.weight.normal_()
        layer.bias.normal_()
    torch.testing.assert_close(layer(x), layer_norm(x, layer.weight, layer.bias, eps=eps), atol=1e-10, rtol=0)
    assert torch.autograd.gradcheck(lambda x: layer_norm(x, layer.weight, layer.bias, eps=eps), x)
    assert torch.autograd.gradcheck(lambda x: rms_norm(x, ours.weight, eps=eps), x)
    assert torch.autograd.gradcheck(lambda x: ours(layer(x)), x)


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


def test_activations_worked_by_hand():
    at = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    below = 0.15865525393145707  # the chance that a normal variable is below -1
    assert ACTIVATIONS["relu"](at).tolist() == [0, 0, 1]
    assert ACTIVATIONS["gelu"](at).tolist() == pytest.approx([-below, 0, 1 - below], abs=1e-12)
    assert ACTIVATIONS["silu"](at).tolist() == pytest.approx([-1 / (1 + math.e), 0, math.e / (1 + math.e)])
    # The tanh is near the exact one everywhere, and equal to it almost nowhere.
    x = torch.linspace(-5, 5, 101, dtype=torch.float64)
    apart = (ACTIVATIONS["gelu_tanh"](x) - ACTIVATIONS["gelu"](x)).abs()
    assert 1e-4 < apart.max() < 1e-3


def test_gated_feed_forward_worked_by_hand():
    # One input 2, two hidden. Gates 2 * 3 = 6 and 2 * (-1) = -2: ReLU lets 6 and 0 through. What they gate is
    # 2 * 5 = 10 and 2 * 7 = 14, so 60 and 0; out 60 * 0.5 + 0 * 9 = 30.
    feed = GatedFeedForward(1, 2, activation=torch.relu)
    feed.load_state_dict(
        {
            "gate.weight": torch.tensor([[3.0], [-1.0]]),
            "up.weight": torch.tensor([[5.0], [7.0]]),
            "down.weight": torch.tensor([[0.5, 9.0]]),
        }
    )
    assert feed(torch.tensor([[2.0]])).item() == 30


@pytest.mark.usefixtures("float64")
def test_gated_feed_forward_equals_transformers():
    feed = GatedFeedForward(D, D_FF)
    theirs = LlamaMLP(LlamaConfig(hidden_size=D, intermediate_size=D_FF, num_attention_heads=D))
    theirs.load_state_dict(
        {f"{part}_proj.weight": getattr(feed, part).weight for part in ("gate", "up", "down")}
    )
    x = torch.randn(B, T, D, requires_grad=True)
    torch.testing.assert_close(feed(x), theirs(x), atol=1e-10, rtol=0)
    assert torch.autograd.gradcheck(feed, x)


@pytest.mark.usefixtures("float64")
def test_a_gate_that_is_always_open_is_no_gate():
    gated, plain = GatedFeedForward(D, D_FF, activation=torch.ones_like), FeedForward(D, D_FF, bias=False)
    plain.activation = lambda x: x
    plain.widen.weight, plain.narrow.weight = gated.up.weight, gated.down.weight
    x = torch.randn(B, T, D)
    torch.testing.assert_close(gated(x), plain(x), atol=1e-10, rtol=0)


def test_biases_are_there_only_where_they_are_asked_for():
    for make in (FeedForward, GatedFeedForward):
        with_bias, without = make(D, D_FF, bias=True), make(D, D_FF, bias=False)
        names = [name for name, _ in without.named_parameters()]
        assert all(name.endswith("weight") for name in names)
        assert len(list(with_bias.parameters())) == 2 * len(names)
