"""fast_linear.py: the other library's products give the same losses and gradients, under the same names."""

import copy

import pytest
import torch
from torch import nn

from transformer_core.models import build
from transformer_core.models.config import (
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Gated,
    Rotary,
    Sinusoidal,
)
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.training.fast_linear import FastLinear, JoinedProjections, for_training

SMALL = {"d_model": 24, "num_layers": 2, "num_heads": 6, "d_ff": 29, "vocab_size": 37, "dropout": 0.0}
CONFIGS = {
    "encoder": EncoderConfig(max_length=31, **SMALL),
    "grouped": DecoderConfig(
        num_kv_heads=2, positions=Rotary(), norm="rms", activation="silu",
        feed_forward=Gated(bias=False), attention_bias=False, pre_norm=True, **SMALL,
    ),
    "2017": EncoderDecoderConfig(positions=Sinusoidal(), activation="relu", **SMALL),
}  # fmt: skip


def loss_and_gradients(model, *given):
    model.zero_grad()
    loss = (model(*given) ** 2).mean()
    loss.backward()
    return loss.detach(), {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_loss_and_gradients_under_the_same_names(name, dtype):
    model = build(CONFIGS[name]).to(dtype)
    fast = for_training(copy.deepcopy(model))
    assert fast.state_dict().keys() == model.state_dict().keys()
    kinds = {type(part) for part in fast.modules()}
    assert {FastLinear, JoinedProjections} <= kinds and not kinds & {nn.Linear, MultiHeadAttention}
    mask = torch.tensor([[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]])
    given = torch.randint(37, (2, 5)), torch.randint(37, (2, 5))
    given = (*given, mask) if name == "2017" else (given[0], mask)
    loss, gradients = loss_and_gradients(model, *given)
    same, others = loss_and_gradients(fast, *given)
    tolerance = {"atol": 1e-6, "rtol": 1e-5} if dtype == torch.float32 else {"atol": 1e-13, "rtol": 1e-10}
    torch.testing.assert_close(same, loss, **tolerance)
    assert gradients.keys() == others.keys()
    for path in gradients:
        torch.testing.assert_close(others[path], gradients[path], **tolerance)
        assert others[path].is_contiguous()  # torch's fused AdamW takes a slow way otherwise


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (5, 5)])
@pytest.mark.parametrize("biased", [True, False])
def test_gradients_of_one_layer_against_differences(shape, biased):
    """Of input, weight and bias: by the function's own change, in float32 as far as that carries."""
    linear, x = FastLinear(*shape, bias=biased), torch.randn(2, 4, shape[0], requires_grad=True)
    towards, step = torch.randn(2, 4, shape[1]), 1e-2
    parts = [x, *linear.parameters()]
    gradients = torch.autograd.grad((linear(x) * towards).sum(), parts)
    with torch.no_grad():
        for part, gradient in zip(parts, gradients, strict=True):
            direction = torch.randn_like(part)
            part.add_(step * direction)
            above = (linear(x) * towards).sum()
            part.sub_(2 * step * direction)
            below = (linear(x) * towards).sum()
            part.add_(step * direction)
            torch.testing.assert_close(
                (above - below) / (2 * step), (gradient * direction).sum(), atol=1e-3, rtol=1e-3
            )


def test_frozen_parts_get_no_gradient():
    linear, x = FastLinear(3, 2), torch.randn(4, 3)
    linear.weight.requires_grad_(False)
    linear(x).sum().backward()
    assert linear.weight.grad is None and x.grad is None
    assert torch.equal(linear.bias.grad, torch.full((2,), 4.0))


def test_under_autocast_it_is_torchs_own():
    linear, x = FastLinear(3, 2), torch.randn(4, 3)
    with torch.autocast("cpu", torch.bfloat16):
        assert linear(x).dtype == torch.bfloat16


def test_cross_attention_keeps_its_three_projections():
    model = for_training(MultiHeadAttention(12, 3))
    plain = MultiHeadAttention(12, 3)
    plain.load_state_dict(model.state_dict())
    x, memory = torch.randn(2, 4, 12), torch.randn(2, 6, 12)
    torch.testing.assert_close(model(x, memory)[0], plain(x, memory)[0])
    torch.testing.assert_close(
        model(x, memory, x[:, :1].expand(-1, 6, -1))[0], plain(x, memory, x[:, :1].expand(-1, 6, -1))[0]
    )
