"""Read the attention maps of a real model: one way to fill in the five functions."""

import torch
from torch import Tensor


def maps_of(attentions: Tensor, sentence: int) -> Tensor:
    """The maps of one sentence: (L, H, T, T).

    Args:
        attentions: (L, B, H, T, T), what the model gives for a batch of B sentences.
        sentence: which one of the batch, counted from 0.
    """
    return attentions[:, sentence]  # (L, H, T, T)


def looks(maps: Tensor, query: int) -> Tensor:
    """Where the token at `query` looks, averaged over all layers and heads: (T,).

    Args:
        maps: (L, H, T, T), the maps of one sentence.
        query: the token's place in the sentence.
    """
    return maps[:, :, query].mean(dim=(0, 1))  # a row: (L, H, T) to (T,)


def strongest(maps: Tensor, query: int, key: int) -> tuple[int, int]:
    """Layer and head of the one head in which `query` gives `key` the most weight."""
    place = maps[:, :, query, key].argmax().item()  # counted through all layers and heads
    return divmod(place, maps.shape[1])


def one_back(maps: Tensor) -> Tensor:
    """How much each head looks one token back: (L, H).

    The mean weight that a token gives to the token before it. The first token has none
    before it and does not count. A head that does nothing else scores 1.
    """
    before = maps.diagonal(-1, -2, -1)  # query i, key i - 1: (L, H, T - 1)
    return before.mean(dim=-1)


def received(maps: Tensor, key: int) -> Tensor:
    """What the token at `key` receives in each layer: (L,).

    The mean weight that the other tokens give to it, over all heads. What it gives to
    itself does not count.
    """
    others = [query for query in range(maps.shape[-2]) if query != key]
    return maps[:, :, others, key].mean(dim=(1, 2))  # a column: (L, H, T - 1) to (L,)


if __name__ == "__main__":
    from transformer_core.pretrained import load_pretrained, load_tokenizer
    from transformer_core.weights import fetch

    folder = fetch("all-MiniLM-L6-v2")
    tokenizer, model = load_tokenizer(folder), load_pretrained(folder)
    encoding = tokenizer.encode("The cat sat on the mat")
    tokens = encoding.tokens
    with torch.no_grad():
        maps = maps_of(model.trace(torch.tensor([encoding.ids])).attentions, 0)

    cat, mat = tokens.index("cat"), tokens.index("mat")
    weights = looks(maps, cat).tolist()
    print("cat looks at", *(f"{t} {w:.2f}" for t, w in zip(tokens, weights)))
    layer, head = strongest(maps, cat, mat)
    print(f"cat -> mat, most: layer {layer}, head {head}")
    back = one_back(maps)
    print(f"one token back: from {back.min():.2f} to {back.max():.2f} by head")
    print("[CLS] receives", *(f"{w:.2f}" for w in received(maps, 0).tolist()))
