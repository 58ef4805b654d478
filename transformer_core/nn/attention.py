"""Scaled dot-product attention: each position averages what it finds relevant."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

# (query, key, value, *, mask, bias) -> (output, weights or None): the functions below, and others like them.
Attend = Callable[..., tuple[Tensor, Tensor | None]]


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, *,
    mask: Tensor | None = None, bias: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Average the values, weighting each by how well its key answers the query.

    $$\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}} + \mathrm{bias}\right)V$$

    Args:
        query: (..., Tq, Dk), what each position asks.
        key: (..., Tk, Dk), what each position answers to.
        value: (..., Tk, Dv), what each position gives; Dv is Dk in a Transformer.
        mask: bool, broadcasts to (..., Tq, Tk); True means "may look". It hides numbers: an
            infinity or NaN behind it still spoils the row, for 0 times infinity is NaN.
        bias: finite numbers added to the scores, broadcast like the mask;
            a distance between positions enters here.

    Returns:
        Output (..., Tq, Dv) and weights (..., Tq, Tk). A row of weights sums to 1,
        or to 0 where it may look at nothing; its output is 0 then.

    Raises:
        ValueError: a shape does not fit, or the mask is not bool; the message
            names both shapes, or the mask's type and values, and the cure.

    Source: Vaswani et al. 2017, equation 1.
    """
    check_shapes(query, key, value, mask, bias)
    scores = query @ key.transpose(-2, -1)        # ① (..., Tq, Tk)
    scores = scores / math.sqrt(query.shape[-1])  # ② variance back to 1
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)       # ③ each row sums to 1
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)   # or to 0
    output = weights @ value                      # ④ (..., Tq, Dv)
    return output, weights


def fused_attention(
    query: Tensor, key: Tensor, value: Tensor, *,
    mask: Tensor | None = None, bias: Tensor | None = None,
) -> tuple[Tensor, None]:
    """The same output by torch's fused kernel, which never writes the weights down.

    Takes what scaled_dot_product_attention takes and refuses what it refuses; where that
    returns the weights, this returns None.
    """
    check_shapes(query, key, value, mask, bias)
    added = mask if bias is None else bias
    if mask is not None and bias is not None:
        added = bias.masked_fill(~mask, -math.inf)
    if added is not None:
        added = torch.atleast_2d(added)  # the kernel wants both axes, (Tq, Tk)
    output = functional.scaled_dot_product_attention(query, key, value, attn_mask=added)  # (..., Tq, Dv)
    if mask is not None:  # where a row may look at nothing, kernels differ: 0, NaN or the mean
        output = output.masked_fill(~mask.any(dim=-1, keepdim=True), 0)
    return output, None


def causal_mask(length: int, *, past: int = 0) -> Tensor:
    """(T, past + T) bool: each position may look at itself and at those before it.

    Args:
        length: T, how many positions ask.
        past: keys of earlier positions in a cache; all may be looked at.
    """
    return torch.ones(length, past + length, dtype=torch.bool).tril(diagonal=past)


def sliding_window_mask(length: int, window: int, *, past: int = 0) -> Tensor:
    """(T, past + T) bool: a position sees those less than `window` steps away, on both sides.

    With `& causal_mask(length)` it sees the last `window` positions, its own included.

    Source: Beltagy et al. 2020, "Longformer"; Jiang et al. 2023, "Mistral 7B".

    Raises:
        ValueError: the window has no room for the position itself.
    """
    if window < 1:
        raise ValueError(f"window {window} leaves a position nothing to look at; use 1 or more")
    near = torch.ones(length, past + length, dtype=torch.bool)
    return near.triu(diagonal=past - window + 1).tril(diagonal=past + window - 1)


def padding_mask(attention_mask: Tensor) -> Tensor:
    """(B, 1, 1, T) bool, for every head and query: padding may not be looked at.

    Args:
        attention_mask: (B, T), 1 for a token and 0 for padding, as tokenizers give it.

    Raises:
        ValueError: it has other axes or other values.
    """
    if attention_mask.dim() != 2:
        raise ValueError(f"attention_mask {tuple(attention_mask.shape)} has {attention_mask.dim()} axes; "
                         "give it two, (B, T): a single sequence is attention_mask[None]")
    looks = attention_mask == 1
    if not torch.all(looks | (attention_mask == 0)):
        other = attention_mask[~looks & (attention_mask != 0)][0].item()
        raise ValueError(f"attention_mask holds {other}; write 1 for a token and 0 for padding")
    return looks[:, None, None, :]  # (B, 1, 1, T)


def check_shapes(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, bias: Tensor | None) -> None:
    """Refuse shapes that torch would broadcast silently or reject with an unclear message."""
    q, k, v = tuple(query.shape), tuple(key.shape), tuple(value.shape)
    if min(len(q), len(k), len(v)) < 2:
        raise ValueError(f"query {q}, key {k} and value {v} need at least the two axes (T, Dk); "
                         "a single vector is vector[None]")
    if q[-1] != k[-1]:
        raise ValueError(f"query {q} and key {k} differ in their last axis, {q[-1]} and {k[-1]}; "
                         "project both to the same width Dk")
    if k[-2] != v[-2]:
        raise ValueError(f"key {k} and value {v} differ in length, {k[-2]} and {v[-2]}; "
                         "give one value for each key")
    batch = q[:-2]
    if not batch == k[:-2] == v[:-2]:  # as they nearly always are, and torch's answer takes longer than a step
        try:
            batch = torch.broadcast_shapes(batch, k[:-2], v[:-2])
        except RuntimeError:
            raise ValueError(f"query {q}, key {k} and value {v} differ in their leading axes; "
                             "make them equal, or 1 where one is shared") from None
    if mask is not None and mask.dtype != torch.bool:
        found = "nan" if (mask != mask).any() else mask.flatten()[:4].tolist()
        raise ValueError(f"mask is {mask.dtype} and holds {found}; make it bool, True where a query may "
                         "look: `mask == 1` does it for 1 and 0. Numbers to add to the scores go in bias=")
    scores = (*batch, q[-2], k[-2])
    for name, given in (("mask", mask), ("bias", bias)):
        if given is not None and not _broadcasts(tuple(given.shape), scores):
            raise ValueError(f"{name} {tuple(given.shape)} does not broadcast to the scores {scores}, "
                             "(..., Tq, Tk); insert an axis of 1 where it is shared, as in mask[:, None]")


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether the shape fits the target as it is or with axes of 1 widened."""
    fits = all(size in (1, wanted) for size, wanted in zip(shape[::-1], target[::-1], strict=False))
    return fits and len(shape) <= len(target)
