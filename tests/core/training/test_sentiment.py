"""training/sentiment.py: the answer follows from the relevant words alone, and held-out pairs stay out."""

import re
from collections import Counter

import torch

from transformer_core.training.sentiment import (
    ADJECTIVES,
    AGAINST,
    FOR,
    LONGEST,
    MODIFIERS,
    PAIRS,
    TURNING,
    VOCABULARY,
    batch,
    is_held_out,
    sentences,
    to_batch,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(*, held_out=False, rows=3000):
    return sentences(generator(), rows, held_out=held_out)


def test_the_answer_follows_from_the_relevant_words_alone():
    for sentence in drawn() + drawn(held_out=True):
        said = " ".join(
            word for word, counts in zip(sentence.words, sentence.relevant, strict=True) if counts
        )
        # Read once more, by rules of our own.
        turned = re.match(r"not |never |hardly |anything but |far from ", said) is not None
        assert sentence.label == ((said.split()[-1] in FOR) != turned), said
        assert said == f"{sentence.modifier} {sentence.adjective}".strip()
        assert sentence.words[0] == "[CLS]" and sentence.words.count("[CLS]") == 1


def test_asides_hold_negations_and_modifiers_that_do_not_count():
    others = Counter(
        word for sentence in drawn()
        for word, counts in zip(sentence.words, sentence.relevant, strict=True) if not counts
    )  # fmt: skip
    assert all(others[word] > 50 for word in ["not", "never", "hardly", "always", "very", "from", "but"])
    assert not set(others) & set(ADJECTIVES)


def test_training_never_sees_a_pair_that_is_held_out():
    seen = {(sentence.adjective, sentence.modifier) for sentence in drawn()}
    unseen = {(sentence.adjective, sentence.modifier) for sentence in drawn(held_out=True)}
    assert not any(is_held_out(*pair) for pair in seen) and all(is_held_out(*pair) for pair in unseen)
    assert len(seen) + len(unseen) == len(ADJECTIVES) * len(MODIFIERS)
    # Nor do the batches, read from their token ids.
    rows = batch(generator(7), 2000)
    for ids, relevant in zip(rows["input_ids"], rows["relevant"], strict=True):
        *modifier, adjective = VOCABULARY.decode(ids[relevant].tolist()).split()
        assert not is_held_out(adjective, " ".join(modifier))


def test_each_word_is_seen_with_others_and_neither_side_gives_the_answer_away():
    for adjective in ADJECTIVES:
        kinds = {modifier in TURNING for modifier in MODIFIERS if not is_held_out(adjective, modifier)}
        assert kinds == {True, False}
    for modifier in MODIFIERS:
        seen = [adjective for adjective in ADJECTIVES if not is_held_out(adjective, modifier)]
        assert set(seen) & set(FOR) and set(seen) & set(AGAINST)
    assert all(PAIRS.values())
    labels = [sentence.label for sentence in drawn()]
    turned = [sentence.modifier in TURNING for sentence in drawn()]
    assert 0.47 < sum(labels) / 3000 < 0.53
    assert 0.37 < sum(turned) / 3000 < 0.43


def test_batches_carry_the_sentences():
    some = drawn(rows=50)
    rows = to_batch(some)
    for number, sentence in enumerate(some):
        length = len(sentence.words)
        assert VOCABULARY.encode(" ".join(sentence.words)) == rows["input_ids"][number, :length].tolist()
        assert rows["relevant"][number].tolist() == sentence.relevant + [False] * (
            rows["relevant"].shape[1] - length
        )
        assert rows["attention_mask"][number].sum() == length <= LONGEST
    assert rows["labels"].tolist() == [sentence.label for sentence in some]
    assert all(
        torch.equal(a, b)
        for a, b in zip(batch(generator(), 9).values(), batch(generator(), 9).values(), strict=True)
    )
    assert not torch.equal(batch(generator(), 9)["labels"], batch(generator(3), 9)["labels"])
