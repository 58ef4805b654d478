"""models/__init__.py: from a config or a name to a model, or to an error that names the wrong choice."""

from dataclasses import replace

import pytest
import torch
from cases import CONFIGS

from transformer_core.models import FAMILIES, build
from transformer_core.models.config import Config
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
    assert KINDS == FAMILIES


def test_a_name_is_enough():
    with torch.device("meta"):
        assert type(build("gpt2")) is DecoderOnly


@pytest.mark.parametrize("family", ["encoder", "decoder", "encoder-decoder"])
@pytest.mark.parametrize(
    "changes, says",
    [
        (
            {"positions": "absolute"},
            "positions 'absolute' is none of learned, sinusoidal, rotary, alibi, relative",
        ),
        ({"activation": "swish"}, "activation 'swish' is none of relu, gelu, gelu_tanh, silu"),
        ({"norm": "batch"}, "norm 'batch' is none of layer, rms"),
        ({"positions": "learned", "max_length": None}, "learned positions need max_length"),
        ({"num_heads": 5}, "d_model 24 does not split into 5 heads; use a multiple of 5"),
        ({"num_kv_heads": 4}, "6 heads do not share 4 keys evenly"),
        ({"positions": "sinusoidal", "d_model": 21, "num_heads": 3}, "d_model 21 is odd"),
        (
            {"num_experts": 3, "experts_per_token": 4, "gated": True, "feed_forward_bias": False},
            "a token cannot use 4 of 3 experts",
        ),
        ({"num_experts": 3, "gated": True}, "experts are gated and without bias; set gated=True"),
        ({"num_experts": 3, "feed_forward_bias": False}, "experts are gated and without bias"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_by_name(family, changes, says):
    config = replace(CONFIGS[f"{family}, learned"], num_kv_heads=None, embedding_norm=False)
    with pytest.raises(ValueError, match=says):
        build(replace(config, **changes))


def test_a_family_that_there_is_not_is_refused_by_name():
    config = Config(family="bert", d_model=24, num_layers=2, num_heads=6, d_ff=13)
    with pytest.raises(
        ValueError, match="family 'bert' is none of encoder, decoder, encoder-decoder, vision"
    ):
        build(config)
    with pytest.raises(ValueError, match="no preset is called 'gpt-2'; there are transformer-base,"):
        build("gpt-2")


def test_rotary_positions_are_refused_where_nothing_turns():
    with pytest.raises(ValueError, match="positions 'rotary' are the decoders' here"):
        build(replace(CONFIGS["encoder, learned"], positions="rotary"))


def test_a_rotary_head_of_odd_width_is_refused():
    with pytest.raises(ValueError, match="d_k 3 is odd, and a rotation turns pairs"):
        build(replace(CONFIGS["decoder, rotary"], d_model=18))  # heads 3 wide


@pytest.mark.parametrize(
    "name, changes, says",
    [
        ("encoder, learned", {"window": 3}, "window 3 means nothing to the family 'encoder'; leave it at None"),
        ("encoder, learned", {"tied": False}, "tied False means nothing to the family 'encoder'"),
        ("decoder, learned", {"pad_id": 1}, "pad_id 1 means nothing to the family 'decoder'"),
        ("decoder, learned", {"num_decoder_layers": 3}, "num_decoder_layers 3 means nothing"),
        ("decoder, learned", {"num_classes": 7}, "num_classes 7 means nothing .* leave it at 1000"),
        ("encoder-decoder, learned", {"pooler": True}, "pooler True means nothing"),
        ("vision", {"positions": "alibi"}, "positions 'alibi' means nothing to the family 'vision'"),
    ],
)
def test_a_choice_that_would_be_passed_over_is_refused(name, changes, says):
    with pytest.raises(ValueError, match=says):
        build(replace(CONFIGS[name], **changes))
