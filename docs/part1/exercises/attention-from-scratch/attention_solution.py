"""Attention from scratch: one way to fill in the five steps."""

import math

import torch
from torch import Tensor


def attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Average the values, weighted by how well their keys fit the query.

    Args:
        query: (..., Tq, Dk), what each position asks.
        key: (..., Tk, Dk), what each position answers to.
        value: (..., Tk, Dv), what each position gives.
        mask: bool, broadcasts to (..., Tq, Tk). True means "may look".

    Returns:
        The output (..., Tq, Dv) and the weights (..., Tq, Tk).
    """
    # Step 1. Only the last two axes of the key change places: key.T
    #         would flip them all.
    scores = query @ key.transpose(-2, -1)  # (..., Tq, Tk)

    # Step 2. A sum of Dk products spreads like sqrt(Dk): unscaled, wide
    #         heads saturate softmax.
    scores = scores / math.sqrt(query.shape[-1])

    # Step 3. Before softmax, so that what is hidden leaves its share to
    #         the rest.
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)

    # Step 4. A row of nothing but -inf becomes 0/0, NaN: so hidden keys
    #         get their 0 once more.
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)

    # Step 5.
    output = weights @ value  # (..., Tq, Dv)
    return output, weights
