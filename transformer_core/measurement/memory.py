"""Memory: the most bytes that a computation holds at any moment."""

import weakref
from collections.abc import Callable

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def peak_memory(function: Callable[[], object]) -> int:
    """The most bytes that the tensors made by a call take at any one moment, its result included.

    Every operation's output is counted when it appears and discounted when nothing refers to it
    any more. The figure is exact and the same on each run; it needs no GPU, and on the meta device
    not even the memory. What was there before the call is not counted, nor is a view, nor an
    operation's own scratch space: of a fused kernel only what it returns is seen.

    Args:
        function: called once, without arguments; a backward pass in it counts too.

    Returns:
        Bytes.
    """
    with _Ledger() as ledger:
        function()
    return ledger.peak


class _Ledger(TorchDispatchMode):
    """Sees every operation that runs, and keeps count of the storages that they make."""

    def __init__(self):
        super().__init__()
        self.held: dict[int, tuple[weakref.ref, int]] = {}  # storage -> when it dies, its bytes
        self.now = self.peak = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = function(*args, **kwargs)
        given = {id(storage) for storage in _storages((args, kwargs))}
        for storage in _storages(output):
            if id(storage) not in given and id(storage) not in self.held:  # else a view, or in place
                self._add(storage)
        return output

    def _add(self, storage) -> None:
        name = id(storage)  # is not given to another before the first has died and left
        self.held[name] = weakref.ref(storage, lambda _: self._drop(name)), storage.nbytes()
        self.now += storage.nbytes()
        self.peak = max(self.peak, self.now)

    def _drop(self, name: int) -> None:
        _, size = self.held.pop(name)
        self.now -= size


def _storages(tree) -> list:
    """Where the tensors of a nested structure keep their numbers; a view shares its base's."""
    return [leaf.untyped_storage() for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]
