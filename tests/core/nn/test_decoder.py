"""decoder.py: layer and stack equal torch's and the reference, with a memory and without, cached and not."""

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
from transformer_core.nn.decoder import Decoder, DecoderLayer, PreNormDecoderLayer
from transformer_core.nn.encoder import EncoderLayer, PreNormEncoderLayer
from transformer_core.nn.kv_cache import KVCache
from transformer_core.nn.layers import ACTIVATIONS, FeedForward, LayerNorm, RMSNorm
from transformer_core.nn.multi_head import MultiHeadAttention

B, T, TM, H, DK, D_FF, L = 2, 5, 11, 3, 7, 13, 3
D = H * DK
KINDS = pytest.mark.parametrize("kind", [DecoderLayer, PreNormDecoderLayer])
BOTH = pytest.mark.parametrize("attend", [scaled_dot_product_attention, fused_attention])
double = pytest.mark.usefixtures("float64")
MEMORY_TOKENS = torch.tensor([[1] * TM, [0, 0] + [1] * 6 + [0] * 3])


def make(kind, *, reads_memory=True, activation=torch.relu, **how) -> DecoderLayer:
    """A layer of this kind from parts of these sizes, with random weights throughout."""
    cross_attention = MultiHeadAttention(D, H) if reads_memory else None
    feed_forward = FeedForward(D, D_FF, activation=activation)
    return shaken(kind(MultiHeadAttention(D, H), feed_forward, cross_attention=cross_attention, **how))


def torchs(layer: DecoderLayer, *, activation="relu") -> nn.TransformerDecoderLayer:
    reference = nn.TransformerDecoderLayer(
        D, H, D_FF, activation=activation, batch_first=True, norm_first=isinstance(layer, PreNormDecoderLayer)
    )
    state = {}
    for ours, theirs in (("attention", "self_attn"), ("cross_attention", "multihead_attn")):
        attention = getattr(layer, ours)
        into = [attention.w_q, attention.w_k, attention.w_v]
        state[f"{theirs}.in_proj_weight"] = torch.cat([linear.weight for linear in into])
        state[f"{theirs}.in_proj_bias"] = torch.cat([linear.bias for linear in into])
        state |= {f"{theirs}.out_proj.{name}": tensor for name, tensor in attention.w_o.state_dict().items()}
    for module, theirs in (
        (layer.feed_forward.widen, "linear1"),
        (layer.feed_forward.narrow, "linear2"),
        (layer.attention_norm, "norm1"),
        (layer.cross_attention_norm, "norm2"),
        (layer.feed_forward_norm, "norm3"),
    ):
        state |= {f"{theirs}.{name}": tensor for name, tensor in module.state_dict().items()}
    reference.load_state_dict(state)
    return reference.eval()


@double
@KINDS
@BOTH
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_layer_equals_torchs(kind, attend, activation):
    layer = make(kind, activation=getattr(nn.functional, activation))
    x, memory = torch.randn(B, T, D), torch.randn(B, TM, D)
    output, weights, read = layer(
        x, memory, mask=causal_mask(T), memory_mask=padding_mask(MEMORY_TOKENS), attend=attend
    )
    expected = torchs(layer, activation=activation)(
        x, memory, tgt_mask=~causal_mask(T), memory_key_padding_mask=MEMORY_TOKENS == 0
    )
    torch.testing.assert_close(output, expected, atol=1e-10, rtol=0)
    if attend is scaled_dot_product_attention:
        assert weights.shape == (B, H, T, T) and read.shape == (B, H, T, TM)
        assert (read[1, :, :, MEMORY_TOKENS[1] == 0] == 0).all()


@double
@KINDS
def test_stack_equals_torchs(kind):
    pre = kind is PreNormDecoderLayer
    norm = shaken(LayerNorm(D)) if pre else None
    decoder = Decoder((make(kind) for _ in range(L)), norm=norm).eval()
    expected = nn.TransformerDecoder(torchs(decoder.layers[0]), L, norm=nn.LayerNorm(D) if pre else None)
    expected.layers = nn.ModuleList(torchs(layer) for layer in decoder.layers)
    if pre:
        expected.norm.load_state_dict(norm.state_dict())
    x, memory = torch.randn(B, T, D), torch.randn(B, TM, D)
    with torch.no_grad():
        ours = decoder(x, memory, mask=causal_mask(T), memory_mask=padding_mask(MEMORY_TOKENS))
        theirs = expected.eval()(
            x, memory, tgt_mask=~causal_mask(T), memory_key_padding_mask=MEMORY_TOKENS == 0
        )
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


@double
@KINDS
@BOTH
def test_gradients_equal_torchs(kind, attend):
    layer, x, memory = make(kind), torch.randn(B, T, D), torch.randn(B, TM, D)
    theirs = torchs(layer)
    layer(x, memory, mask=causal_mask(T), attend=attend)[0].pow(3).sum().backward()
    theirs(x, memory, tgt_mask=~causal_mask(T)).pow(3).sum().backward()
    for mine, expected in [
        (layer.feed_forward.widen, theirs.linear1),
        (layer.cross_attention_norm, theirs.norm2),
        (layer.cross_attention.w_o, theirs.multihead_attn.out_proj),
        (layer.attention.w_o, theirs.self_attn.out_proj),
    ]:
        torch.testing.assert_close(mine.weight.grad, expected.weight.grad, atol=1e-8, rtol=1e-10)


