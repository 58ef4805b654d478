"""encoder.py: layer and stack equal torch's and the reference, post-norm and pre-norm, masks included."""

from functools import partial

import numpy as np
import pytest
import reference
import torch
from cases import TOLERANCE, array, attention_masks, close, numbers, shaken, values
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn

from transformer_core.nn.attention import (
    causal_mask,
    fused_attention,
    padding_mask,
    scaled_dot_product_attention,
)
from transformer_core.nn.encoder import Encoder, EncoderLayer, PreNormEncoderLayer
from transformer_core.nn.layers import ACTIVATIONS, FeedForward, GatedFeedForward, LayerNorm, RMSNorm
from transformer_core.nn.multi_head import MultiHeadAttention

B, T, H, DK, D_FF, L = 2, 5, 3, 7, 13, 4
D = H * DK
KINDS = pytest.mark.parametrize("kind", [EncoderLayer, PreNormEncoderLayer])
double = pytest.mark.usefixtures("float64")
TOKENS = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def make(kind, *, activation=torch.relu, **how) -> EncoderLayer:
    """A layer of this kind from parts of these sizes."""
    return kind(MultiHeadAttention(D, H), FeedForward(D, D_FF, activation=activation), **how)


def torchs(layer: EncoderLayer, *, activation="relu") -> nn.TransformerEncoderLayer:
    reference = nn.TransformerEncoderLayer(
        D, H, D_FF, activation=activation, batch_first=True, norm_first=isinstance(layer, PreNormEncoderLayer)
    )
    attention = layer.attention
    into = [attention.w_q, attention.w_k, attention.w_v]
    reference.load_state_dict(
        {
            "self_attn.in_proj_weight": torch.cat([linear.weight for linear in into]),
            "self_attn.in_proj_bias": torch.cat([linear.bias for linear in into]),
            **{f"self_attn.out_proj.{name}": tensor for name, tensor in attention.w_o.state_dict().items()},
            **{f"linear1.{name}": tensor for name, tensor in layer.feed_forward.widen.state_dict().items()},
            **{f"linear2.{name}": tensor for name, tensor in layer.feed_forward.narrow.state_dict().items()},
            **{f"norm1.{name}": tensor for name, tensor in layer.attention_norm.state_dict().items()},
            **{f"norm2.{name}": tensor for name, tensor in layer.feed_forward_norm.state_dict().items()},
        }
    )
    return reference.eval()


@double
@KINDS
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_layer_equals_torchs(kind, activation):
    layer = shaken(make(kind, activation=getattr(nn.functional, activation)))
    x = torch.randn(B, T, D)
    output, weights = layer(x, mask=causal_mask(T))
    expected = torchs(layer, activation=activation)(x, src_mask=~causal_mask(T))
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    assert weights.shape == (B, H, T, T)


@double
@KINDS
def test_stack_equals_torchs_with_padding(kind):
    pre = kind is PreNormEncoderLayer
    norm = shaken(LayerNorm(D)) if pre else None
    encoder = Encoder((shaken(make(kind)) for _ in range(L)), norm=norm).eval()
    reference = nn.TransformerEncoder(
        torchs(encoder.layers[0]), L, norm=nn.LayerNorm(D) if pre else None, enable_nested_tensor=False
    )
    reference.layers = nn.ModuleList(torchs(layer) for layer in encoder.layers)
    if pre:
        reference.norm.load_state_dict(norm.state_dict())
    x = torch.randn(B, T, D)
    with torch.no_grad():
        output = encoder(x, mask=padding_mask(TOKENS))
        expected = reference.eval()(x, src_key_padding_mask=TOKENS == 0)
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)


@examples(40)
@given(
    kind=st.sampled_from([EncoderLayer, PreNormEncoderLayer]),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    attend=st.sampled_from([scaled_dot_product_attention, fused_attention]),
    norm=st.sampled_from([LayerNorm, RMSNorm]),
    think=st.sampled_from([FeedForward, GatedFeedForward]),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    tokens=attention_masks(B, T),
    seed=st.integers(0, 9999),
)
def test_layer_equals_the_reference(kind, dtype, attend, norm, think, activation, tokens, seed):
    torch.manual_seed(seed)
    attention = MultiHeadAttention(42, 6, num_kv_heads=3)
    feed_forward = think(42, D_FF, activation=ACTIVATIONS[activation])
    layer = shaken(kind(attention, feed_forward, norm=partial(norm, eps=1e-3))).to(dtype)
    rng = np.random.default_rng(seed)
    x, bias = values("normal", (B, T, 42), dtype, rng), values("normal", (1, 6, T, T), dtype, rng)
    output, weights = layer(x, mask=padding_mask(tokens), bias=bias, attend=attend)
    expected, (expected_weights,) = reference.layer(
        array(x), numbers(layer), activation=activation, pre_norm=kind is PreNormEncoderLayer, eps=1e-3,
        mask=tokens.numpy()[:, None, None, :] == 1, bias=array(bias), num_heads=6, num_kv_heads=3,
    )  # fmt: skip
    close(output, expected, atol=TOLERANCE[dtype] * max(1, abs(expected).max()))
    if weights is not None:
        close(weights, expected_weights, atol=TOLERANCE[dtype])


