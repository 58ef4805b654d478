"""Read a real model's attention maps: fill in five functions, then run

    pytest test_maps_exercise.py

beside this file. Each test that fails says what is likely wrong. You
need torch and pytest. When all pass, put your questions to the model:

    python maps_exercise.py

That step needs this course's package too.

Axes are always in this order: layers L, heads H, queries T, keys T. A
row of a map is a query, and says where that token looks; it sums to 1.
A column is a key, and says who looks at that token.
"""

import torch
from torch import Tensor


def maps_of(attentions: Tensor, sentence: int) -> Tensor:
    """The maps of one sentence: (L, H, T, T).

    Args:
        attentions: (L, B, H, T, T), what the model gives for a batch of
            B sentences.
        sentence: which one of the batch, counted from 0.
    """
    raise NotImplementedError


def looks(maps: Tensor, query: int) -> Tensor:
    """Where the token at `query` looks, by all layers and heads: (T,).

    The mean of what each of them says.

    Args:
        maps: (L, H, T, T), the maps of one sentence.
        query: the token's place in the sentence.
    """
    raise NotImplementedError


def strongest(maps: Tensor, query: int, key: int) -> tuple[int, int]:
    """Layer and head in which `query` gives `key` the most weight."""
    raise NotImplementedError


def one_back(maps: Tensor) -> Tensor:
    """How much each head looks one token back: (L, H).

    The mean weight that a token gives to the token before it. The first
    token has none before it and does not count. A head that does nothing
    else scores 1.
    """
    raise NotImplementedError


def received(maps: Tensor, key: int) -> Tensor:
    """What the token at `key` receives in each layer: (L,).

    The mean weight that the other tokens give to it, over all heads.
    What it gives to itself does not count.
    """
    raise NotImplementedError


if __name__ == "__main__":
    from transformer_core import fetch, load_pretrained, load_tokenizer

    folder = fetch("all-MiniLM-L6-v2")
    tokenizer, model = load_tokenizer(folder), load_pretrained(folder)
    encoding = tokenizer.encode("The cat sat on the mat")
    tokens = encoding.tokens
    with torch.no_grad():
        trace = model.trace(torch.tensor([encoding.ids]))
    maps = maps_of(trace.attentions, 0)

    cat, mat = tokens.index("cat"), tokens.index("mat")
    weights = [f"{weight:.2f}" for weight in looks(maps, cat)]
    print("cat looks at", *map(" ".join, zip(tokens, weights)))
    layer, head = strongest(maps, cat, mat)
    print(f"cat -> mat, most: layer {layer}, head {head}")
    back = one_back(maps)
    low, high = back.min(), back.max()
    print(f"one token back: from {low:.2f} to {high:.2f} by head")
    print("[CLS] receives", *(f"{w:.2f}" for w in received(maps, 0)))
