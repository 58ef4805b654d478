"""Tensor parallelism: every process computes some of each layer's heads and some of its inner width.

The first matrix of a pair is split by columns, so each process makes its own heads (its own part of d_ff)
from all of the input; the second is split by rows, so each adds its part to the output. The processes exchange one sum
for each pair, and a model that is too large for one device still runs.

Source: Shoeybi et al. 2019, "Megatron-LM", section 3; by torch.distributed.tensor.parallel.
"""

from torch import nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module

from transformer_core.models.config import Alibi, Relative
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.training.recompute import layers_of

FIRST = ("w_q", "w_k", "w_v", "widen", "gate", "up")  # of a pair: split by outputs
SECOND = ("w_o", "narrow", "down")  # split by inputs


def tensor_parallel(model: nn.Module, mesh: DeviceMesh) -> nn.Module:
    """Split the matrices of every layer over the mesh's processes, in place; call it as before.

    Args:
        model: with stacks of layers, the same on every process. Positions must not enter the scores:
            such a bias covers all heads, and a process has only some.
        mesh: of one axis.

    Returns:
        The model. Its split weights are DTensors; its input and output are whole on every process.

    Raises:
        ValueError: the heads do not split evenly, or the model has a bias for each head.
    """
    size = mesh.size()
    positions = getattr(getattr(model, "config", None), "positions", None)
    if isinstance(positions, Alibi | Relative):
        raise ValueError(f"positions {positions.name!r} are a bias for every head, and each process has its own "
                         "heads alone; use rotary, learned or sinusoidal ones")
    for layer in layers_of(model):
        for attention in (module for module in layer.modules() if isinstance(module, MultiHeadAttention)):
            if attention.num_kv_heads % size:
                raise ValueError(f"{attention.num_kv_heads} heads of keys do not share out over {size} processes; "
                                 f"use a divisor of {attention.num_kv_heads}")
        plan = {name: ColwiseParallel() if name.rpartition(".")[2] in FIRST else RowwiseParallel()
                for name, _ in layer.named_modules() if name.rpartition(".")[2] in FIRST + SECOND}
        parallelize_module(layer, mesh, plan)
    return model
