"""Quantisation: a weight becomes a small whole number, and each row or group keeps one scale.

Three kinds, all of linear layers alone; embeddings and norms stay as they are.

    int8           weights in 8 bits, a scale a row; multiplied out before use
    int4           weights in 4 bits, a scale for every group of a row
    int8-dynamic   weights in 8 bits, and each token's vector too, as it comes: the product itself
                   is of whole numbers

The first two make a model small, and quick where reading the weights is what takes time: when one
token is written after another. The third makes products of many tokens quick. Its rounding costs
a pass over the numbers unless it is joined with what goes before and after it: compile the
model, torch.compile(quantise(model, "int8-dynamic"), options={"freezing": True}).
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

KINDS = ("int8", "int4", "int8-dynamic")


def quantise_rows(x: Tensor, *, bits: int = 8) -> tuple[Tensor, Tensor]:
    r"""Each row as whole numbers from -127 to 127 (4 bits: -7 to 7) and one scale.

    $$s = \frac{\max_i |x_i|}{2^{b-1} - 1}, \qquad q_i = \operatorname{round}(x_i / s)$$

    No number is off by more than half a step, s / 2. One outlier in a row makes all its steps large.

    Args:
        x: (..., K), of finite numbers.
        bits: b.

    Returns:
        int8 (..., K), and scales (..., 1) in x's type (at least float32). A row of zeros stays one.

    Source: Jacob et al. 2018, "Quantization and Training of Neural Networks", section 2.1, with 0 as zero point.
    """
    highest = 2 ** (bits - 1) - 1
    x = x.to(torch.promote_types(x.dtype, torch.float32))
    scale = x.abs().amax(dim=-1, keepdim=True) / highest               # ① (..., 1)
    scale = scale.clamp(min=torch.finfo(x.dtype).tiny)                 # 0 / 0 shall be 0
    whole = torch.round(x / scale).clamp(-highest, highest)            # ② (..., K)
    return whole.to(torch.int8), scale


def quantise_groups(x: Tensor, group: int, *, bits: int = 4) -> tuple[Tensor, Tensor]:
    """quantise_rows with a scale for every `group` numbers of a row: with few bits, steps must be near.

    Args:
        x: (..., K).
        group: how many neighbours share a scale; divides K.

    Returns:
        int8 (..., K), and scales (..., K / group).

    Raises:
        ValueError: the groups do not divide the row.
    """
    if group < 1 or x.shape[-1] % group:
        raise ValueError(f"rows of {x.shape[-1]} do not split into groups of {group}; use a divisor of {x.shape[-1]}")
    whole, scale = quantise_rows(x.unflatten(-1, (-1, group)), bits=bits)  # (..., K / group, group)
    return whole.flatten(-2), scale.squeeze(-1)


def dequantise(whole: Tensor, scale: Tensor) -> Tensor:
    """The numbers that quantised values represent: (..., K), scales (..., groups) -> (..., K)."""
    groups = whole.unflatten(-1, (scale.shape[-1], -1)).to(scale.dtype)    # (..., groups, K / groups)
    return (groups * scale[..., None]).flatten(-2)


def pack_nibbles(whole: Tensor) -> Tensor:
    """Two whole numbers from -8 to 7 in a byte, the first in its lower half: (..., K) -> uint8 (..., K / 2).

    A last odd number has a byte of its own.
    """
    nibbles = functional.pad(whole + 8, (0, whole.shape[-1] % 2)).to(torch.uint8)  # 0 to 15
    return nibbles[..., ::2] | nibbles[..., 1::2] << 4


def unpack_nibbles(packed: Tensor, width: int) -> Tensor:
    """What pack_nibbles packed: uint8 (..., K / 2) -> int8 (..., K), of width K."""
    halves = torch.stack([packed & 15, packed >> 4], dim=-1).flatten(-2)   # (..., K), or one more
    return halves[..., :width].to(torch.int8) - 8


class _Quantised(nn.Module):
    """A replacement for a linear layer; nothing in it is trained."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}"


class Int8Linear(_Quantised):
    """Weights of 8 bits with a scale for each of the layer's outputs.

    In bfloat16 torch's kernel multiplies the bytes as they are; in other types they are
    multiplied out first, which costs time and saves memory all the same.
    """

    def __init__(self, linear: nn.Linear):
        super().__init__(linear)
        whole, scale = quantise_rows(linear.weight.detach())
        self.register_buffer("whole", whole)                          # (out, in), int8
        self.register_buffer("scale", scale.to(linear.weight.dtype))  # (out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        if x.dtype != torch.bfloat16 or self.in_features % 16 or x.device.type != "cpu":  # as the kernel reads
            return functional.linear(x, dequantise(self.whole, self.scale), self.bias)
        output = torch._weight_int8pack_mm(x.reshape(-1, self.in_features), self.whole, self.scale.flatten())
        output = output.view(*x.shape[:-1], self.out_features)
        return output if self.bias is None else output + self.bias


