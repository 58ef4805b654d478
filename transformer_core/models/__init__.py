"""The model families, each built from one frozen config."""

from torch import nn

from transformer_core.config import Config, preset
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
    return FAMILIES[config.family](config)
