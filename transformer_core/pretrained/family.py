"""What a file of this folder says of one family of checkpoints."""

from collections.abc import Callable
from dataclasses import dataclass, field

from transformer_core.models.config import Config
from transformer_core.pretrained.settings import Settings
from transformer_core.pretrained.tensor_mapping import Names, Places


@dataclass(frozen=True)
class Family:
    """One model_type: what its keys mean and where its tensors lie."""

    read: Callable[[Settings, Names], tuple[Config, Places]]
    saved_from: str  # the classes whose folders are read
    prefix: str  # what those with a head put before the base's tensors
    irrelevant: frozenset[str]  # keys of its configs that do not change what it computes
    unused: frozenset[str] = frozenset()  # tensors beside the model: other heads, counters
    older: dict[str, str] = field(default_factory=dict)  # endings of early checkpoints, and today's
