"""sampling.py: worked by hand, equal to transformers' warpers, and drawn as often as the model says."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from transformers import (
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from transformer_core.decoding import sampling
from transformer_core.decoding.sampling import Sampler, greedy, keep_top_k, keep_top_p, with_temperature

INF = math.inf
# Four tokens with 1/2, 1/4, 1/8 and 1/8, in no order.
EIGHTHS = torch.tensor([[0.125, 0.5, 0.125, 0.25]]).log()


def kept(logits):
    """Which tokens of the first row are left."""
    return [token for token, score in enumerate(logits[0].tolist()) if score > -INF]


def test_temperature_worked_by_hand():
    # 1 : 4 becomes 1 : 2 at temperature 2, the square root, and 1 : 16 at 1/2, the square.
    logits = torch.tensor([0.0, math.log(4)])
    assert with_temperature(logits, 2).softmax(-1).tolist() == pytest.approx([1 / 3, 2 / 3])
    assert with_temperature(logits, 0.5).softmax(-1).tolist() == pytest.approx([1 / 17, 16 / 17])


@pytest.mark.parametrize(
    "k, tokens", [(1, [1]), (2, [1, 3]), (3, [0, 1, 2, 3]), (4, [0, 1, 2, 3]), (99, [0, 1, 2, 3])]
)
def test_top_k_worked_by_hand(k, tokens):
    # The third and the fourth are equal: they stay or go together.
    assert kept(keep_top_k(EIGHTHS, k)) == tokens


@pytest.mark.parametrize(
    "p, tokens",
    [
        (1e-9, [1]),  # the likeliest always
        (0.49, [1]),
        (0.51, [1, 3]),  # 1/2 does not reach it, 3/4 does
        (0.74, [1, 3]),
        (0.76, [1, 2, 3]),  # 7/8: of two equal ones the higher id
        (0.88, [0, 1, 2, 3]),
        (1, [0, 1, 2, 3]),
    ],
)
def test_top_p_worked_by_hand(p, tokens):
    assert kept(keep_top_p(EIGHTHS, p)) == tokens


def test_what_is_kept_keeps_its_score():
    for logits in (keep_top_k(EIGHTHS, 2), keep_top_p(EIGHTHS, 0.6)):
        assert logits[0, [1, 3]].equal(EIGHTHS[0, [1, 3]])


@examples(150)
@given(
    data=st.data(),
    rows=st.integers(1, 3),
    vocab=st.integers(1, 11),
    ties=st.booleans(),
    seed=st.integers(0, 999),
)
def test_equal_to_transformers_warpers(data, rows, vocab, ties, seed):
    torch.manual_seed(seed)
    logits = torch.randint(-2, 3, (rows, vocab)).float() if ties else 3 * torch.randn(rows, vocab)
    logits[torch.rand(rows, vocab) < 0.1] = -INF  # ruled out before
    logits[:, 0] = logits[:, 0].clamp(min=-9)
    t = data.draw(st.floats(0.01, 10))
    k = data.draw(st.integers(1, vocab + 2))
    p = data.draw(st.floats(0.001, 1) | st.sampled_from([0.25, 0.5, 0.75, 1.0]))
    assert with_temperature(logits, t).equal(TemperatureLogitsWarper(t)(None, logits))
    assert keep_top_k(logits, k).equal(TopKLogitsWarper(k)(None, logits))
    assert keep_top_p(logits, p).equal(TopPLogitsWarper(p)(None, logits))


@pytest.mark.parametrize("top_k", [None, 1, 5])
@pytest.mark.parametrize("top_p", [None, 0.3, 0.9])
def test_a_samplers_probabilities_equal_transformers(top_k, top_p):
    # Temperature first: a flatter distribution needs more tokens to reach p.
    logits = 2 * torch.randn(7, 53, dtype=torch.float64)
    warpers = [TemperatureLogitsWarper(1.7)]
    warpers += [] if top_k is None else [TopKLogitsWarper(top_k)]
    warpers += [] if top_p is None else [TopPLogitsWarper(top_p)]
    expected = LogitsProcessorList(warpers)(None, logits).softmax(-1)
    ours = Sampler(temperature=1.7, top_k=top_k, top_p=top_p).probabilities(logits)
    torch.testing.assert_close(ours, expected, atol=1e-12, rtol=0)


def test_greedy_takes_the_likeliest_and_of_equals_the_first():
    assert greedy(torch.tensor([[0.0, 2, 1], [3, 3, 1], [-INF, -5, -INF]])).tolist() == [1, 0, 1]


class Luck:
    """Stands for random.Random: always the same number."""

    def __init__(self, value):
        self.value = value

    def Random(self, name):
        return self

    def random(self):
        return self.value


@pytest.mark.parametrize(
    "luck, token",
    [(0.0, 1), (0.19, 1), (0.21, 2), (0.49, 2), (0.51, 4), (1 - 2**-53, 4)],
)
def test_a_draw_worked_by_hand(monkeypatch, luck, token):
    # 0 to 0.2 is token 1, to 0.5 token 2, to 1 token 4; the others have no room, at the edges neither.
    monkeypatch.setattr(sampling, "random", Luck(luck))
    logits = torch.tensor([[0, 0.2, 0.3, 0, 0.5, 0]]).log()
    assert Sampler()(logits, ["a draw"]).tolist() == [token]


def test_a_piece_of_1e_10_is_not_lost(monkeypatch):
    # Beyond the first token's end by less than float32 can tell.
    monkeypatch.setattr(sampling, "random", Luck(1 - 5e-11))
    logits = torch.tensor([[0, math.log(1e-10)]])
    assert Sampler()(logits, ["a draw"]).tolist() == [1]


def chi_squared(counts, expected):
    return ((counts - expected) ** 2 / expected).sum().item()


def test_as_often_as_the_model_says():
    # 5 tokens: with 4 degrees of freedom, chi-squared is above 18.5 once in a thousand times.
    n, p = 20_000, torch.tensor([0.4, 0.05, 0.3, 0.05, 0.2])
    tokens = Sampler(seed=3)(p.log().expand(n, -1), [f"{number}" for number in range(n)])
    assert chi_squared(tokens.bincount(minlength=5), n * p) < 18.5


def test_one_draw_tells_nothing_of_the_next():
    # Pairs of neighbours, 3 x 3 tokens: with 8 degrees of freedom above 26.1 once in a thousand times.
    n, p = 18_001, torch.tensor([0.5, 0.3, 0.2])
    tokens = Sampler(seed=5)(p.log().expand(n, -1), [f"{step} 0 [17]" for step in range(n)]).tolist()
    pairs = torch.tensor([3 * a + b for a, b in pairwise(tokens)]).bincount(minlength=9)
    assert chi_squared(pairs, (n - 1) * torch.outer(p, p).flatten()) < 26.1


@examples(60)
@given(k=st.integers(1, 13), p=st.floats(0.01, 1), temperature=st.floats(0.1, 10), seed=st.integers(0, 999))
def test_nothing_outside_is_ever_drawn(k, p, temperature, seed):
    torch.manual_seed(seed)
    logits, names = torch.randn(101, 13), [str(number) for number in range(101)]
    by_k = Sampler(temperature=temperature, top_k=k, seed=seed)(logits, names)
    assert (logits.argsort(descending=True).argsort().gather(1, by_k[:, None]) < k).all()
    by_p = Sampler(temperature=temperature, top_p=p, seed=seed)
    before = by_p(logits, names)
    shares = with_temperature(logits, temperature).softmax(-1)
    likelier = shares.masked_fill(shares <= shares.gather(1, before[:, None]), 0).sum(-1)
    assert (likelier < p + 1e-6).all()  # what is likelier does not reach p alone


@examples(30)
@given(rows=st.integers(1, 7), seed=st.integers(0, 99), data=st.data())
def test_a_row_does_not_depend_on_the_others(rows, seed, data):
    torch.manual_seed(seed)
    logits, names = torch.randn(rows, 53), [f"name {row}" for row in range(rows)]
    together = Sampler(seed=seed)(logits, names)
    order = data.draw(st.permutations(range(rows)))
    assert Sampler(seed=seed)(logits[order], [names[row] for row in order]).equal(together[order])
    for row in range(rows):
        assert Sampler(seed=seed)(logits[row : row + 1], names[row : row + 1]).item() == together[row].item()


def test_another_seed_and_another_name_draw_otherwise():
    logits, names = torch.zeros(100, 53), [str(number) for number in range(100)]
    tokens = Sampler(seed=0)(logits, names)
    assert (tokens != Sampler(seed=1)(logits, names)).float().mean() > 0.9
    assert (tokens != Sampler(seed=0)(logits, names[::-1])).float().mean() > 0.9


def test_nothing_else_that_draws_is_disturbed():
    before = torch.get_rng_state()
    Sampler()(torch.zeros(3, 7), ["a", "b", "c"])
    assert torch.get_rng_state().equal(before)


def test_a_tiny_temperature_is_greedy_and_top_k_1_too():
    logits, names = 100 * torch.randn(101, 53), [str(number) for number in range(101)]
    for sampler in (Sampler(temperature=1e-37), Sampler(top_k=1), Sampler(top_p=1e-9)):
        assert sampler(logits, names).equal(greedy(logits))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_single(dtype):
    # 5,003 equal tokens: in half precision their sum would stop growing long before.
    p = Sampler().probabilities(torch.zeros(1, 5003, dtype=dtype))
    assert p.dtype == torch.float32
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
    logits = torch.zeros(1000, 5003, dtype=dtype)
    assert Sampler()(logits, [str(number) for number in range(1000)]).unique().numel() > 850


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"temperature": 0}, ["temperature 0 ", "above 0", "`greedy`"]),
        ({"temperature": -1.5}, ["temperature -1.5 "]),
        ({"temperature": 1e-50}, ["temperature 1e-50 "]),
        ({"temperature": INF}, ["temperature inf ", "finite"]),
        ({"temperature": math.nan}, ["temperature nan "]),
        ({"top_k": 0}, ["top_k 0 ", "whole number from 1", "None to keep all"]),
        ({"top_k": -3}, ["top_k -3 "]),
        ({"top_k": 2.5}, ["top_k 2.5 "]),
        ({"top_p": 0}, ["top_p 0 ", "above 0 and up to 1", "None to keep all"]),
        ({"top_p": 1.1}, ["top_p 1.1 "]),
        ({"top_p": -0.5}, ["top_p -0.5 "]),
        ({"top_p": math.nan}, ["top_p nan "]),
    ],
)
def test_refuses_with_the_value_and_the_cure(wrong, says):
    with pytest.raises(ValueError) as refused:
        Sampler(**wrong)
    assert all(part in str(refused.value) for part in says), refused.value
