"""Relevance: does a trained classifier look at the words that decide? Measured as a factor over chance.

The generated sentences know their deciding words. Even attention over a sentence would
give them their share of its tokens; the factor is how many times that share they get.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from transformer_core.models.heads import Classifier
from transformer_core.training.task import Batch


@dataclass(frozen=True)
class Relevance:
    """Factors over chance, each (L, H), the mean over the rows; 1 for even attention."""

    from_class: Tensor  # of the attention from the first token, whose vector is classified
    received: Tensor  # of the attention from all tokens of a row

    def best_head(self) -> tuple[int, int]:
        """Layer and head with the highest factor from the class token. Choose on rows for training."""
        layer, head = divmod(int(self.from_class.argmax()), self.from_class.shape[1])
        return layer, head


@torch.no_grad()
def relevance(model: Classifier, batch: Batch) -> Relevance:
    """How much more attention the deciding words get than by chance, for every head.

    Args:
        model: in eval mode.
        batch: input_ids, attention_mask and relevant, (B, T).
    """
    trace = model.encoder.trace(batch["input_ids"], batch["attention_mask"])
    tokens = batch["attention_mask"].bool()
    weights = trace.attentions                                              # (L, B, H, T, T)
    asked = tokens[None, :, None, :, None]                                  # padding has no queries
    received = (weights * asked).sum(dim=3) / tokens.sum(dim=1)[:, None, None]  # (L, B, H, T)
    return Relevance(over_chance(weights[:, :, :, 0], batch["relevant"], tokens),
                     over_chance(received, batch["relevant"], tokens))


def over_chance(weights: Tensor, relevant: Tensor, tokens: Tensor) -> Tensor:
    """The share of attention on the relevant tokens, divided by their share of the tokens.

    Args:
        weights: (L, B, H, T), rows that sum to 1.
        relevant: (B, T) bool.
        tokens: (B, T) bool, False for padding.

    Returns:
        (L, H), the mean over the rows.

    Raises:
        ValueError: a row without a relevant token.
    """
    if not relevant.any(dim=1).all():
        row = (~relevant.any(dim=1)).nonzero()[0].item()
        raise ValueError(f"row {row} has no relevant token, and chance would be 0; leave it out")
    share = (weights * relevant[None, :, None]).sum(dim=-1)  # (L, B, H)
    chance = relevant.sum(dim=1) / tokens.sum(dim=1)         # (B)
    return (share / chance[None, :, None]).mean(dim=1)
