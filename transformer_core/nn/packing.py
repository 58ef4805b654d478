"""Packing: leave padding out of a batch, so that nothing is computed for it.

Only attention mixes tokens. Everything else works on each alone, so the tokens of all
sequences can be packed into one long row, if attention keeps the sequences apart.
"""

import torch
from torch import Tensor

from transformer_core.nn.attention import fused_attention


class Packing:
    """Where the tokens of a padded batch are; there are N in all.

    Args:
        attention_mask: (B, T), 1 for a token and 0 for padding.
    """

    def __init__(self, attention_mask: Tensor):
        self.tokens = attention_mask.bool()
        self.lengths = self.tokens.sum(dim=-1).tolist()

    def pack(self, x: Tensor) -> Tensor:
        """(B, T, ...) -> (1, N, ...), the tokens alone, one sequence after the other."""
        return x[self.tokens][None]

    def unpack(self, x: Tensor) -> Tensor:
        """(1, N, D) -> (B, T, D), with 0 where padding was."""
        padded = x.new_zeros(*self.tokens.shape, x.shape[-1])
        padded[self.tokens] = x[0]
        return padded

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, *,
        mask: Tensor | None = None, bias: Tensor | None = None,
    ) -> tuple[Tensor, None]:
        """fused_attention within each sequence; takes and gives (1, H, N, Dk).

        Args:
            query: (1, H, N, Dk).
            key: (1, H, N, Dk).
            value: (1, H, N, Dk).
            mask: bool, (T, T), of the padded length and the same for all sequences.
            bias: (1, H, T, T), likewise.
        """
        parts = zip(*(x.split(self.lengths, dim=-2) for x in (query, key, value)), strict=True)
        outputs = []
        for (q, k, v), row in zip(parts, self.tokens, strict=True):
            looks, added = (None if table is None else table[..., row, :][..., row] for table in (mask, bias))
            outputs.append(fused_attention(q, k, v, mask=looks, bias=added)[0])
        return torch.cat(outputs, dim=-2), None
