"""How many numbers a model learns, in all and by the kind of part."""

from torch import nn


def count_parameters(module: nn.Module) -> dict[str, int]:
    """How many numbers each part (direct child) of a module learns, and "total"; shared ones once."""
    counts: dict[str, int] = {}
    for name, parameter in module.named_parameters():
        part = name.split(".")[0]
        counts[part] = counts.get(part, 0) + parameter.numel()
    return {**counts, "total": sum(counts.values())}


def parameters_by_part(module: nn.Module) -> dict[str, int]:
    """How many numbers a model learns in each kind of part, all layers together; shared ones once.

    Of the names on a parameter's path the last that is a kind of part decides:
    encoder.layers.0.attention.w_q.weight is attention. All norms are one kind. A path without
    such a name is counted under its first. The values sum to count_parameters' total.
    """
    counts: dict[str, int] = {}
    for path, parameter in module.named_parameters():
        names = path.split(".")
        part = next(filter(None, map(_kind, reversed(names))), names[0])
        counts[part] = counts.get(part, 0) + parameter.numel()
    return counts


def _kind(name: str) -> str | None:
    """The kind of part that a module of this name is, or None."""
    if name.endswith("norm"):
        return "norm"
    known = name in ("attention", "cross_attention", "feed_forward", "pooler", "head")
    return name if known or name.endswith("_embedding") else None
