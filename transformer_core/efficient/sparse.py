"""Block-sparse attention: exact over the blocks that were chosen; the others are never computed.

A mask would hide a score that was computed already. Here queries and keys are cut into blocks, and
a block of queries meets only the blocks of keys on its list. Lists of a fixed length make the
cost and the memory grow with the length, not with its square.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer_core.nn.attention import check_shapes, scaled_dot_product_attention, sliding_window_mask


def big_bird_blocks(
    num_blocks: int, *, window: int = 2, num_global: int = 1, num_random: int = 3, seed: int = 0,
) -> Tensor:
    """Which blocks look at which: their neighbours, a few global ones, and a few random ones.

    Neighbours carry local information. Any two blocks are two steps apart through a global one,
    and random blocks make other paths short.

    Args:
        num_blocks: N, how many blocks the sequence has.
        window: a block sees those less than this many steps away, as in sliding_window_mask;
            2 is itself and one on both sides, the paper's three.
        num_global: how many blocks, from the first on, see all and are seen by all.
        num_random: how many others each block sees; fewer where fewer are left.
        seed: which ones; the same seed gives the same.

    Returns:
        (N, N) bool: a byte for every pair of blocks, the only cost that is not linear.

    Raises:
        ValueError: a window below 1, or a count below 0.

    Source: Zaheer et al. 2020, "Big Bird", section 2; the global blocks are its ITC variant.
    """
    if num_global < 0 or num_random < 0:
        raise ValueError(f"num_global {num_global} and num_random {num_random} count blocks; use 0 or more")
    blocks = sliding_window_mask(num_blocks, window)
    blocks[:num_global] = True
    blocks[:, :num_global] = True
    chance = torch.rand(num_blocks, num_blocks, generator=torch.Generator().manual_seed(seed))
    drawn = chance.masked_fill(blocks, -1).topk(min(num_random, num_blocks)).indices  # (N, num_random)
    return blocks.scatter(1, drawn, True)


def block_sparse_attention(
    query: Tensor, key: Tensor, value: Tensor, *, blocks: Tensor,
    mask: Tensor | None = None, bias: Tensor | None = None,
) -> tuple[Tensor, None]:
    """Scaled dot-product attention over the chosen blocks of the table alone.

    Args:
        query: (..., Tq, Dk).
        key: (..., Tk, Dk).
        value: (..., Tk, Dv).
        blocks: (Nq, Nk) bool: which blocks of keys each block of queries looks at. It cuts the
            queries into Nq blocks and the keys into Nk, so the lengths must be multiples.
        mask: bool, broadcasts to (..., Tq, Tk), and hides single keys within chosen blocks:
            padding, or the future. Other keys are never read.
        bias: added to the scores, broadcast like the mask.

    Returns:
        Output (..., Tq, Dv), 0 where a row may look at nothing; and None for the weights.

    Raises:
        ValueError: a shape does not fit, or blocks do not divide a length. Pad and mask
            the input instead: padding in here would hide that the last block is shorter.

    Source: Zaheer et al. 2020, "Big Bird", section 2 and appendix D.
    """
    check_shapes(query, key, value, mask, bias)
    _check_blocks(query, key, blocks)
    height, width = query.shape[-2] // blocks.shape[0], key.shape[-2] // blocks.shape[1]
    keys, values = (x.split(width, dim=-2) for x in (key, value))           # Nk of (..., width, Dk)
    masks, biases = (_rows(table, height, len(blocks)) for table in (mask, bias))
    found = []
    for q, looks, seen, added in zip(query.split(height, dim=-2), blocks, masks, biases, strict=True):
        chosen = looks.nonzero()[:, 0].tolist()                             # C numbers of blocks
        output, _ = scaled_dot_product_attention(
            q,                                                              # (..., height, Dk)
            torch.cat([key[..., :0, :], *(keys[c] for c in chosen)], dim=-2),  # (..., C width, Dk)
            torch.cat([value[..., :0, :], *(values[c] for c in chosen)], dim=-2),
            mask=_columns(seen, width, chosen),                             # (..., height, C width)
            bias=_columns(added, width, chosen))
        found.append(output)                                                # (..., height, Dv)
    return torch.cat(found, dim=-2), None


def _rows(table: Tensor | None, height: int, count: int) -> Sequence[Tensor | None]:
    """The part of a mask or bias for each block of queries; an axis of 1 is shared by all."""
    table = None if table is None else torch.atleast_2d(table)
    return [table] * count if table is None or table.shape[-2] == 1 else table.split(height, dim=-2)


def _columns(table: Tensor | None, width: int, chosen: list[int]) -> Tensor | None:
    """The columns of the chosen blocks of keys."""
    if table is None or table.shape[-1] == 1:
        return table
    blocks = table.split(width, dim=-1)
    return torch.cat([table[..., :0], *(blocks[c] for c in chosen)], dim=-1)


def _check_blocks(query: Tensor, key: Tensor, blocks: Tensor) -> None:
    if blocks.dim() != 2 or blocks.dtype != torch.bool:
        raise ValueError(f"blocks {tuple(blocks.shape)} of {blocks.dtype} is no table of blocks; make it "
                         "(Nq, Nk) bool, as big_bird_blocks does")
    for name, given, count in (("query", query, blocks.shape[0]), ("key", key, blocks.shape[1])):
        length = given.shape[-2]
        if count < 1 or length % count:
            padded = -(-length // max(count, 1)) * count
            raise ValueError(f"{name} of length {length} does not split into {count} blocks; pad it to "
                             f"{padded} and hide the padding with mask=, or choose another number of blocks")
