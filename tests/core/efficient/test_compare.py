"""compare.py: the exact attention's bytes by hand, errors with a meaning, and how memory grows."""

import pytest
import torch
from beside_exact import heads, inputs

from transformer_core.efficient.compare import attentions, compare

LENGTHS = 256, 512, 1024


@pytest.fixture(scope="module")
def compared():
    torch.manual_seed(0)
    return [compare(*heads(length), attentions(length, 32, tile=32, block=16, rank=16)) for length in LENGTHS]


def test_the_exact_ones_bytes_by_hand(compared):
    # Two heads: scores and weights, 256 x 256 each, and the output, 256 x 32, 4 bytes a number.
    assert compared[0]["exact"].peak_bytes == 2 * (2 * 256 * 256 + 256 * 32) * 4


def test_who_is_exact_and_who_is_not(compared):
    for figures in compared:
        assert figures["exact"].error == 0
        assert figures["tiled"].error < 1e-6
        assert all(figures[name].error > 0.1 for name in ("sparse", "low-rank", "kernel"))


def test_twice_the_length_takes_four_times_the_memory_or_twice(compared):
    # From one length to the next, so that what a tile takes at any length drops out.
    short, longer, longest = ({name: one.peak_bytes for name, one in figures.items()} for figures in compared)
    growth = {name: (longest[name] - longer[name]) / (longer[name] - short[name]) for name in short}
    assert growth.pop("exact") == pytest.approx(4, rel=0.1)
    assert set(growth) == {"tiled", "sparse", "low-rank", "kernel"}
    assert all(times == pytest.approx(2, rel=0.03) for times in growth.values()), growth


def test_the_error_is_relative_to_the_exact_output():
    query, key, value = inputs()

    def twice(query, key, value):
        output, _ = attentions(1, 1, block=1, rank=1)["exact"](query, key, value)
        return 3 * output, None

    figures = compare(query, key, value, {"twice too much": twice})
    assert figures["twice too much"].error == pytest.approx(2)


def test_full_settings_are_exact():
    query, key, value = inputs(tq=32, tk=32)
    attends = attentions(32, 11, block=4, rank=32)
    attends["low-rank"].double()
    figures = compare(query, key, value, attends)
    assert figures["low-rank"].error < 1e-12 and figures["sparse"].error > 0.1
    everything = attentions(32, 11, block=16, rank=1)["sparse"]  # two blocks: each is the other's neighbour
    assert compare(query, key, value, {"sparse": everything})["sparse"].error < 1e-12