@examples(40)
@given(
    kind=st.sampled_from([DecoderLayer, PreNormDecoderLayer]),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    attend=st.sampled_from([scaled_dot_product_attention, fused_attention]),
    norm=st.sampled_from([LayerNorm, RMSNorm]),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    reads_memory=st.booleans(),
    tokens=attention_masks(B, TM),
    seed=st.integers(0, 9999),
)
def test_layer_equals_the_reference(kind, dtype, attend, norm, activation, reads_memory, tokens, seed):
    torch.manual_seed(seed)
    layer = make(kind, reads_memory=reads_memory, norm=norm, activation=ACTIVATIONS[activation]).to(dtype)
    rng = np.random.default_rng(seed)
    x, bias = values("normal", (B, T, D), dtype, rng), values("normal", (1, H, T, T), dtype, rng)
    memory = values("normal", (B, TM, D), dtype, rng) if reads_memory else None
    output, *weights = layer(
        x, memory, mask=causal_mask(T), memory_mask=padding_mask(tokens), bias=bias, attend=attend
    )
    expected, kept = reference.layer(
        array(x), numbers(layer), activation=activation, pre_norm=kind is PreNormDecoderLayer,
        eps=layer.attention_norm.eps, mask=np.tril(np.ones((T, T), dtype=bool)), bias=array(bias),
        memory=None if memory is None else array(memory), memory_mask=tokens.numpy()[:, None, None, :] == 1,
        num_heads=H,
    )  # fmt: skip
    close(output, expected, atol=TOLERANCE[dtype] * max(1, abs(expected).max()))
    for mine, theirs in zip(weights, kept, strict=False):
        if mine is not None:
            close(mine, theirs, atol=TOLERANCE[dtype])


@double
@pytest.mark.parametrize("pair", [(DecoderLayer, EncoderLayer), (PreNormDecoderLayer, PreNormEncoderLayer)])
def test_without_a_memory_it_is_an_encoder_layer_that_may_not_look_ahead(pair):
    decodes, encodes = pair
    layer = make(decodes, reads_memory=False)
    same = encodes(MultiHeadAttention(D, H), FeedForward(D, D_FF)).eval()
    same.load_state_dict(layer.state_dict())
    x = torch.randn(B, T, D)
    output, weights, read = layer(x, mask=causal_mask(T))
    expected, expected_weights = same(x, mask=causal_mask(T))
    assert torch.equal(output, expected) and torch.equal(weights, expected_weights) and read is None


@double
@KINDS
def test_a_cache_gives_what_reading_everything_gives(kind):
    decoder = Decoder((make(kind) for _ in range(L)), norm=shaken(LayerNorm(D))).eval()
    x, memory = torch.randn(B, T, D), torch.randn(B, TM, D)
    reads = padding_mask(MEMORY_TOKENS)
    cache, outputs = KVCache(L), []
    with torch.no_grad():
        whole = decoder(x, memory, mask=causal_mask(T), memory_mask=reads)
        for start, end in [(0, 2), (2, 3), (3, 5)]:
            outputs.append(
                decoder(
                    x[:, start:end],
                    memory if start == 0 else memory[:, :0],  # its keys are in the cache by then
                    mask=causal_mask(end - start, past=start),
                    memory_mask=reads,
                    cache=cache,
                )
            )
    torch.testing.assert_close(torch.cat(outputs, dim=1), whole, atol=1e-10, rtol=0)


@double
@KINDS
@pytest.mark.parametrize("reads_memory", [True, False])
def test_a_trace_is_the_same_pass_with_everything_kept(kind, reads_memory):
    decoder = Decoder((make(kind, reads_memory=reads_memory) for _ in range(L)), norm=LayerNorm(D)).eval()
    x, memory = torch.randn(B, T, D), torch.randn(B, TM, D) if reads_memory else None
    trace = decoder.trace(x, memory, mask=causal_mask(T))
    assert torch.equal(trace.hidden_states[0], x) and len(trace.hidden_states) == L + 1
    fast = decoder(x, memory, mask=causal_mask(T))
    torch.testing.assert_close(trace.hidden_states[-1], fast, atol=1e-10, rtol=0)
    for number, layer in enumerate(decoder.layers):
        _, weights, read = layer(trace.hidden_states[number], memory, mask=causal_mask(T))
        assert torch.equal(trace.attentions[number], weights)
        if reads_memory:
            assert torch.equal(trace.cross_attentions[number], read)
    assert reads_memory or trace.cross_attentions is None


def test_pre_norm_passes_x_through_unchanged():
    # With the last projection of all three sub-layers at zero, nothing is added.
    layer = make(PreNormDecoderLayer)
    for last in (layer.attention.w_o, layer.cross_attention.w_o, layer.feed_forward.narrow):
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    x = torch.randn(B, T, D)
    assert torch.equal(layer(x, torch.randn(B, TM, D))[0], x)


def test_dropout_works_in_training_only():
    layer, x, memory = make(DecoderLayer, dropout=0.5).train(), torch.randn(B, T, D), torch.randn(B, TM, D)
    assert not torch.equal(layer(x, memory)[0], layer(x, memory)[0])
    layer.eval()
    assert torch.equal(layer(x, memory)[0], layer(x, memory)[0])


@BOTH
def test_gradients_stay_finite_when_a_whole_memory_is_padding(attend):
    decoder = Decoder(make(DecoderLayer) for _ in range(L)).eval()
    x, memory = torch.randn(B, T, D, requires_grad=True), torch.randn(B, TM, D, requires_grad=True)
    nothing = padding_mask(torch.tensor([[1] * TM, [0] * TM]))
    output = decoder(x, memory, mask=causal_mask(T), memory_mask=nothing, attend=attend)
    output.square().sum().backward()
    assert output.isfinite().all() and x.grad.isfinite().all() and memory.grad.isfinite().all()
    assert (memory.grad[1] == 0).all()
    assert all(parameter.grad.isfinite().all() for parameter in decoder.parameters())
