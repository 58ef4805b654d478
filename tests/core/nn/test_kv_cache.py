"""kv_cache.py: what comes back, what is forgotten, how much it takes, and that no answer changes."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from cases import CONFIGS, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.models.config import DecoderConfig, Rotary
from transformer_core.nn.kv_cache import KVCache, LayerCache

# Distinct primes: an axis mistaken for another cannot fit.
B, HK, DK = 2, 3, 5


def rows(length):
    """Keys and values of that many tokens."""
    return torch.randn(B, HK, length, DK), torch.randn(B, HK, length, DK)


@examples(60)
@given(pieces=st.lists(st.integers(0, 13), min_size=1, max_size=9), seed=st.integers(0, 999))
def test_everything_comes_back_in_order(pieces, seed):
    torch.manual_seed(seed)
    cache, keys, values = LayerCache(), [], []
    for piece in pieces:
        key, value = rows(piece)
        keys.append(key)
        values.append(value)
        all_keys, all_values = cache.append(key, value)
        assert all_keys.equal(torch.cat(keys, dim=2)) and all_values.equal(torch.cat(values, dim=2))
        assert len(cache) == cache.seen == all_keys.shape[2]


def test_a_window_worked_by_hand():
    # Window 3: a query sees itself and two before it, so two are kept. A piece of 4 needs
    # two before its first: 6 come back, and then the last two stay.
    cache, (key, value) = LayerCache(window=3), rows(9)
    came = [
        cache.append(key[:, :, a:b], value[:, :, a:b])
        for a, b in ((0, 1), (1, 2), (2, 3), (3, 4), (4, 8), (8, 9))
    ]
    begins = [0, 0, 0, 1, 2, 6]
    for (keys, values), begin, end in zip(came, begins, (1, 2, 3, 4, 8, 9), strict=True):
        assert keys.equal(key[:, :, begin:end]) and values.equal(value[:, :, begin:end])
    assert (len(cache), cache.seen) == (2, 9)


@examples(60)
@given(
    window=st.integers(1, 7),
    pieces=st.lists(st.integers(1, 5), min_size=1, max_size=40),
    seed=st.integers(0, 999),
)
def test_a_window_forgets_all_that_no_query_will_see(window, pieces, seed):
    torch.manual_seed(seed)
    cache, (key, value) = LayerCache(window), rows(sum(pieces))
    end = 0
    for piece in pieces:
        begin, end = max(0, end - window + 1), end + piece
        keys, values = cache.append(key[:, :, end - piece : end], value[:, :, end - piece : end])
        assert keys.equal(key[:, :, begin:end]) and values.equal(value[:, :, begin:end])
        assert cache.seen == end and len(cache) == min(end, window - 1)
        assert cache.key.shape[2] <= 2 * (window - 1 + max(pieces))  # however long the text


def test_moves_are_rare():
    # Room doubles, so a text of n tokens is moved log2(n) times and not n times.
    cache, rooms = LayerCache(), set()
    for _ in range(1000):
        cache.append(*rows(1))
        rooms.add(cache.key.data_ptr())
        assert cache.key.shape[2] <= 2 * len(cache)
    assert len(rooms) <= 10


@pytest.mark.parametrize("order", [[1, 0], [1], [1, 1, 0]])
def test_sequences_go_on_as_copies_of_others(order):
    cache, (key, value) = LayerCache(), rows(4)
    cache.append(key, value)
    cache.reorder(torch.tensor(order))
    new = torch.randn(len(order), HK, 1, DK)
    keys, values = cache.append(new, new)
    assert keys.equal(torch.cat([key[order], new], dim=2))
    assert values.equal(torch.cat([value[order], new], dim=2))


def test_reordering_nothing_is_fine():
    cache = KVCache(2)
    cache.reorder(torch.tensor([0]))
    assert (len(cache), cache.seen, cache.nbytes) == (0, 0, 0)


def test_copies_do_not_write_into_each_other():
    cache, (key, value) = LayerCache(), rows(4)
    cache.append(key, value)
    cache.reorder(torch.tensor([0, 0]))
    new = torch.randn(2, HK, 1, DK)
    keys, _ = cache.append(new, new)
    assert keys[0, :, -1].equal(new[0, :, 0]) and keys[1, :, -1].equal(new[1, :, 0])


def decoder(**changes):
    """A decoder of 2 layers with 6 heads of 4."""
    return small(DecoderConfig(
        d_model=24, num_layers=2, num_heads=6, d_ff=13, vocab_size=29, positions=Rotary(),
        **changes,
    ))  # fmt: skip


def read(model, length, dtype=torch.float64):
    """The cache after B texts of that length."""
    cache = model.to(dtype).new_cache()
    with torch.inference_mode():
        model(torch.randint(29, (B, length)), cache=cache)
    return cache


@pytest.mark.parametrize("dtype, size", [(torch.float64, 8), (torch.float32, 4), (torch.bfloat16, 2)])
@pytest.mark.parametrize("num_kv_heads", [6, 3, 2, 1])
def test_bytes_worked_by_hand(num_kv_heads, dtype, size):
    # Keys and values, 2 layers, B texts, 11 tokens, heads of 4 numbers.
    cache = read(decoder(num_kv_heads=num_kv_heads), 11, dtype)
    assert cache.nbytes == 2 * 2 * B * num_kv_heads * 11 * 4 * size
    assert cache.nbytes * 6 // num_kv_heads == read(decoder(), 11, dtype).nbytes
    assert (len(cache), cache.seen) == (11, 11)


def test_bytes_of_a_window_stop_growing():
    one = 2 * 2 * B * 6 * 4 * 8  # keys and values, layers, texts, heads, numbers, bytes
    for length, kept in ((3, 3), (5, 4), (31, 4)):
        cache = read(decoder(window=5), length)
        assert (cache.nbytes, len(cache), cache.seen) == (kept * one, kept, length)


def test_bytes_of_an_encoder_decoder_hold_the_memory_too():
    model = small("encoder-decoder, learned")  # three decoder layers, 2 key heads of 4
    cache, memory = model.new_cache(), model.encode(torch.randint(29, (B, 7)))
    with torch.inference_mode():
        model.decode(torch.randint(29, (B, 3)), memory, cache=cache)
        assert cache.nbytes == 2 * 3 * B * 2 * (3 + 7) * 4 * 8
        model.decode(torch.randint(29, (B, 1)), memory, cache=cache)
        assert cache.nbytes == 2 * 3 * B * 2 * (4 + 7) * 4 * 8  # the memory does not grow


def longer(name, length):
    """A small model of that kind with room for longer texts."""
    return small(replace(CONFIGS[name], max_length=length))


@st.composite
def cuts(draw, length):
    """Where a text is cut: 0, some places in order, its length."""
    places = draw(st.sets(st.integers(1, length - 1), max_size=7)) if length > 1 else set()
    return list(pairwise([0, *sorted(places), length]))


@examples(60)
@given(name=st.sampled_from(of_family("decoder")), length=st.integers(1, 31), data=st.data())
def test_a_text_in_pieces_equals_the_text_in_one(name, length, data):
    model = longer(name, 31)
    ids = torch.randint(29, (B, length))
    with torch.inference_mode():
        whole, cache = model(ids), model.new_cache()
        pieces = [model(ids[:, a:b], cache=cache) for a, b in data.draw(cuts(length))]
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole, atol=1e-10, rtol=0)


@examples(60)
@given(name=st.sampled_from(of_family("decoder")), length=st.integers(1, 17), data=st.data())
def test_padding_on_the_left_changes_nothing(name, length, data):
    model = longer(name, 17)
    ids, mask = torch.randint(29, (B, length)), torch.ones(B, length, dtype=torch.int64)
    mask[1, : data.draw(st.integers(0, length - 1))] = 0
    with torch.inference_mode():
        alone, cache = model(ids[1:, mask[1] == 1]), model.new_cache()
        pieces = [model(ids[:, a:b], mask[:, :b], cache=cache) for a, b in data.draw(cuts(length))]
        together = torch.cat(pieces, dim=1)
        torch.testing.assert_close(together[:1], model(ids[:1]), atol=1e-10, rtol=0)
    torch.testing.assert_close(together[1:, mask[1] == 1], alone, atol=1e-10, rtol=0)


@examples(40)
@given(
    name=st.sampled_from(of_family("encoder-decoder")),
    length=st.integers(1, 13),
    padding=st.integers(0, 6),
    data=st.data(),
)
def test_a_decoders_text_in_pieces_equals_the_text_in_one(name, length, padding, data):
    model = longer(name, 13)
    source, ids, mask = (
        torch.randint(29, (B, 7)),
        torch.randint(29, (B, length)),
        torch.ones(B, 7, dtype=torch.int64),
    )
    mask[1, 7 - padding :] = 0
    with torch.inference_mode():
        memory, cache = model.encode(source, mask), model.new_cache()
        whole = model.decode(ids, memory, mask)
        pieces = [model.decode(ids[:, a:b], memory, mask, cache=cache) for a, b in data.draw(cuts(length))]
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole, atol=1e-10, rtol=0)


@pytest.mark.parametrize("name", [name for name in of_family("decoder") if CONFIGS[name].window])
def test_far_beyond_the_window_the_answers_stay_the_same(name):
    window, length = CONFIGS[name].window, 211
    model = longer(name, length)
    ids = torch.randint(29, (B, length))
    with torch.inference_mode():
        whole, cache = model(ids), model.new_cache()
        for at in range(length):
            logits = model(ids[:, at : at + 1], cache=cache)
            torch.testing.assert_close(logits, whole[:, at : at + 1], atol=1e-10, rtol=0)
            assert len(cache) == min(at + 1, window - 1)
            assert all(layer.key.shape[2] <= 2 * window for layer in cache.layers)


@pytest.mark.parametrize("name", of_family("decoder"))
def test_in_single_precision_the_answers_are_as_near(name):
    model, ids = longer(name, 23).float(), torch.randint(29, (B, 23))
    with torch.inference_mode():
        whole, cache = model(ids), model.new_cache()
        pieces = [model(ids[:, a:b], cache=cache) for a, b in pairwise((0, 11, 12, 13, 23))]
    scale = whole.abs().max().item()
    torch.testing.assert_close(torch.cat(pieces, dim=1) / scale, whole / scale, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", of_family("decoder"))
def test_reordered_texts_go_on_from_their_new_past(name):
    model, ids, rows = longer(name, 17), torch.randint(29, (3, 17)), torch.tensor([2, 0, 2, 1])
    with torch.inference_mode():
        cache = model.new_cache()
        model(ids[:, :11], cache=cache)
        cache.reorder(rows)
        after = model(ids[rows][:, 11:], cache=cache)
        torch.testing.assert_close(after, model(ids)[rows][:, 11:], atol=1e-10, rtol=0)


@pytest.mark.parametrize("name", of_family("encoder-decoder"))
def test_reordered_texts_keep_their_memory(name):
    model, source, ids = longer(name, 11), torch.randint(29, (3, 7)), torch.randint(29, (3, 11))
    rows = torch.tensor([2, 0, 2, 1])
    with torch.inference_mode():
        memory, cache = model.encode(source), model.new_cache()
        model.decode(ids[:, :5], memory, cache=cache)
        cache.reorder(rows)
        after = model.decode(ids[rows][:, 5:], memory[rows], cache=cache)
        torch.testing.assert_close(after, model.decode(ids, memory)[rows][:, 5:], atol=1e-10, rtol=0)
