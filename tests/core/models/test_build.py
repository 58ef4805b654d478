"""models/__init__.py: from a config or a name to a model, or to an error that names the wrong choice."""

from dataclasses import replace

import pytest
import torch
from cases import CONFIGS

from transformer_core.models import build
from transformer_core.models.config import Experts, Learned, Sinusoidal
from transformer_core.models.decoder_only import DecoderOnly
from transformer_core.models.encoder_decoder import EncoderDecoder
from transformer_core.models.encoder_only import EncoderOnly
from transformer_core.models.vision import VisionTransformer

KINDS = {
    "encoder": EncoderOnly,
    "decoder": DecoderOnly,
    "encoder-decoder": EncoderDecoder,
    "vision": VisionTransformer,
}


@pytest.mark.parametrize("name", CONFIGS)
def test_each_family_is_built_in_training_mode_and_knows_its_config(name):
    model = build(CONFIGS[name])
    assert type(model) is KINDS[CONFIGS[name].family] and model.training
    assert model.config == CONFIGS[name]


def test_a_name_is_enough():
    with torch.device("meta"):
        assert type(build("gpt2")) is DecoderOnly


@pytest.mark.parametrize("family", ["encoder", "decoder", "encoder-decoder"])
@pytest.mark.parametrize(
    "changes, says",
    [
        ({"activation": "swish"}, "activation 'swish' is none of relu, gelu, gelu_tanh, silu"),
        ({"norm": "batch"}, "norm 'batch' is none of layer, rms"),
        ({"positions": Learned(), "max_length": None}, "learned positions need max_length"),
        ({"num_heads": 5}, "d_model 24 does not split into 5 heads; use a multiple of 5"),
        ({"num_kv_heads": 4}, "6 heads do not share 4 keys evenly"),
        ({"positions": Sinusoidal(), "d_model": 21, "num_heads": 3}, "d_model 21 is odd"),
        ({"feed_forward": Experts(3, 4)}, "a token cannot use 4 of 3 experts"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_by_name(family, changes, says):
    config = replace(CONFIGS[f"{family}, learned"], num_kv_heads=None)
    with pytest.raises(ValueError, match=says):
        build(replace(config, **changes))


def test_what_is_no_config_is_refused():
    with pytest.raises(
        ValueError, match="config {'d_model': 24} is of no family; use an EncoderConfig, DecoderConfig"
    ):
        build({"d_model": 24})
    with pytest.raises(ValueError, match="no preset is called 'gpt-2'; there are transformer-base,"):
        build("gpt-2")


def test_a_rotary_head_of_odd_width_is_refused():
    with pytest.raises(ValueError, match="d_k 3 is odd, and a rotation turns pairs"):
        build(replace(CONFIGS["decoder, rotary"], d_model=18))  # heads 3 wide
