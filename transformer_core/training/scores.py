"""Scores of a trained model on held-out data."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from transformer_core.decoding.generation import generate
from transformer_core.measurement.perplexity import token_losses
from transformer_core.tokenisation.byte_pairs import BytePairs
from transformer_core.training.objectives import IGNORE_INDEX
from transformer_core.training.rewriting import Example, Rewriting
from transformer_core.training.words import END, START


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """The share of labels (...) that have the highest of their logits (..., V); IGNORE_INDEX is left out."""
    asked = labels != IGNORE_INDEX
    return (logits.argmax(dim=-1) == labels)[asked].double().mean().item()


@torch.no_grad()
def bits_per_byte(model: nn.Module, rows: Tensor, tokenizer: BytePairs, *, batch_size: int = 64) -> float:
    """How many bits the model needs for a byte of text: 8 is guessing; models with different vocabularies can be compared.

    Args:
        model: input_ids -> (B, T, V), in eval mode.
        rows: (N, T + 1): the first T are read, the last T are predicted.
        tokenizer: gives each token's bytes.
        batch_size: rows at a time.
    """
    nats = sum(token_losses(model(part[:, :-1]), part[:, 1:]).double().sum().item()
               for part in rows.split(batch_size))
    num_bytes = sum(len(tokenizer.tokens[number]) for number in rows[:, 1:].flatten().tolist())
    return nats / math.log(2) / num_bytes


def exact_match(model: nn.Module, rewriting: Rewriting, examples: Sequence[Example]) -> float:
    """The share of sources that the model rewrites exactly, by greedy decoding.

    Args:
        model: an EncoderDecoder, in eval mode.
        rewriting: has the vocabulary.
        examples: sources and targets.
    """
    words = rewriting.vocabulary
    written = generate(
        model, [words.encode(source) for source, _ in examples], max_new_tokens=rewriting.longest_target,
        start_id=words.ids[START], stop_ids=[words.ids[END]],
    )
    right = [words.decode(ids, between="") == target for ids, (_, target) in zip(written, examples, strict=True)]
    return sum(right) / len(right)
