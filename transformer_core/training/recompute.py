"""Activation checkpointing: keep a layer's input, and run the layer again in the backward pass.

The backward pass needs the input of every operation of the forward pass, which grows with layers, batch
and length; for large batches it is most of the memory. With checkpointing one (B, T, D) is kept for each
layer; the price is a second forward pass.

Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from torch import nn
from torch.utils.checkpoint import checkpoint


def layers_of(model: nn.Module) -> list[nn.Module]:
    """The layers of all stacks in a model: the modules in a list called `layers`, as in Encoder and Decoder."""
    stacks = (getattr(module, "layers", None) for module in model.modules())
    return [layer for stack in stacks if isinstance(stack, nn.ModuleList) for layer in stack]


@contextmanager
def recomputed(model: nn.Module) -> Iterator[None]:
    """Within the block, the model's layers keep only their inputs; the model itself is not changed.

    Dropout drops the same numbers in both passes, so the gradients are the same.

    Raises:
        ValueError: the model has no list of layers.
    """
    layers = layers_of(model)
    if not layers:
        raise ValueError(f"{type(model).__name__} has no list of layers to run again; set recompute to False")
    for layer in layers:
        layer.forward = partial(checkpoint, layer.forward, use_reentrant=False)  # hides the class's own
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward
