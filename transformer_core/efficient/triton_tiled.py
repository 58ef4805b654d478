"""Tiled attention as one GPU kernel, in Triton: what efficient/tiled.py does, and fast.

Read tiled.add_tile first: the four marked steps are the same. New is where the numbers
are stored. A program, of which the GPU runs many in parallel, takes one tile of queries of one head. It
keeps its three running numbers in registers, reads keys and values tile by tile into fast
memory, and writes each output once. The table of scores never reaches the GPU's main memory.

Without a GPU the kernel runs, slowly, on Triton's interpreter: set TRITON_INTERPRET=1 before
Python starts.
"""

from __future__ import annotations  # the kernel's annotations name Triton, which may be missing

import functools
import os

import torch
from torch import Tensor

from transformer_core.nn.attention import check_shapes

try:  # this file alone needs Triton
    import triton
    import triton.language as tl
except ModuleNotFoundError:
    triton = None


def triton_attention(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False,
    mask: Tensor | None = None, bias: Tensor | None = None, tile: int = 64,
) -> tuple[Tensor, None]:
    """The same output as scaled_dot_product_attention, forward only: it has no gradient.

    Args:
        query: (..., Tq, Dk), float32, float16 or bfloat16; sums run in float32.
        key: (..., Tk, Dk), of the same type and with the same leading axes.
        value: (..., Tk, Dk).
        causal: every query sees its own position and those before it, the last query the last key.
        mask: must be None; this kernel knows causal=True only.
        bias: must be None.
        tile: how many queries and how many keys are looked at together; a power of two from 16.

    Returns:
        Output (..., Tq, Dk), 0 where a row may look at nothing; and None for the weights.

    Raises:
        ValueError: a shape, type, mask, bias or tile that does not fit, or a CPU without the interpreter.
        ModuleNotFoundError: Triton is not installed; the message says how to install it.

    Source: Dao 2023, "FlashAttention-2", algorithm 1; Triton's tutorial on fused attention.
    """
    check_shapes(query, key, value, mask, bias)
    _check(query, key, value, mask, bias, tile)
    if triton is None:
        raise ModuleNotFoundError("this attention is a Triton kernel, and Triton is not installed: "
                                  "pip install triton; tiled_attention does the same without")
    if query.device.type == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
        raise ValueError("tensors on the CPU need Triton's interpreter: set TRITON_INTERPRET=1 before Python starts")
    *leading, tq, d_k = query.shape
    q, k, v = (x.reshape(-1, *x.shape[-2:]).contiguous() for x in (query, key, value))  # (B H, T, Dk)
    output = torch.empty_like(q)
    grid = -(-tq // tile), q.shape[0]                       # a program for each tile of queries of each head
    if q.numel():
        _compiled()[grid](
            q, k, v, output, tq, key.shape[-2], d_k, d_k ** -0.5,
            causal=causal, tile=tile, width=max(triton.next_power_of_2(d_k), 16), product=_product_type(query),
        )
    return output.view(*leading, tq, d_k), None


@functools.cache
def _compiled():
    """The kernel as Triton takes it: for the GPU, or for the interpreter where that was asked for."""
    return triton.jit(_kernel)


def _product_type(x: Tensor):
    """What numbers are multiplied as: as they are; by the interpreter as float32, for it knows no bfloat16 products."""
    as_they_are = {torch.float32: tl.float32, torch.float16: tl.float16, torch.bfloat16: tl.bfloat16}
    return tl.float32 if x.device.type == "cpu" else as_they_are[x.dtype]


def _kernel(
    query, key, value, output,                              # the addresses of the four
    tq, tk, d_k, scale,
    causal: tl.constexpr, tile: tl.constexpr, width: tl.constexpr, product: tl.constexpr,
):
    """One program: its tile of queries against every tile of keys that it may look at."""
    rows = tl.program_id(0) * tile + tl.arange(0, tile)     # (tile), which queries
    head = tl.program_id(1).to(tl.int64)                    # which head of which sequence
    columns = tl.arange(0, width)                           # (width), Dk rounded up to a power of two
    inside = columns[None, :] < d_k
    at_rows = rows[:, None] * d_k + columns[None, :]        # (tile, width), the offsets of their numbers

    # Outside the tensor 0 is read: it adds nothing to a product.
    q = tl.load(query + head * tq * d_k + at_rows, mask=(rows[:, None] < tq) & inside, other=0.0).to(product)
    past = tk - tq                                          # keys before the first query's own

    highest = tl.full((tile,), -1e38, tl.float32)           # not -inf: -inf - -inf is NaN
    total = tl.zeros((tile,), tl.float32)
    mixed = tl.zeros((tile, width), tl.float32)
    end = tk
    if causal:                                              # tiles in the future are skipped
        end = tl.minimum(tk, (tl.program_id(0) + 1) * tile + past)
    for start in range(0, end, tile):
        keys = start + tl.arange(0, tile)                   # (tile), which keys
        at_keys = head * tk * d_k + keys[:, None] * d_k + columns[None, :]
        there = (keys[:, None] < tk) & inside
        k = tl.load(key + at_keys, mask=there, other=0.0).to(product)    # (tile, width)
        v = tl.load(value + at_keys, mask=there, other=0.0).to(product)

        # Full float32 products: a GPU would else round float32 to 10 bits of fraction (TF32).
        scores = tl.dot(q, tl.trans(k), input_precision="ieee") * scale   # (tile, tile)
        looks = keys[None, :] < tk
        if causal:
            looks = looks & (keys[None, :] <= rows[:, None] + past)
        scores = tl.where(looks, scores, float("-inf"))

        peak = tl.maximum(highest, tl.max(scores, axis=1))  # ① the highest by now
        shrink = tl.exp(highest - peak)                     # ② old sums had a lower one
        weights = tl.exp(scores - peak[:, None])            # (tile, tile), at most 1
        total = total * shrink + tl.sum(weights, axis=1)    # ③ (tile)
        mixed = mixed * shrink[:, None] + tl.dot(           # ④ (tile, width)
            weights.to(product), v, input_precision="ieee")
        highest = peak

    seen = total > 0                                        # 0 / 0 shall be 0
    result = tl.where(seen[:, None], mixed / tl.where(seen, total, 1.0)[:, None], 0.0)
    tl.store(output + head * tq * d_k + at_rows, result.to(output.dtype.element_ty),
             mask=(rows[:, None] < tq) & inside)


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, bias: Tensor | None, tile: int) -> None:
    if mask is not None or bias is not None:
        name, given = ("bias", bias) if mask is None else ("mask", mask)
        raise ValueError(f"{name} {tuple(given.shape)} is not in this kernel; leave it out, use causal=True, "
                         "or tiled_attention, which takes both")
    if not (query.shape[:-2] == key.shape[:-2] == value.shape[:-2] and query.shape[-1] == value.shape[-1]):
        raise ValueError(f"query {tuple(query.shape)}, key {tuple(key.shape)} and value {tuple(value.shape)} must "
                         "have equal leading axes and one width here; expand those that are shared")
    dtypes = {query.dtype, key.dtype, value.dtype}
    if len(dtypes) > 1 or not dtypes <= {torch.float32, torch.float16, torch.bfloat16}:
        raise ValueError(f"query, key and value are of {', '.join(sorted(map(str, dtypes)))}; "
                         "make all three float32, float16 or bfloat16")
    if tile < 16 or tile & (tile - 1):
        raise ValueError(f"a tile of {tile} does not fit the GPU's matrix units; use a power of two from 16, such as 64")
