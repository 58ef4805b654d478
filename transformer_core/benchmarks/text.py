"""Real text to work on: this Python's own documentation, as tokens of the small encoder."""

import pydoc_data.topics

import torch
from torch import Tensor

from transformer_core.pretrained import load_tokenizer
from transformer_core.weights import fetch


def rows(count: int, length: int) -> Tensor:
    """(count, length) token ids of MiniLM's vocabulary, one row for each topic of Python's help."""
    tokenizer = load_tokenizer(fetch())
    found = []
    for _, topic in sorted(pydoc_data.topics.topics.items()):
        ids = tokenizer.encode(topic).ids
        if len(ids) >= length:
            found.append([*ids[: length - 1], ids[-1]])  # [CLS] ... [SEP]
        if len(found) == count:
            return torch.tensor(found)
    raise ValueError(f"Python's help has {len(found)} topics of {length} tokens, not {count}; ask for fewer rows")


def padded(count: int, shortest: int, longest: int) -> Tensor:
    """(count, longest), 1 for a token and 0 for padding: lengths evenly from shortest to longest."""
    lengths = torch.linspace(shortest, longest, count).round().long()
    return (torch.arange(longest) < lengths[:, None]).long()
