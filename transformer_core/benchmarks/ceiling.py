"""The most that this machine can do: how fast it multiplies matrices, and how fast it copies."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch

from transformer_core.inference.prepacked import PrepackedLinear, can_prepack

SIZE = 2048  # rows and columns of the matrices: their product is bound by arithmetic alone
COPIED = 256 * 2**20  # bytes, far more than any cache holds
TRIES = 7


@dataclass(frozen=True)
class Ceiling:
    """Rates that no model can pass."""

    gflops: float  # matrix product, 10**9 additions and multiplications a second
    copy: float  # GB/s, 10**9 bytes read and written a second


@cache
def ceiling(device: str = "cpu", dtype: torch.dtype = torch.float32) -> Ceiling:
    """Measured once a process: the best of a few tries, by the fastest product that torch has here."""
    a, b = (torch.randn(SIZE, SIZE, device=device).to(dtype) for _ in range(2))
    products: list[Callable] = [lambda: a @ b]
    if can_prepack(b):
        packed = PrepackedLinear(b, None)
        products.append(lambda: packed(a))
    source = torch.empty(COPIED // 4, dtype=torch.float32, device=device).normal_()
    target = torch.empty_like(source)
    with torch.inference_mode():
        product = min(_seconds(function) for function in products)
        copied = _seconds(lambda: target.copy_(source))
    return Ceiling(gflops=2 * SIZE**3 / product / 1e9, copy=2 * COPIED / copied / 1e9)


def _seconds(function: Callable[[], object]) -> float:
    """The shortest of a few tries: a ceiling is what the machine can do when nothing disturbs it."""
    best = float("inf")
    for _ in range(TRIES):
        start = time.perf_counter()
        function()
        if torch.accelerator.is_available():
            torch.accelerator.synchronize()
        best = min(best, time.perf_counter() - start)
    return best
