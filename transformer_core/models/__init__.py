"""The model families, each built from one frozen config."""

from dataclasses import fields

from torch import nn

from transformer_core.models.config import Config, preset
from transformer_core.models.decoder_only import DecoderOnly
from transformer_core.models.encoder_decoder import EncoderDecoder
from transformer_core.models.encoder_only import EncoderOnly
from transformer_core.models.vision import VisionTransformer

FAMILIES: dict[str, type[nn.Module]] = {
    "encoder": EncoderOnly,
    "decoder": DecoderOnly,
    "encoder-decoder": EncoderDecoder,
    "vision": VisionTransformer,
}

# What a family has no use for: set to anything but the default, it would be passed over in silence.
_TEXT = {"image_size", "patch_size", "num_channels", "num_classes"}
UNREAD: dict[str, set[str]] = {
    "encoder": _TEXT | {"window", "embedding_scale", "tied", "scaled_output", "num_decoder_layers"},
    "decoder": _TEXT | {"embedding_scale", "num_types", "pooler", "pad_id", "scaled_output", "num_decoder_layers"},
    "encoder-decoder": _TEXT | {"embedding_norm", "num_types", "pooler", "pad_id"},
    "vision": {
        "vocab_size", "max_length", "num_types", "pad_id", "embedding_scale", "embedding_norm", "tied", "pooler",
        "positions", "window", "scaled_output", "num_decoder_layers",
    },
}


def build(config: Config | str) -> nn.Module:
    """A model with random weights, in training mode; under `with torch.device("meta")` it has none.

    Args:
        config: what to build, or a preset's name.

    Raises:
        ValueError: no such preset, the config names a part that there is not, or its
            numbers do not fit.
    """
    config = preset(config) if isinstance(config, str) else config
    if config.family not in FAMILIES:
        raise ValueError(f"family {config.family!r} is none of {', '.join(FAMILIES)}")
    _check_unread(config)
    return FAMILIES[config.family](config)


def _check_unread(config: Config) -> None:
    for field in fields(config):
        value = getattr(config, field.name)
        if field.name in UNREAD[config.family] and value != field.default:
            raise ValueError(f"{field.name} {value!r} means nothing to the family {config.family!r}; "
                             f"leave it at {field.default!r}")
