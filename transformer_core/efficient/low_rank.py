"""Low-rank attention: keys and values are mixed down to a few rows, and all queries look at those.

No token is left out, unlike in a sparse attention, but tokens take part only in mixtures. The table
of weights shrinks from Tq x Tk to Tq x rank, so the information of Tk columns has to fit into `rank`.

It cannot be causal. A mixture holds early and late tokens at once, so hiding the future from
a query would hide the whole mixture, and the past with it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.nn.attention import check_shapes, scaled_dot_product_attention


def low_rank_attention(
    query: Tensor, key: Tensor, value: Tensor, *, mix_keys: Tensor, mix_values: Tensor,
    mask: Tensor | None = None, bias: Tensor | None = None,
) -> tuple[Tensor, None]:
    r"""Attend to mixtures of the tokens. With the identity for both mixes: exact attention.

    $$\operatorname{softmax}\left(\frac{Q(EK)^\top}{\sqrt{d_k}}\right)FV$$

    Args:
        query: (..., Tq, Dk).
        key: (..., Tk, Dk).
        value: (..., Tk, Dv).
        mix_keys: (..., rank, Tk), E: how much of each key is in each mixture.
        mix_values: (..., rank, Tk), F, likewise for the values.
        mask: bool, (..., 1, Tk), the same for all queries: padding. A padded token is left out of
            every mixture. A mixture of padding alone is 0, and still takes its share of weight.
        bias: must be None: it is for single keys, and there are only mixtures.

    Returns:
        Output (..., Tq, Dv), and None for the weights: they would be on mixtures, not on tokens.

    Raises:
        ValueError: a shape does not fit; a mask that differs between queries; a bias.

    Source: Wang et al. 2020, "Linformer", equation 7.
    """
    check_shapes(query, key, value, mask, bias)
    _check_low_rank(key, mix_keys, mix_values, mask, bias)
    if mask is not None:
        hidden = ~torch.atleast_2d(mask).transpose(-2, -1)     # (..., Tk, 1)
        key, value = (x.masked_fill(hidden, 0) for x in (key, value))
    mixed_keys = mix_keys @ key                                # (..., rank, Dk)
    mixed_values = mix_values @ value                          # (..., rank, Dv)
    output, _ = scaled_dot_product_attention(query, mixed_keys, mixed_values)
    return output, None


class LinformerAttention(nn.Module):
    """low_rank_attention with its two mixes as parameters; give it to a layer as `attend`.

    They start as averages of neighbours, which with a rank as large as the length is the
    identity. All heads share them, the paper's "headwise sharing".

    Args:
        length: the longest sequence; a shorter one uses the mixes' first columns.
        rank: how many mixtures; the paper finds 128 enough for 512 tokens, 256 for 1,024.

    Raises:
        ValueError: a rank that is not between 1 and the length.

    Source: Wang et al. 2020, "Linformer", section 4.
    """

    def __init__(self, length: int, rank: int):
        super().__init__()
        self.mix_keys = nn.Parameter(average_neighbours(length, rank))
        self.mix_values = nn.Parameter(average_neighbours(length, rank))

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, *,
        mask: Tensor | None = None, bias: Tensor | None = None,
    ) -> tuple[Tensor, None]:
        """What low_rank_attention takes and gives; a key longer than `length` is refused."""
        longest, given = self.mix_keys.shape[-1], key.shape[-2]
        if given > longest:
            raise ValueError(f"key {tuple(key.shape)} has {given} tokens and the mixes were made for "
                             f"{longest}; shorten it, or make LinformerAttention({given}, ...)")
        return low_rank_attention(
            query, key, value, mix_keys=self.mix_keys[:, :given], mix_values=self.mix_values[:, :given],
            mask=mask, bias=bias)


def average_neighbours(length: int, rank: int) -> Tensor:
    """(rank, length): each row averages one stretch of the sequence; the stretches cover it in order.

    Where the rank does not divide the length, neighbouring stretches share a token.

    Raises:
        ValueError: a rank that is not between 1 and the length.
    """
    if not 1 <= rank <= length:
        raise ValueError(f"rank {rank} does not fit a length of {length}; use 1 to {length}")
    return functional.adaptive_avg_pool1d(torch.eye(length), rank).T.contiguous()


def _check_low_rank(
    key: Tensor, mix_keys: Tensor, mix_values: Tensor, mask: Tensor | None, bias: Tensor | None,
) -> None:
    for name, mix in (("mix_keys", mix_keys), ("mix_values", mix_values)):
        if mix.shape[-1] != key.shape[-2]:
            raise ValueError(f"{name} {tuple(mix.shape)} does not fit key {tuple(key.shape)}; make it "
                             f"(rank, {key.shape[-2]})")
    if mix_keys.shape[-2] != mix_values.shape[-2]:
        raise ValueError(f"mix_keys makes {mix_keys.shape[-2]} rows and mix_values {mix_values.shape[-2]}; "
                         "give both the same rank")
    if bias is not None:
        raise ValueError(f"bias {tuple(bias.shape)} is for single keys, which a low-rank attention has "
                         "mixed; use an exact attention, such as tiled_attention")
    if mask is not None and torch.atleast_2d(mask).shape[-2] > 1:
        raise ValueError(f"mask {tuple(mask.shape)} hides other keys from other queries, which a low-rank "
                         "attention has mixed; it takes padding alone, (B, 1, 1, Tk), and cannot be causal")
