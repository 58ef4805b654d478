"""What the tests of the efficient attentions share: inputs, a run with its gradients, and growth."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from transformer_core.measurement.memory import peak_memory

# Distinct primes: an axis mistaken for another cannot fit.
B, H, TQ, TK, DK, DV = 2, 3, 13, 17, 11, 5


def inputs(*, tq=TQ, tk=TK, dk=DK, dv=DV, leading=(B, H), dtype=torch.float64):
    return (
        torch.randn(*leading, tq, dk, dtype=dtype),
        torch.randn(*leading, tk, dk, dtype=dtype),
        torch.randn(*leading, tk, dv, dtype=dtype),
    )


def outcome(attend, *tensors, bias=None, **options):
    """The output, and the gradient of every tensor (and of the bias) through an uneven sum of it."""
    leaves = [tensor.detach().clone().requires_grad_() for tensor in (*tensors, bias) if tensor is not None]
    added = {} if bias is None else {"bias": leaves[-1]}
    output, weights = attend(*leaves[: len(tensors)], **added, **options)
    uneven = torch.linspace(-1, 2, output.numel(), dtype=output.dtype).view(output.shape)
    (output * uneven).sum().backward()
    return [output.detach(), *(leaf.grad for leaf in leaves)]


def assert_same(mine, reference, *, atol=1e-10):
    for ours, theirs in zip(mine, reference, strict=True):
        torch.testing.assert_close(ours, theirs, atol=atol, rtol=0)


def heads(length, *, grad=False):
    """One sequence of two heads, to be measured."""
    tensors = inputs(tq=length, tk=length, dk=32, dv=32, leading=(1, 2), dtype=torch.float32)
    return [tensor.requires_grad_(grad) for tensor in tensors]


def flops(function):
    """How many multiplications and additions a call makes in products of matrices."""
    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops()


def growth(attend, length, *, backward=False):
    """How many times as much more memory, and as much more work, twice as many more tokens take.

    One step from n to 2n, then one from 2n to 4n, twice as long: a need that is linear grows by 2,
    a square one by 4. What a tile takes at any length drops out of the differences.

    `attend` gets the length first: what an attention was set up with may depend on it.
    """

    def measured(length):
        tensors = heads(length, grad=backward)

        def run():
            output, _ = attend(length, *tensors)
            if backward:
                output.sum().backward()

        return peak_memory(run), flops(run)

    needs = zip(measured(length), measured(2 * length), measured(4 * length), strict=True)
    return tuple((longest - longer) / (longer - short) for short, longer, longest in needs)
