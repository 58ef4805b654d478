"""training/scores.py: worked by hand with models that know everything, or nothing."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from transformer_core.models import build
from transformer_core.models.config import EncoderDecoderConfig, Relative
from transformer_core.tokenisation.byte_pairs import learn_byte_pairs
from transformer_core.training.objectives import IGNORE_INDEX
from transformer_core.training.rewriting import NUMBERS
from transformer_core.training.scores import accuracy, bits_per_byte, exact_match


def test_accuracy_worked_by_hand():
    logits = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0], [5.0, 4.0]]])
    assert accuracy(logits, torch.tensor([[1, 0, 0], [IGNORE_INDEX, 1, 0]])) == pytest.approx(3 / 5)
    assert accuracy(logits[:, 0], torch.tensor([1, 0])) == 0.5


class Even(nn.Module):
    """Every token is as likely as any other."""

    def forward(self, ids):
        return torch.zeros(*ids.shape, 257)


class Certain(nn.Module):
    """In a text that repeats every two tokens, the next is the one before."""

    def forward(self, ids):
        return 100 * functional.one_hot(torch.cat([ids[:, 1:2], ids[:, :-1]], dim=1), 257).float()


def test_bits_per_byte_worked_by_hand():
    tokenizer = learn_byte_pairs(["abab"], 257)  # "ab" is one token
    rows = torch.tensor([tokenizer.encode("ab c"), tokenizer.encode("c ab")])
    # Of each row two tokens are predicted, and cost log2(257) bits each; they are " c" and " ab": 5 bytes.
    assert bits_per_byte(Even(), rows, tokenizer) == pytest.approx(4 * math.log2(257) / 5)
    assert bits_per_byte(Even(), rows, tokenizer, batch_size=1) == pytest.approx(4 * math.log2(257) / 5)
    assert bits_per_byte(Certain(), torch.tensor([[3, 5, 3, 5, 3]]), tokenizer) == pytest.approx(0, abs=1e-6)


def test_exact_match_counts_texts_without_a_mistake(monkeypatch):
    # Greedy decoding of a model that always ends at once writes "": right where the target is empty.
    model = build(EncoderDecoderConfig(vocab_size=len(NUMBERS.vocabulary), d_model=8, num_layers=1,
                         num_heads=2, d_ff=8, positions=Relative(), pre_norm=True, tied=False)).eval()  # fmt: skip
    words = NUMBERS.vocabulary
    said = [[*words.encode("4 2"), words.ids["[END]"]], words.encode("7"), [words.ids["[END]"]]]
    monkeypatch.setattr("transformer_core.training.scores.generate", lambda *_, **__: said)
    examples = [("forty two", "42"), ("seventeen", "17"), ("zero", "")]
    assert exact_match(model, NUMBERS, examples) == pytest.approx(2 / 3)


def test_exact_match_reads_what_the_model_writes():
    torch.manual_seed(0)
    model = build(EncoderDecoderConfig(vocab_size=len(NUMBERS.vocabulary), d_model=8, num_layers=1,
                         num_heads=2, d_ff=8, positions=Relative(), pre_norm=True, tied=False)).eval()  # fmt: skip
    nine = NUMBERS.vocabulary.ids["9"]
    with torch.no_grad():
        model.decoder.norm.weight.zero_()
        model.decoder.norm.bias.copy_(torch.ones(8))
        model.head.weight.zero_()
        model.head.weight[nine] = 1  # it writes nines, as many as it may
    assert exact_match(model, NUMBERS, [("nine", "9999999"), ("nine", "9")]) == 0.5
