"""Softmax over the heads' axis
down each column
"""

import math

import torch


def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1)
    scores = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=0)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    output = weights @ value
    return output, weights
