"""training/corruption.py: worked by hand, and counted over many draws."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.training.corpus import Corpus
from transformer_core.training.corruption import SpanCorruption, mask_tokens, sentence_pairs
from transformer_core.training.objectives import IGNORE_INDEX

WORDS, MASK = 1000, 1002


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def masked(rows=400, length=100):
    """Rows of words with two special tokens each, before and after; where words stand; and the labels."""
    ids = torch.randint(WORDS, (rows, length + 2), generator=generator(1))
    ids[:, 0], ids[:, -1] = 1000, 1001
    maskable = ids < WORDS
    return ids, maskable, *mask_tokens(ids, maskable, generator(), mask_id=MASK, words=WORDS)


def test_fifteen_percent_of_each_rows_words_are_chosen_and_nothing_else_changes():
    ids, maskable, corrupted, labels = masked()
    chosen = labels != IGNORE_INDEX
    assert (chosen.sum(dim=1) == 15).all()
    assert not chosen[~maskable].any()
    assert torch.equal(labels[chosen], ids[chosen])
    assert torch.equal(corrupted[~chosen], ids[~chosen])


def test_of_the_chosen_eighty_percent_are_masked_ten_are_any_word_and_ten_stay():
    ids, _, corrupted, labels = masked()
    chosen = labels != IGNORE_INDEX
    was, now = ids[chosen], corrupted[chosen]  # 6,000 of them; spreads of 0.0052 and 0.0039
    assert (now == MASK).double().mean().item() == pytest.approx(0.8, abs=0.02)
    stayed, other = (now == was).double().mean().item(), ((now != MASK) & (now != was)).double().mean().item()
    assert stayed == pytest.approx(0.1, abs=0.016) and other == pytest.approx(0.1, abs=0.016)
    words = now[(now != MASK) & (now != was)]
    assert words.max() < WORDS and words.double().mean().item() == pytest.approx(500, abs=50)  # any word


def test_every_place_is_chosen_equally_often():
    _, _, _, labels = masked(rows=4000)
    counts = (labels != IGNORE_INDEX).sum(dim=0)[1:-1]  # 600 each, with a spread of 22.6
    assert (counts - 600).abs().max() < 4.5 * 22.6


def test_short_rows_lose_one_word_and_other_shares_are_kept():
    ids, maskable = (
        torch.tensor([[1000, 7, 8, 1001], [1000, 9, 1001, 0]]),
        torch.tensor([[0, 1, 1, 0], [0, 1, 0, 0]]) == 1,
    )
    _, labels = mask_tokens(ids, maskable, generator(), mask_id=MASK, words=WORDS)
    assert (labels != IGNORE_INDEX).sum(dim=1).tolist() == [1, 1] and labels[1, 1] == 9
    _, labels = mask_tokens(ids, maskable, generator(), mask_id=MASK, words=WORDS, share=1.0)
    assert labels.tolist() == [
        [IGNORE_INDEX, 7, 8, IGNORE_INDEX],
        [IGNORE_INDEX, 9, IGNORE_INDEX, IGNORE_INDEX],
    ]


def test_a_pair_follows_or_comes_from_elsewhere():
    corpus = Corpus(torch.arange(10_000), torch.tensor([0]), 10_000)
    pairs = sentence_pairs(corpus, generator(), 1000, 5, class_id=10_001, end_id=10_002)
    ids = pairs["input_ids"]
    assert ids.shape == (1000, 13)
    assert (ids[:, 0] == 10_001).all() and (ids[:, [6, 12]] == 10_002).all()
    assert pairs["token_types"][3].tolist() == [0] * 7 + [1] * 6
    assert pairs["maskable"][3].int().tolist() == [0] + [1] * 5 + [0] + [1] * 5 + [0]
    assert (ids[:, 1:6].diff() == 1).all() and (ids[:, 7:12].diff() == 1).all()
    follows = ids[:, 7] == ids[:, 5] + 1
    assert torch.equal(follows, pairs["from_elsewhere"] == 0)
    assert 0.45 < follows.double().mean() < 0.55


def test_spans_worked_by_hand():
    # The paper's figure 2, with its words as numbers: for inviting (2, 3) and last (8) are taken out.
    spans = SpanCorruption(length=10, first_sentinel=100)
    taken = torch.tensor([0, 0, 1, 1, 0, 0, 0, 0, 1, 0]) == 1
    source, target = spans.corrupt(torch.arange(10), taken)
    assert source.tolist() == [0, 1, 100, 4, 5, 6, 7, 101, 9]
    assert target.tolist() == [100, 2, 3, 101, 8, 102]


@pytest.mark.parametrize(
    "length, taken, spans",
    [(512, 77, 26), (64, 10, 3), (100, 15, 5), (2, 1, 1), (3, 1, 1)],  # 512: T5's own, 15% and 3
)
def test_how_much_is_taken_out(length, taken, spans):
    corruption = SpanCorruption(length=length, first_sentinel=1000)
    assert (corruption.taken, corruption.spans) == (taken, spans)


@examples(100)
@given(st.integers(2, 80), st.floats(0.01, 0.9), st.floats(1, 8), st.integers(0, 99))
def test_the_source_with_its_target_is_the_text(length, share, mean_span, seed):
    corruption = SpanCorruption(length=length, first_sentinel=1000, share=share, mean_span=mean_span)
    texts = torch.randint(1000, (3, length), generator=generator(1))
    sources, targets = corruption.batch(texts, generator(seed))
    assert sources.shape == (3, length - corruption.taken + corruption.spans)
    assert targets.shape == (3, corruption.taken + corruption.spans + 1)
    for text, source, target in zip(texts.tolist(), sources.tolist(), targets.tolist(), strict=True):
        sentinels = [token for token in target if token >= 1000]
        assert sentinels == list(range(1000, 1000 + corruption.spans + 1)) and target[-1] == sentinels[-1]
        whole = []
        for token in source:
            if token < 1000:
                whole.append(token)
            else:
                begin, end = target.index(token), target.index(token + 1)
                assert end > begin + 1  # no span is empty
                whole += target[begin + 1 : end]
        assert whole == text


def test_every_way_to_cut_comes_equally_often():
    # 5 tokens kept and 4 taken, in 2 spans: 4 * 3 = 12 ways.
    corruption = SpanCorruption(length=9, first_sentinel=1000, share=0.44, mean_span=2)
    assert (corruption.taken, corruption.spans) == (4, 2)
    draws = generator()
    ways = [tuple(corruption.draw(draws).tolist()) for _ in range(2400)]
    counts = {way: ways.count(way) for way in set(ways)}  # 200 each, with a spread of 13.5
    assert len(counts) == 12 and all(abs(count - 200) < 4 * 13.5 for count in counts.values())
    assert not any(way[0] for way in ways) and all(way[-1] for way in ways)


def tokens(share):
    return mask_tokens(torch.zeros(2, 2).long(), torch.tensor([[1, 1], [0, 1]]) == 1, generator(),
                       mask_id=1, words=3, share=share)  # fmt: skip


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: tokens(share=0), ["share is 0", "0.15"]),
        (lambda: tokens(share=1.1), ["share is 1.1"]),
        (
            lambda: mask_tokens(torch.zeros(2, 2).long(), torch.tensor([[True, True], [False, False]]), generator(),
                                mask_id=1, words=3),
            ["row 1 has no word to take out"],
        ),
        (lambda: SpanCorruption(length=1, first_sentinel=9), ["text of 1 tokens", "use 2 or more"]),
        (lambda: SpanCorruption(length=9, first_sentinel=9, share=1.0), ["share is 1.0", "less than 1"]),
        (lambda: SpanCorruption(length=9, first_sentinel=9, mean_span=0.5), ["mean_span is 0.5", "at least 1"]),
        (
            lambda: SpanCorruption(length=512, first_sentinel=9, sentinels=26),
            ["26 spans and the end need 27 sentinels", "there are 26", "shorter texts or longer spans"],
        ),
    ],
)  # fmt: skip
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