@double
@KINDS
def test_gradients_equal_torchs(kind):
    layer, x = shaken(make(kind)), torch.randn(B, T, D)
    reference = torchs(layer)
    layer(x)[0].pow(3).sum().backward()
    reference(x).pow(3).sum().backward()
    for mine, theirs in [
        (layer.feed_forward.widen, reference.linear1),
        (layer.attention_norm, reference.norm1),
        (layer.attention.w_o, reference.self_attn.out_proj),
    ]:
        torch.testing.assert_close(mine.weight.grad, theirs.weight.grad, atol=1e-8, rtol=1e-10)


@double
def test_a_trace_is_the_same_pass_with_everything_kept():
    encoder = Encoder((shaken(make(PreNormEncoderLayer)) for _ in range(L)), norm=LayerNorm(D)).eval()
    x = torch.randn(B, T, D)
    trace = encoder.trace(x, mask=padding_mask(TOKENS))
    assert torch.equal(trace.hidden_states[0], x)
    fast = encoder(x, mask=padding_mask(TOKENS))
    torch.testing.assert_close(trace.hidden_states[-1], fast, atol=1e-10, rtol=0)
    assert len(trace.hidden_states) == L + 1
    for number, layer in enumerate(encoder.layers):
        _, weights = layer(trace.hidden_states[number], mask=padding_mask(TOKENS))
        assert torch.equal(trace.attentions[number], weights)


def test_post_norm_leaves_every_vector_with_mean_0_and_variance_1():
    output, _ = make(EncoderLayer).eval()(100 * torch.randn(B, T, D))
    torch.testing.assert_close(output.mean(-1), torch.zeros(B, T), atol=1e-5, rtol=0)
    torch.testing.assert_close(output.var(-1, correction=0), torch.ones(B, T), atol=1e-3, rtol=0)


def test_pre_norm_passes_x_through_unchanged():
    # With the last projection of both sub-layers at zero, nothing is added.
    layer = make(PreNormEncoderLayer).eval()
    for last in (layer.attention.w_o, layer.feed_forward.narrow):
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    x = torch.randn(B, T, D)
    assert torch.equal(layer(x)[0], x)


def test_dropout_works_in_training_only():
    layer, x = make(EncoderLayer, dropout=0.5), torch.randn(B, T, D)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])


@examples(20)
@given(length=st.integers(1, 7), seed=st.integers(0, 999))
def test_permuting_the_tokens_permutes_the_output(length, seed):
    torch.manual_seed(seed)
    encoder = Encoder(make(EncoderLayer) for _ in range(2)).double().eval()
    x, order = torch.randn(1, length, D, dtype=torch.float64), torch.randperm(length)
    torch.testing.assert_close(encoder(x[:, order]), encoder(x)[:, order], atol=1e-10, rtol=0)


@pytest.mark.parametrize("attend", [scaled_dot_product_attention, fused_attention])
def test_gradients_stay_finite_when_a_whole_sequence_is_padding(attend):
    encoder = Encoder(make(EncoderLayer) for _ in range(L)).eval()
    x = torch.randn(B, T, D, requires_grad=True)
    output = encoder(x, mask=padding_mask(torch.tensor([[1] * T, [0] * T])), attend=attend)
    output.square().sum().backward()
    assert output.isfinite().all() and x.grad.isfinite().all()
    assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())


def test_each_sub_layer_has_a_norm_of_its_own():
    layer = make(PreNormEncoderLayer, norm=partial(RMSNorm, eps=0.5))
    assert type(layer.attention_norm) is type(layer.feed_forward_norm) is RMSNorm
    assert layer.attention_norm is not layer.feed_forward_norm
    assert layer.attention_norm.eps == 0.5 and layer.attention_norm.weight.shape == (D,)
