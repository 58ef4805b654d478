"""decoder_only.py: whole models against the NumPy reference, cached equal to uncached, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import reference
import torch
from cases import CONFIGS, TOLERANCE, close, numbers, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.models import build

B, T = 2, 7
NAMES = of_family("decoder")
MASK = np.array([[1] * 7, [0, 0, 1, 1, 1, 1, 1]])


def expected_logits(config, p, ids, mask):
    """The reference's, (B, T, vocab_size): embeddings, layers, the last norm, the head."""
    heads = {"num_heads": config.num_heads, "num_kv_heads": config.num_kv_heads}
    positions = np.maximum(np.cumsum(mask, axis=1) - 1, 0)
    bias, ahead = None, np.arange(T)[None, :] - np.arange(T)[:, None]
    looks = (ahead <= 0) & (ahead > -(config.window or T))
    x = p["token_embedding.weight"][ids]
    if config.positions.name == "learned":
        x = x + p["position_embedding.weight"][positions]
    if config.positions.name == "sinusoidal":
        x = x + reference.sinusoidal(T, config.d_model)[positions]
    if config.positions.name == "rotary":
        heads |= {"positions": positions, "base": config.positions.base}
    if config.positions.name == "alibi":
        bias = reference.alibi(config.num_heads, T)
    if config.positions.name == "relative":
        table = p["relative_bias.table.weight"]
        bias = reference.t5_bias(table, T, max_distance=config.positions.max_distance, both_ways=False)
    for number in range(config.num_layers):
        x, _ = reference.layer(
            x,
            reference.under(p, f"decoder.layers.{number}"),
            activation=config.activation,
            pre_norm=config.pre_norm,
            eps=config.norm_eps,
            mask=looks & (mask[:, None, None, :] == 1),
            bias=bias,
            experts_per_token=getattr(config.feed_forward, "per_token", None),
            **heads,
        )
    if config.pre_norm:
        x = reference.norm(x, p, "decoder.norm", eps=config.norm_eps)
    return x @ p["token_embedding.weight" if config.tied else "head.weight"].T


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(
    "name", [name for name in NAMES if getattr(CONFIGS[name].positions, "scaling", None) is None]
)
@torch.no_grad()
def test_equals_the_reference(name, dtype, float64):
    torch.set_default_dtype(dtype)  # sinusoids are made in it; the fixture sets it back
    model, ids = small(name, dtype), torch.randint(29, (B, T))
    expected = expected_logits(CONFIGS[name], numbers(model), ids.numpy(), MASK)
    tokens = MASK == 1
    close(model(ids, torch.tensor(MASK))[torch.tensor(tokens)], expected[tokens], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("name", NAMES)
@examples(8)
@given(pieces=st.lists(st.integers(1, 4), min_size=1, max_size=11), padding=st.integers(0, 3))
@torch.no_grad()
def test_piece_by_piece_with_a_cache_equals_all_at_once(name, pieces, padding):
    model, length = small(name), min(sum(pieces), 11)
    ids, mask = torch.randint(29, (2, length)), torch.ones(2, length, dtype=torch.int64)
    mask[1, : min(padding, length - 1)] = 0  # prompts of two lengths, the shorter one padded on its left
    whole, cache, start, outputs = model(ids, mask), model.new_cache(), 0, []
    while start < length:
        end = min(start + pieces.pop(), length)
        outputs.append(model(ids[:, start:end], mask[:, :end], cache=cache))
        start = end
        assert cache.seen == end
        assert len(cache) <= (CONFIGS[name].window or 12) - 1  # a window forgets
    tokens = mask.bool()
    torch.testing.assert_close(torch.cat(outputs, dim=1)[tokens], whole[tokens], atol=1e-10, rtol=0)


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_a_trace_begins_with_the_embeddings_and_ends_with_what_the_head_reads(name):
    model, ids = small(name), torch.randint(29, (B, T))
    trace = model.trace(ids)
    assert len(trace.hidden_states) == CONFIGS[name].num_layers + 1
    assert trace.attentions.shape == (CONFIGS[name].num_layers, B, CONFIGS[name].num_heads, T, T)
    assert trace.cross_attentions is None
    torch.testing.assert_close(model.hidden_state(ids), trace.hidden_states[-1], atol=1e-10, rtol=0)
    torch.testing.assert_close(model.logits(trace.hidden_states[-1]), model(ids), atol=1e-10, rtol=0)


@torch.no_grad()
def test_a_rotary_model_knows_only_distances():
    # The same text 5 positions later, counted from a cache of nothing that may be looked at.
    model, ids = small("decoder, rotary"), torch.randint(29, (1, 6))
    later = torch.cat([torch.zeros(1, 5, dtype=torch.int64), ids], dim=1)
    only_the_text = torch.tensor([[0] * 5 + [1] * 6])
    torch.testing.assert_close(model(later, only_the_text)[:, 5:], model(ids), atol=1e-10, rtol=0)


def test_models_of_any_length_have_no_limit_and_others_say_theirs():
    endless = build(replace(CONFIGS["decoder, alibi, one key head, window"], max_length=None)).eval()
    assert endless(torch.zeros(1, 41, dtype=torch.int64)).shape == (1, 41, 29)
    limited = small("decoder, learned")
    says = "12 tokens are more than this model's 11 positions; shorten the text or split it into pieces of at most 11"
    with pytest.raises(ValueError, match=says):
        limited(torch.zeros(1, 12, dtype=torch.int64))
    # Tokens count, padding does not: 13 columns of which 11 are tokens are read.
    mask = torch.tensor([[0, 0] + [1] * 11])
    assert limited(torch.zeros(1, 13, dtype=torch.int64), mask).isfinite().all()


@torch.no_grad()
def test_a_cache_that_would_grow_too_long_is_refused_with_the_numbers():
    model = small("decoder, learned")
    cache = model.new_cache()
    model(torch.zeros(1, 9, dtype=torch.int64), cache=cache)
    with pytest.raises(ValueError, match="12 tokens are more than this model's 11 positions"):
        model(torch.zeros(1, 3, dtype=torch.int64), cache=cache)
    with pytest.raises(ValueError, match=r"attention_mask \(1, 2\) and input_ids \(1, 11\) differ in shape"):
        model(torch.zeros(1, 2, dtype=torch.int64), torch.ones(1, 2), cache=cache)


@pytest.mark.parametrize(
    "ids, mask, says",
    [
        (torch.tensor([[3, 29]]), None, ["token id 29", "0 to 28", "tokenizer"]),
        (torch.tensor([[-1, 3]]), None, ["token id -1", "0 to 28"]),
        (torch.tensor([3, 5]), None, ["input_ids (2,)", "(B, T)", "torch.tensor([ids])"]),
        (torch.tensor([[3.0, 5.0]]), None, ["torch.float32", "integers"]),
        (torch.tensor([[3, 5]]), torch.ones(1, 3), ["attention_mask (1, 3)", "input_ids (1, 2)", "1 or 0"]),
        (torch.tensor([[3, 5]]), torch.tensor([[2, 1]]), ["holds 2", "1 for a token and 0 for padding"]),
        (torch.tensor([[3, 5]]), torch.tensor([[0.0, -1e4]]), ["holds -10000.0", "1 for a token and 0"]),
    ],
)
@pytest.mark.parametrize("name", ["decoder, learned", "decoder, sinusoidal", "decoder, rotary"])
def test_refuses_with_the_numbers_and_the_cure(name, ids, mask, says):
    model = small(name)
    for call in (model, model.hidden_state, model.trace):
        with pytest.raises(ValueError) as refused:
            call(ids, mask)
        assert all(part in str(refused.value) for part in says), refused.value
