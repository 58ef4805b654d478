"""memory.py: bytes counted by hand."""

import pytest
import torch

from transformer_core.measurement.memory import peak_memory

M, N, K = 5, 7, 11
FLOAT = 4  # bytes


@pytest.fixture
def x():
    return torch.randn(M, N)


def test_a_product_is_as_large_as_its_result(x):
    assert peak_memory(lambda: x @ torch.empty(N, K)) == (N * K + M * K) * FLOAT
    y = torch.empty(N, K)  # made before the call: not its memory
    assert peak_memory(lambda: x @ y) == M * K * FLOAT


def test_the_type_decides_the_size_of_a_number(x):
    assert peak_memory(lambda: x.double()) == M * N * 8
    assert peak_memory(lambda: x.bfloat16()) == M * N * 2
    assert peak_memory(lambda: x > 0) == M * N


def test_what_nothing_refers_to_any_more_is_gone(x):
    # Each sum needs the one before it: two are held at a time, however many there are.
    assert peak_memory(lambda: (((x + 1) + 1) + 1) + 1) == 2 * M * N * FLOAT


def test_what_is_kept_adds_up(x):
    assert peak_memory(lambda: [x + i for i in range(13)]) == 13 * M * N * FLOAT


def test_the_fullest_moment_counts_and_not_the_last(x):
    def function():
        large = [x + i for i in range(13)]
        del large
        return x + 1

    assert peak_memory(function) == 13 * M * N * FLOAT


def test_views_and_changes_in_place_take_nothing(x):
    assert peak_memory(lambda: x.T[1:].unflatten(1, (1, M)).expand(3, N - 1, 1, M)) == 0
    assert peak_memory(lambda: x.mul_(2).add_(1)[0].zero_()) == 0
    assert peak_memory(lambda: (x + 1).T.mul_(3)) == M * N * FLOAT
    assert peak_memory(lambda: x.T.contiguous()) == M * N * FLOAT  # this one is a copy


def test_a_view_keeps_all_that_it_looks_at(x):
    # The row keeps the whole of its table: 35 numbers, beside the 35 of the second.
    def function():
        row = (x + 1)[0]
        return row, x + 2

    assert peak_memory(function) == 2 * M * N * FLOAT


def test_the_backward_pass_is_seen_too(x):
    x.requires_grad_()
    # exp(x) is kept for the backward pass; there, a gradient of the same size joins it. The sum is one number.
    forward = peak_memory(lambda: x.exp().sum())
    both = peak_memory(lambda: x.exp().sum().backward())
    assert forward == (M * N + 1) * FLOAT
    assert both >= 2 * M * N * FLOAT
    with torch.no_grad():
        assert peak_memory(lambda: x.exp()) == M * N * FLOAT


def test_it_is_the_same_each_time(x):
    layer = torch.nn.TransformerEncoderLayer(N * 4, 4, 13)
    batch, weights = torch.randn(3, M, N * 4), list(layer.parameters())
    peaks = {peak_memory(lambda: torch.autograd.grad(layer(batch).sum(), weights)) for _ in range(3)}
    assert len(peaks) == 1 and min(peaks) > batch.nbytes


def test_the_meta_device_needs_no_memory_to_be_measured():
    x = torch.empty(10**6, 64, device="meta")
    assert peak_memory(lambda: x @ x.T) == 10**12 * FLOAT  # four terabytes


def test_nothing_made_nothing_held(x):
    assert peak_memory(lambda: None) == 0
    assert peak_memory(lambda: x.shape) == 0


def test_an_error_passes_through(x):
    with pytest.raises(RuntimeError, match="cannot be multiplied|size mismatch"):
        peak_memory(lambda: x @ x)
