"""The model families, each built from its own frozen config.

    config  presets                  what tells one model from another; the published ones by name
    parts  inputs                    from a config to its parts; what a model checks of its input
    encoder_only  decoder_only       BERT; GPT and Llama
    encoder_decoder  vision          the 2017 paper and T5; the Vision Transformer
    heads  clip                      heads for classes and for pretraining; two towers
"""

from typing import TypeAlias, overload

from transformer_core.models.config import (
    Config,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    VisionConfig,
)
from transformer_core.models.decoder_only import DecoderOnly
from transformer_core.models.encoder_decoder import EncoderDecoder
from transformer_core.models.encoder_only import EncoderOnly
from transformer_core.models.presets import preset
from transformer_core.models.vision import VisionTransformer

Model: TypeAlias = EncoderOnly | DecoderOnly | EncoderDecoder | VisionTransformer  # of any family


@overload
def build(config: EncoderConfig) -> EncoderOnly: ...
@overload
def build(config: DecoderConfig) -> DecoderOnly: ...
@overload
def build(config: EncoderDecoderConfig) -> EncoderDecoder: ...
@overload
def build(config: VisionConfig) -> VisionTransformer: ...
@overload
def build(config: Config | str) -> Model: ...
def build(config: Config | str) -> Model:
    """A model with random weights, in training mode; under `with torch.device("meta")` it has none.

    Args:
        config: what to build, or a preset's name.

    Raises:
        ValueError: no such preset, the config names a part that there is not, or its
            numbers do not fit.
    """
    config = preset(config) if isinstance(config, str) else config
    match config:
        case EncoderConfig():
            return EncoderOnly(config)
        case DecoderConfig():
            return DecoderOnly(config)
        case EncoderDecoderConfig():
            return EncoderDecoder(config)
        case VisionConfig():
            return VisionTransformer(config)
    raise ValueError(f"config {config!r} is of no family; use an EncoderConfig, DecoderConfig, "
                     "EncoderDecoderConfig, VisionConfig or a preset's name")
