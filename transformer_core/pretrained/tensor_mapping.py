"""From the tensors of a checkpoint to the parameters of a model: each one used, none left over."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.pretrained.folder import Tensors

FLOATS = ("F64", "F32", "F16", "BF16")


@dataclass(frozen=True)
class TensorSource:
    """Where a tensor of ours is in a checkpoint."""

    name: str  # of the tensor, or of the module that has it; {} for the layer's number, and the expert's
    cut: Callable[..., Tensor] = lambda tensor, *numbers: tensor  # takes our part of it; also gets the numbers


# For each parameter or module of ours, {} for numbers, its source. Of several sources one is
# enough; those that exist must hold the same numbers.
TensorMap = dict[str, str | TensorSource | tuple[str | TensorSource, ...]]


class Names:
    """A folder's tensors under the names of the family's base class.

    Args:
        tensors: the folder's.
        prefix: what a class with a head puts before them ("bert.").
        older: name endings of early checkpoints -> today's.

    Raises:
        ValueError: two tensors come under one name.
    """

    def __init__(self, tensors: Tensors, *, prefix: str, older: dict[str, str]):
        self.tensors = tensors
        self.original: dict[str, str] = {}
        for name in sorted(tensors.names):
            plain = name.removeprefix(prefix)
            for old, new in older.items():
                plain = plain.removesuffix(old) + new if plain.endswith(old) else plain
            if plain in self.original:
                raise ValueError(f"the tensors {self.original[plain]} and {name} are one and the same part "
                                 "of this model; take one of them out")
            self.original[plain] = name

    def __contains__(self, name: str) -> bool:
        return name in self.original


@dataclass(frozen=True)
class _Found:
    """A source that exists: the tensor's name in the files, and the part of it that is ours."""

    name: str
    cut: Callable[[Tensor], Tensor]


def fill(
    model: nn.Module, names: Names, places: TensorMap, *,
    unused: frozenset[str], saved_from: str, dtype: torch.dtype,
) -> None:
    """Give a model without numbers (on the meta device) those of a checkpoint.

    Everything is checked before anything is read, and then read tensor by tensor.

    Args:
        model: its parameters get new tensors of their own.
        names: what the checkpoint holds.
        places: where each parameter lies.
        unused: names, {} for numbers, of tensors that need not be read.
        saved_from: the classes whose checkpoints are read, for messages.
        dtype: of the parameters.

    Raises:
        ValueError: a tensor is missing, left over, of another shape or not of floats, or two
            that should be the same differ; the message names it.
    """
    found: dict[str, list[_Found]] = {}
    taken: Counter[str] = Counter()
    for name, parameter in model.state_dict().items():
        found[name] = _find(name, names, places, saved_from)
        for place in found[name]:
            _check(place, name, parameter, names.tensors)
            taken[place.name] += parameter.numel()
    for name, numbers in taken.items():
        shape = names.tensors.shape(name)
        if torch.Size(shape).numel() != numbers:  # packed with more than config.json speaks of
            raise ValueError(f"the tensor {name} has shape {shape}, and config.json asks for {numbers} "
                             "of its numbers; take both from one checkpoint")
    left = sorted(original for plain, original in names.original.items()
                  if original not in taken and _numbered(plain)[0] not in unused)
    if left:
        raise ValueError(f"the checkpoint holds a tensor that this model has no place for: {left[0]} "
                         f"({len(left)} in all); take both files from one checkpoint of {saved_from}")
    filled = {name: _read(same, names.tensors, dtype) for name, same in found.items()}
    model.load_state_dict(filled, assign=True)


def _find(name: str, names: Names, places: TensorMap, saved_from: str) -> list[_Found]:
    """The places of a parameter that are there."""
    pattern, numbers = _numbered(name)
    module, _, kind = pattern.rpartition(".")
    entry, ending = (places[pattern], "") if pattern in places else (places[module], f".{kind}")
    candidates = [place if isinstance(place, TensorSource) else TensorSource(place)
                  for place in (entry if isinstance(entry, tuple) else (entry,))]
    wanted = [place.name.format(*numbers) + ending for place in candidates]
    there = [
        _Found(names.original[theirs], lambda x, cut=place.cut: cut(x, *numbers))
        for place, theirs in zip(candidates, wanted, strict=True) if theirs in names
    ]
    if there:
        return there
    if name.startswith("head."):
        raise ValueError(f"the checkpoint lacks {wanted[0]}: it was saved without the head that gives the "
                         f"scores, and its config.json ties none; save it from {saved_from}")
    raise ValueError(f"the checkpoint lacks the tensor {wanted[0]}, which config.json asks for; "
                     "take both from one checkpoint")


def _check(place: _Found, name: str, parameter: Tensor, tensors: Tensors) -> None:
    shape, expected, dtype = tensors.shape(place.name), tuple(parameter.shape), tensors.dtype(place.name)
    try:
        part = tuple(place.cut(torch.empty(shape, device="meta")).shape)
    except (RuntimeError, IndexError):  # too few axes, or too few parts
        part = None
    if part != expected:
        raise ValueError(f"the tensor {place.name} has shape {shape}, and config.json asks for one that "
                         f"makes {name} {expected}; take both from one checkpoint")
    if dtype not in FLOATS:
        raise ValueError(f"the tensor {place.name} is stored as {dtype}, and only {', '.join(FLOATS)} are "
                         "read; save the model in one of them, not quantised")


def _read(same: list[_Found], tensors: Tensors, dtype: torch.dtype) -> Tensor:
    """Our own copy of the numbers: the file may change, and a part of it may be cut out for others."""
    first, *others = same
    copy = _copy(first, tensors, dtype)
    for other in others:
        if not torch.equal(copy, _copy(other, tensors, dtype)):
            raise ValueError(f"the tensors {first.name} and {other.name} differ, and in this model they are "
                             "one; if config.json has tie_word_embeddings true, it may have to be false")
    return copy


def _copy(place: _Found, tensors: Tensors, dtype: torch.dtype) -> Tensor:
    part = place.cut(tensors.read(place.name))
    return part.to(dtype, copy=True, memory_format=torch.contiguous_format)


def _numbered(name: str) -> tuple[str, list[int]]:
    """encoder.layers.3.norm -> encoder.layers.{}.norm and [3]"""
    number = r"(?<=\.)\d+(?=\.)"
    return re.sub(number, "{}", name), [int(found) for found in re.findall(number, name)]
