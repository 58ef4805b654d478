"""training/relevance.py: factors worked by hand, and 1 for an attention that does not care."""

import pytest
import torch

from transformer_core.models import build
from transformer_core.models.config import EncoderConfig
from transformer_core.models.heads import Classifier
from transformer_core.training import sentiment
from transformer_core.training.relevance import Relevance, over_chance, relevance

ROWS = sentiment.batch(torch.Generator().manual_seed(0), 16)


def model():
    return Classifier(
        build(EncoderConfig(vocab_size=len(sentiment.VOCABULARY), max_length=40, d_model=12,
                     num_layers=3, num_heads=2, d_ff=8)), 2,
    ).eval()  # fmt: skip


def test_factors_worked_by_hand():
    # Row 0: 1 of 4 tokens is relevant and gets half: a factor of 2. Row 1: 2 of 3, and they get a third: a half.
    weights = torch.tensor([[[[0.2, 0.5, 0.1, 0.2]], [[1 / 6, 1 / 6, 2 / 3, 0.0]]]])  # (1, 2, 1, 4)
    relevant = torch.tensor([[0, 1, 0, 0], [1, 1, 0, 0]]) == 1
    tokens = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]) == 1
    torch.testing.assert_close(over_chance(weights, relevant, tokens), torch.tensor([[1.25]]))


@torch.no_grad()
def test_even_attention_is_chance():
    classifier = model()
    for layer in classifier.encoder.encoder.layers:
        layer.attention.w_q.weight.zero_()
        layer.attention.w_q.bias.zero_()
    found = relevance(classifier, ROWS)
    for factors in (found.from_class, found.received):
        torch.testing.assert_close(factors, torch.ones(3, 2), atol=1e-5, rtol=0)


@torch.no_grad()
def test_factors_equal_those_taken_sentence_by_sentence():
    classifier = model()
    found = relevance(classifier, ROWS)
    factors = []
    for ids, mask, relevant in zip(ROWS["input_ids"], ROWS["attention_mask"], ROWS["relevant"], strict=True):
        length = int(mask.sum())
        maps = classifier.encoder.trace(ids[None, :length]).attentions[:, 0]  # (L, H, T, T), without padding
        chance, places = relevant.sum() / length, relevant[:length]
        factors.append((maps[:, :, 0, places].sum(-1) / chance, maps[..., places].sum(-1).mean(-1) / chance))
    from_class, received = (torch.stack(each).mean(0) for each in zip(*factors, strict=True))
    torch.testing.assert_close(found.from_class, from_class, atol=1e-5, rtol=0)
    torch.testing.assert_close(found.received, received, atol=1e-5, rtol=0)


def test_the_best_head_is_the_one_with_the_highest_factor():
    factors = torch.tensor([[1.0, 2.0, 0.5], [0.1, 3.0, 2.9]])
    assert Relevance(factors, -factors).best_head() == (1, 1)


def test_a_row_without_relevant_tokens_is_refused():
    tokens = torch.ones(2, 3, dtype=torch.bool)
    relevant = torch.tensor([[True, False, False], [False] * 3])
    with pytest.raises(ValueError, match="row 1 has no relevant token, and chance would be 0; leave it out"):
        over_chance(torch.ones(1, 2, 1, 3) / 3, relevant, tokens)
