"""beam_search.py: equal to transformers' search, and to trying everything where that can be done."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from cases import CONFIGS, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from writers import pair, start_of, their_texts

from transformer_core.decoding.beam_search import beam_search
from transformer_core.decoding.generation import generate

WRITERS = of_family("decoder", "encoder-decoder")
PROMPTS = [[3, 1, 4, 1, 5], [9], [2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2]]


@pytest.fixture(scope="module", params=["GPT-2", "Mistral, window", "T5"])
def both(request):
    return pair(request.param)


def writer(name, length=31, **changes):
    return small(replace(CONFIGS[name], max_length=length, **changes))


def same(ours, theirs, scores):
    """Tokens and scores: after a stop token transformers fills up with 0 or the first of them, and adds in float32."""
    ours = [beam for beams in ours for beam in beams]
    for beam, text in zip(ours, theirs, strict=True):
        assert beam.tokens == text[: len(beam.tokens)]
        assert len(set(text[len(beam.tokens) :])) <= 1
    assert [beam.score for beam in ours] == pytest.approx(scores, rel=1e-5)


@pytest.mark.parametrize("early_stopping", [True, False, "never"])
@pytest.mark.parametrize("length_penalty", [0.0, 1.0, 2.0, -1.0])
@pytest.mark.parametrize("stops, num_beams", [(0, 2), (1, 3), (2, 5)])
def test_equals_transformers(both, early_stopping, length_penalty, stops, num_beams):
    model, theirs = both
    found = beam_search(model, PROMPTS, num_beams=num_beams, max_new_tokens=5, **start_of(model))
    stop_ids = sorted({found[0][0].tokens[2], found[2][1].tokens[1]})[:stops]  # what does come up
    options = dict(
        max_new_tokens=11, num_beams=num_beams, length_penalty=length_penalty, early_stopping=early_stopping
    )
    ours = beam_search(model, PROMPTS, stop_ids=stop_ids, **options, **start_of(model))
    texts, answer = their_texts(
        theirs, PROMPTS, num_return_sequences=num_beams, eos_token_id=stop_ids or None, **options
    )
    same(ours, texts, answer.sequences_scores.tolist())
    if stops and length_penalty < 2:  # with 2 the long texts win
        assert len({len(beam.tokens) for beams in ours for beam in beams}) > 1


@pytest.mark.parametrize("name", WRITERS)
def test_one_beam_is_greedy(name):
    model = writer(name)
    options = dict(max_new_tokens=11, stop_ids=[7, 11], **start_of(model))
    beams = beam_search(model, PROMPTS, num_beams=1, **options)
    assert [[beam.tokens for beam in found] for found in beams] == [
        [text] for text in generate(model, PROMPTS, **options)
    ]


@examples(30)
@given(
    name=st.sampled_from(WRITERS),
    prompts=st.lists(st.lists(st.integers(0, 28), min_size=1, max_size=9), min_size=1, max_size=4),
    num_beams=st.integers(1, 5),
    new=st.integers(1, 9),
    stop_ids=st.sets(st.integers(0, 28), max_size=6),
    early_stopping=st.sampled_from([True, False, "never"]),
    length_penalty=st.sampled_from([-1.0, 0.0, 0.7, 1.0, 2.0]),
    data=st.data(),
)
def test_together_as_alone_cached_as_not_and_scored_as_defined(
    name, prompts, num_beams, new, stop_ids, early_stopping, length_penalty, data
):
    model = writer(name)
    options = dict(
        num_beams=num_beams, max_new_tokens=new, stop_ids=stop_ids, early_stopping=early_stopping,
        length_penalty=length_penalty, **start_of(model),
    )  # fmt: skip
    together = beam_search(model, prompts, use_cache=data.draw(st.booleans()), **options)
    for prompt, beams in zip(prompts, together, strict=True):
        alone = beam_search(model, [prompt], use_cache=data.draw(st.booleans()), **options)[0]
        assert [beam.tokens for beam in beams] == [beam.tokens for beam in alone]
        assert [beam.score for beam in beams] == pytest.approx([beam.score for beam in alone], abs=1e-10)
        assert 1 <= len(beams) <= num_beams
        assert sorted(beams, key=lambda beam: -beam.score) == beams
        assert len({tuple(beam.tokens) for beam in beams}) == len(beams)
        for beam in beams:
            assert beam.score == pytest.approx(
                score_of(model, prompt, beam.tokens, length_penalty), abs=1e-10
            )
            assert not stop_ids & set(beam.tokens[:-1])
            assert len(beam.tokens) == new or beam.tokens[-1] in stop_ids


def score_of(model, prompt, tokens, length_penalty):
    """By definition: what the model says of each token after those before it."""
    with torch.inference_mode():
        if start_of(model):
            logits = model(torch.tensor([prompt]), torch.tensor([[0, *tokens[:-1]]]))
        else:
            logits = model(torch.tensor([prompt + tokens[:-1]]))
    log_p = logits[0, -len(tokens) :].log_softmax(-1)
    return log_p[torch.arange(len(tokens)), tokens].sum().item() / len(tokens) ** length_penalty


def all_texts(vocab_size, length, stop_ids):
    """Every text that ends with its first stop token or at its full length."""
    texts = set()
    for tokens in product(range(vocab_size), repeat=length):
        end = next((place + 1 for place, token in enumerate(tokens) if token in stop_ids), length)
        texts.add(tokens[:end])
    return [list(text) for text in sorted(texts)]


@pytest.mark.parametrize("stop_ids", [[], [2], [0, 3]])
@pytest.mark.parametrize("name", ["decoder, learned", "encoder-decoder, relative"])
def test_with_beams_for_all_texts_the_order_is_the_true_one(name, stop_ids):
    model, prompt = writer(name, vocab_size=5), [3, 1, 4]
    texts = all_texts(5, 3, stop_ids)
    sums = [score_of(model, prompt, text, 0) for text in texts]
    for length_penalty, early_stopping in product([0.0, 1.0, 3.0], [True, False, "never"]):
        found = beam_search(
            model, [prompt], num_beams=len(texts), max_new_tokens=3, stop_ids=stop_ids,
            length_penalty=length_penalty, early_stopping=early_stopping, **start_of(model),
        )[0]  # fmt: skip
        scores = [total / len(text) ** length_penalty for total, text in zip(sums, texts, strict=True)]
        true = [text for _, text in sorted(zip(scores, texts, strict=True), reverse=True)]
        assert [beam.tokens for beam in found] == true


def test_beams_find_what_greedy_misses():
    # A good start may be cut off, so this is no law; with these prompts the search never does worse.
    model, gains = writer("decoder, rotary"), []
    for first in range(7):
        prompt = [first, 1, 4]
        text = generate(model, [prompt], max_new_tokens=7)[0]
        best = beam_search(model, [prompt], num_beams=5, max_new_tokens=7)[0][0]
        gains.append(best.score - score_of(model, prompt, text, 1))
    assert min(gains) > -1e-10
    assert sum(gain > 1e-3 for gain in gains) >= 3


class Scripted:
    """A decoding state whose logits come from a table."""

    def __init__(self, table):
        self.table, self.texts = table, [()]

    def next_logits(self):
        return torch.tensor([self.table[text] for text in self.texts], dtype=torch.float64).log()

    def select(self, rows):
        self.texts = [self.texts[row] for row in rows]

    def append(self, tokens):
        self.texts = [(*text, token) for text, token in zip(self.texts, tokens.tolist(), strict=True)]


def searched(monkeypatch, table, max_new_tokens=2, **options):
    monkeypatch.setattr(
        "transformer_core.decoding.beam_search.start_decoding", lambda *_, **__: Scripted(table)
    )
    model = writer("decoder, learned", vocab_size=3)
    return beam_search(model, [[0]], max_new_tokens=max_new_tokens, **options)[0]


# After nothing: a 0.5, b 0.4, c 0.1. After a: 0.4, 0.3, 0.3. After b: 0.9 for c.
TABLE = {
    (): [0.5, 0.4, 0.1],
    (0,): [0.4, 0.3, 0.3],
    (1,): [0.05, 0.05, 0.9],
    (2,): [1.0, 0.0, 0.0],
}


def test_a_search_worked_by_hand(monkeypatch):
    # Greedy takes a, then a: 0.5 * 0.4 = 0.2. Two beams keep b as well and find b c: 0.4 * 0.9 = 0.36.
    greedy, beams = (searched(monkeypatch, TABLE, num_beams=n, length_penalty=0.0) for n in (1, 2))
    assert [(beam.tokens, pytest.approx(beam.score)) for beam in greedy] == [
        ([0, 0], torch.tensor(0.2).log().item())
    ]
    assert [beam.tokens for beam in beams] == [[1, 2], [0, 0]]
    assert [beam.score for beam in beams] == pytest.approx(
        [torch.tensor(p).log().item() for p in (0.36, 0.2)]
    )


def test_a_length_penalty_worked_by_hand(monkeypatch):
    # b stops: ln 0.4 = -0.92 at one token. a a: ln 0.2 = -1.61 in sum, -0.80 a token.
    by_sum, by_mean = (
        searched(monkeypatch, TABLE, num_beams=2, stop_ids=[1], length_penalty=alpha) for alpha in (0.0, 1.0)
    )
    assert [beam.tokens for beam in by_sum] == [[1], [0, 0]]
    assert [beam.tokens for beam in by_mean] == [[0, 0], [1]]
    assert by_mean[0].score == pytest.approx(torch.tensor(0.2).log().item() / 2)


def test_never_stopping_early_worked_by_hand(monkeypatch):
    # b stops. Its 0.3 at once and c b, 0.2 * 0.9, are finished when a a, 0.5 * 0.9, goes on. With a
    # penalty of -1 texts count as many times as they have tokens: 2 ln 0.18 = -3.43 for c b. At its
    # length, a a could still have 2 ln 0.45 = -1.60, and a a b does get 3 ln 0.405 = -2.71. That
    # longer texts would be worse, 5 ln 0.45 = -3.99, is no reason to stop.
    stops = [0.05, 0.9, 0.05]
    table = {(): [0.5, 0.3, 0.2], (0,): [0.9, 0.05, 0.05], (2,): stops, (0, 0): stops, (0, 2): stops}
    beams = searched(
        monkeypatch, table, 5, num_beams=2, stop_ids=[1], length_penalty=-1.0, early_stopping="never"
    )
    assert [beam.tokens for beam in beams] == [[1], [0, 0, 1]]
    assert beams[1].score == pytest.approx(3 * torch.tensor(0.405).log().item())


def test_what_the_model_rules_out_is_no_text(monkeypatch):
    # After c only a is possible: with beams for all nine texts, seven are found.
    beams = searched(monkeypatch, TABLE, num_beams=9)
    assert len(beams) == 7
    assert [2, 1] not in [beam.tokens for beam in beams]
    assert all(beam.score > -10 for beam in beams)


def test_when_every_token_stops(monkeypatch):
    beams = searched(monkeypatch, TABLE, num_beams=2, stop_ids=[0, 1, 2])
    assert [beam.tokens for beam in beams] == [[0], [1]]


def test_prompts_that_are_done_cost_nothing_more():
    model, rows = writer("decoder, rotary"), []
    model.token_embedding.register_forward_pre_hook(lambda _, given: rows.append(len(given[0])))
    options = dict(num_beams=3, max_new_tokens=13, early_stopping=True)
    alone = []
    stops = list(range(0, 29, 3))
    for prompt in PROMPTS:
        beam_search(model, [prompt], stop_ids=stops, **options)
        alone.append(rows[:])
        rows.clear()
    beam_search(model, PROMPTS, stop_ids=stops, **options)
    assert rows[0] == 3  # a prompt is read once, however many beams begin there
    assert rows == [
        sum(own[step] for own in alone if step < len(own)) for step in range(max(map(len, alone)))
    ]
    assert rows[-1] < max(rows)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"num_beams": 0}, ["num_beams is 0", "at least 1"]),
        ({"early_stopping": "always"}, ["early_stopping is 'always'", "True, False or 'never'"]),
        ({"max_new_tokens": 0}, ["max_new_tokens is 0"]),
        ({"max_new_tokens": 40}, ["1 token of prompt and 40 new ones are more than 31 positions"]),
        ({"start_id": 3}, ["start_id 3"]),
        ({"stop_ids": [29]}, ["stop id 29", "0 to 28"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(changes, says):
    with pytest.raises(ValueError) as refused:
        beam_search(writer("decoder, learned"), [[1]], **{"num_beams": 2, "max_new_tokens": 3, **changes})
    assert all(part in str(refused.value) for part in says), refused.value
