"""exp without the maximum
exp(1000000) is inf
Only test 8 fails.
"""

import math



def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1)
    scores = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    output = weights @ value
    return output, weights
