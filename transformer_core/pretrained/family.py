"""What is known about one family of checkpoints."""

from collections.abc import Callable
from dataclasses import dataclass, field

from transformer_core.models.config import Config
from transformer_core.pretrained.settings import Settings
from transformer_core.pretrained.tensor_mapping import Names, TensorMap


@dataclass(frozen=True)
class Family:
    """One model_type: the meaning of its keys, and its tensors' names."""

    read: Callable[[Settings, Names], tuple[Config, TensorMap]]
    saved_from: str  # the classes whose folders are read
    prefix: str  # the prefix of the base model's tensors in checkpoints with a head
    irrelevant: frozenset[str]  # keys of its configs that do not change what it computes
    unused: frozenset[str] = frozenset()  # tensors that the model has no use for: other heads, counters
    older: dict[str, str] = field(default_factory=dict)  # name endings of early checkpoints -> today's
