"""How spread out attention is, in bits."""

import math

import torch
from torch import Tensor


def attention_entropy(weights: Tensor) -> Tensor:
    r"""How spread each row of attention is, in bits: $-\sum_j w_j \log_2 w_j$, with 0 log 0 = 0.

    0 bits: one token gets everything; log2(Tk) bits: all get the same. Each query's row is
    a distribution of its own, so each has its own entropy.

    Args:
        weights: (..., Tq, Tk), rows that sum to 1 (a row of zeros gives 0).

    Returns:
        (..., Tq), in bits.
    """
    return torch.special.entr(weights).sum(dim=-1) / math.log(2)
