"""Tiled attention: the exact average, computed tile by tile, so that the table of weights is never stored.

A tile of scores is computed, used and dropped. Per query three running numbers are kept, so memory
grows with the length and not with its square. FlashAttention does this inside one GPU kernel
and is fast; here it is in plain torch, as exact and as small, and not faster.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from transformer_core.nn.attention import check_shapes


def tiled_attention(
    query: Tensor, key: Tensor, value: Tensor, *,
    mask: Tensor | None = None, bias: Tensor | None = None, causal: bool = False, tile: int = 128,
) -> tuple[Tensor, None]:
    """The same output and gradients as scaled_dot_product_attention, without storing the weights.

    Args:
        query: (..., Tq, Dk).
        key: (..., Tk, Dk).
        value: (..., Tk, Dv).
        mask: bool, broadcasts to (..., Tq, Tk); True means "may look". An axis of 1, as in
            a padding mask, is never expanded.
        bias: added to the scores, broadcast like the mask; its gradient is as large as itself.
        causal: every query sees its own position and those before it, the last query the last
            key: causal_mask without its table. Tiles in the future are skipped.
        tile: how many queries and how many keys are looked at together.

    Returns:
        Output (..., Tq, Dv), 0 where a row may look at nothing; and None for the weights.

    Raises:
        ValueError: a shape does not fit, or a tile is below 1.

    Source: Dao et al. 2022, "FlashAttention", algorithm 1; Dao 2023, "FlashAttention-2".
    """
    check_shapes(query, key, value, mask, bias)
    if tile < 1:
        raise ValueError(f"a tile of {tile} has no room for a query; use 1 or more, such as 128")
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    query, key, value = (x.expand(*batch, *x.shape[-2:]) for x in (query, key, value))
    mask, bias = (None if x is None else torch.atleast_2d(x) for x in (mask, bias))
    return _Tiled.apply(query, key, value, mask, bias, causal, tile), None


def add_tile(
    highest: Tensor, total: Tensor, mixed: Tensor, scores: Tensor, value: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    r"""One step of the online softmax: update the running numbers of some queries with more keys.

    $$m' = \max(m, \max_j s_j), \qquad \ell' = e^{m - m'}\ell + \sum_j e^{s_j - m'}, \qquad
    o' = e^{m - m'}o + \sum_j e^{s_j - m'}v_j$$

    After the last step, $o/\ell$ is the softmax's average: the maximum cancels.

    Args:
        highest: (..., Tq, 1), m, the highest score so far.
        total: (..., Tq, 1), the exponentials summed so far, relative to the highest.
        mixed: (..., Tq, Dv), the values summed so far, each times its exponential.
        scores: (..., Tq, tile), of the next keys; -inf where a query may not look.
        value: (..., tile, Dv), the next keys' values.

    Returns:
        highest, total and mixed, updated.

    Source: Milakov and Gimelshein 2018, "Online normalizer calculation for softmax".
    """
    peak = torch.maximum(highest, scores.amax(dim=-1, keepdim=True))  # ① the highest by now
    shrink = torch.exp(highest - peak)                                # ② old sums had a lower one
    weights = torch.exp(scores - peak)                                # (..., Tq, tile), at most 1
    total = total * shrink + weights.sum(dim=-1, keepdim=True)        # ③ (..., Tq, 1)
    mixed = mixed * shrink + weights @ value                          # ④ (..., Tq, Dv)
    return peak, total, mixed


class _Tiled(torch.autograd.Function):
    """Keeps for the backward pass the output and one number per query; weights are recomputed."""

    @staticmethod
    def forward(ctx, query, key, value, mask, bias, causal, tile):
        table = _Table(query, key, mask, bias, causal, tile)
        output = query.new_empty(*query.shape[:-1], value.shape[-1])                  # (..., Tq, Dv)
        log_sum = query.new_empty(*query.shape[:-1], 1, dtype=table.dtype)            # (..., Tq, 1)
        for rows in table.rows():
            total = torch.zeros_like(log_sum[..., rows, :])
            highest = torch.full_like(total, torch.finfo(table.dtype).min)
            mixed = torch.zeros_like(output[..., rows, :], dtype=table.dtype)
            for columns in table.columns(rows):
                scores = table.scores(rows, columns)
                v = value[..., columns, :].to(table.dtype)
                highest, total, mixed = add_tile(highest, total, mixed, scores, v)
            output[..., rows, :] = torch.where(total > 0, mixed / total, 0)
            # Infinity for a row that sees nothing: all its weights come out as 0.
            log_sum[..., rows, :] = torch.where(total > 0, highest + torch.log(total), torch.inf)
        ctx.save_for_backward(query, key, value, mask, bias, output, log_sum)
        ctx.causal, ctx.tile = causal, tile
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        r"""With weights $P = e^{S - \log\ell}$: $dV = P^\top dO$ and $dS = P \odot (dO\,V^\top - \delta)$,
        where $\delta = \sum dO \odot O$ is one number per query, so that no row is needed whole.
        """
        query, key, value, mask, bias, output, log_sum = ctx.saved_tensors
        table = _Table(query, key, mask, bias, ctx.causal, ctx.tile)
        grad_query, grad_key, grad_value = (
            torch.zeros_like(x, dtype=table.dtype, memory_format=torch.contiguous_format)
            for x in (query, key, value))
        grad_bias = torch.zeros_like(bias, dtype=table.dtype) if ctx.needs_input_grad[4] else None
        scale = 1 / math.sqrt(query.shape[-1])
        for rows in table.rows():
            q, d_out, out = (x[..., rows, :].to(table.dtype) for x in (query, grad_output, output))
            delta = (d_out * out).sum(dim=-1, keepdim=True)                          # (..., tile, 1)
            for columns in table.columns(rows):
                k, v = (x[..., columns, :].to(table.dtype) for x in (key, value))
                weights = torch.exp(table.scores(rows, columns) - log_sum[..., rows, :])
                d_scores = weights * (d_out @ v.transpose(-2, -1) - delta)           # (..., tile, tile)
                grad_value[..., columns, :] += weights.transpose(-2, -1) @ d_out
                grad_query[..., rows, :] += d_scores @ k * scale
                grad_key[..., columns, :] += d_scores.transpose(-2, -1) @ q * scale
                if grad_bias is not None:
                    part = _part(grad_bias, rows, columns)
                    part += d_scores.sum_to_size(part.shape)
        return grad_query, grad_key, grad_value, None, grad_bias, None, None


@dataclass(frozen=True)
class _Table:
    """Any tile of the scores on demand; the whole table is never stored."""

    query: Tensor
    key: Tensor
    mask: Tensor | None
    bias: Tensor | None
    causal: bool
    tile: int

    @property
    def dtype(self) -> torch.dtype:
        """Sums run in float32 at least: in bfloat16 every tile would lose precision."""
        return torch.promote_types(self.query.dtype, torch.float32)

    def rows(self) -> Iterator[slice]:
        """The queries, a tile at a time."""
        return _slices(self.query.shape[-2], self.tile)

    def columns(self, rows: slice) -> Iterator[slice]:
        """The keys that these queries may look at, a tile at a time."""
        length = self.key.shape[-2]
        return _slices(min(length, rows.stop + self._past) if self.causal else length, self.tile)

    def scores(self, rows: slice, columns: slice) -> Tensor:
        """(..., tile, tile), -inf where a query may not look."""
        q, k = self.query[..., rows, :].to(self.dtype), self.key[..., columns, :].to(self.dtype)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if self.bias is not None:
            scores = scores + _part(self.bias, rows, columns)
        if self.mask is not None:
            scores = scores.masked_fill(~_part(self.mask, rows, columns), -torch.inf)
        if self.causal:
            asks, answers = (torch.arange(x.start, x.stop, device=q.device) for x in (rows, columns))
            scores = scores.masked_fill(answers > asks[:, None] + self._past, -torch.inf)
        return scores

    @property
    def _past(self) -> int:
        """How many keys come before the first query's own."""
        return self.key.shape[-2] - self.query.shape[-2]


def _slices(length: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + step, length)) for start in range(0, length, step))


def _part(table: Tensor, rows: slice, columns: slice) -> Tensor:
    """A tile of a mask or bias, as a view; an axis of 1 is shared by all tiles."""
    rows = rows if table.shape[-2] > 1 else slice(None)
    columns = columns if table.shape[-1] > 1 else slice(None)
    return table[..., rows, columns]