class Int4Linear(_Quantised):
    """Weights of 4 bits, two to a byte, with a scale for every group of a row.

    Made from bfloat16 weights, they are stored in the order of torch's kernel for this
    processor: do not save such a layer for another processor.

    Raises:
        ValueError: the groups do not divide the width that comes in.
    """

    def __init__(self, linear: nn.Linear, *, group: int = 32):
        super().__init__(linear)
        weight = linear.weight.detach()
        whole, scale = quantise_groups(weight, group)                 # (out, in), (out, in / group)
        self.group, self.for_kernel = group, _kernel_takes(weight, group)
        if self.for_kernel:
            packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(whole.int() + 8, 1)
            scale = torch.stack([scale.T, torch.zeros_like(scale.T)], dim=-1)  # with zero points, which are 0
        else:
            packed = pack_nibbles(whole)
        self.register_buffer("packed", packed)
        self.register_buffer("scale", scale.contiguous().to(weight.dtype))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        if not self.for_kernel:
            whole = unpack_nibbles(self.packed, self.in_features)
            return functional.linear(x, dequantise(whole, self.scale), self.bias)
        rows = x.reshape(-1, self.in_features)
        output = torch.ops.aten._weight_int4pack_mm_for_cpu(rows, self.packed, self.group, self.scale)
        output = output.view(*x.shape[:-1], self.out_features)
        return output if self.bias is None else output + self.bias


class DynamicInt8Linear(_Quantised):
    r"""Whole numbers times whole numbers, summed exactly; two scales bring the result back.

    $$y_{tn} = s_t\,s_n \sum_k q_{tk}\,w_{nk} + b_n$$

    Each token's vector has a scale of its own, found when it comes. No gradient passes.

    Source: Dettmers et al. 2022, "LLM.int8()", vector-wise quantisation.
    """

    def __init__(self, linear: nn.Linear):
        super().__init__(linear)
        whole, scale = quantise_rows(linear.weight.detach())
        self.register_buffer("whole", whole)                          # (out, in), int8
        self.register_buffer("scale", scale.squeeze(-1))              # (out)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        tokens, token_scale = quantise_rows(x.reshape(-1, self.in_features))  # (T, in), (T, 1)
        sums = torch._int_mm(tokens, self.whole.T)                            # (T, out), exact in int32
        # The scales meet first: scaled one after the other, compiled code takes this for a
        # pattern of its own, and on processors without AMX puts a kernel there that is far slower.
        output = sums.to(token_scale.dtype) * (token_scale * self.scale)      # (T, out)
        if self.bias is not None:
            output = output + self.bias
        return output.view(*x.shape[:-1], self.out_features).to(x.dtype)


def quantise(model: nn.Module, kind: str, *, group: int = 32) -> nn.Module:
    """A copy of the model, for inference, whose linear layers hold whole numbers.

    Args:
        model: stays as it is.
        kind: "int8", "int4" or "int8-dynamic".
        group: of int4, how many weights share a scale.

    Raises:
        ValueError: another kind, no linear layers, or one whose width the groups do not divide.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    memo: dict[int, nn.Module] = {}  # of deepcopy: for a layer that is in it, the new one is taken
    for name, module in model.named_modules():
        if type(module) is nn.Linear:  # those derived from it do more than multiply
            memo[id(module)] = _replaced(name, module, kind, group)
    if not memo:
        raise ValueError(f"{type(model).__name__} has no linear layers (nn.Linear) to quantise; give a model "
                         "with some that is not quantised yet")
    return copy.deepcopy(model, memo).eval()


def size_in_bytes(module: nn.Module) -> int:
    """The bytes of its parameters and buffers, what is shared once: about the size of its file."""
    tensors = {tensor.data_ptr(): tensor.nbytes for tensor in (*module.parameters(), *module.buffers())}
    return sum(tensors.values())


def _replaced(name: str, linear: nn.Linear, kind: str, group: int) -> nn.Module:
    if kind != "int4":
        return Int8Linear(linear) if kind == "int8" else DynamicInt8Linear(linear)
    try:
        return Int4Linear(linear, group=group)
    except ValueError as error:
        raise ValueError(f"{name or 'the layer'}: {error}") from None


def _kernel_takes(weight: Tensor, group: int) -> bool:
    fits = group in (32, 64, 128, 256) and weight.shape[0] % 16 == 0
    return fits and weight.dtype == torch.bfloat16 and weight.device.type == "cpu"
