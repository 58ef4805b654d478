"""config.py: frozen, of one family each, and without a field that its family does not read."""

from collections.abc import Hashable
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from transformer_core.models.config import (
    Alibi,
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    Learned,
    Plain,
    Relative,
    Rotary,
    Sinusoidal,
    VisionConfig,
)
from transformer_core.models.presets import PRESETS, preset

LAYERS = {"d_model": 14, "num_layers": 3, "num_heads": 2, "d_ff": 17}
SMALL = DecoderConfig(vocab_size=29, **LAYERS)
SIZES = {
    EncoderConfig: {"vocab_size": 29, **LAYERS},
    DecoderConfig: {"vocab_size": 29, **LAYERS},
    EncoderDecoderConfig: {"vocab_size": 29, **LAYERS},
    VisionConfig: LAYERS,
}


def test_a_config_is_frozen_and_a_variant_is_a_new_one():
    with pytest.raises(FrozenInstanceError):
        SMALL.d_model = 21
    assert replace(SMALL, d_model=28) == DecoderConfig(**SIZES[DecoderConfig] | {"d_model": 28})
    assert SMALL.d_model == 14


def test_equal_configs_are_one_key_and_families_differ():
    assert {SMALL: 1}[replace(SMALL)] == 1
    assert {preset("llama-3-8b"): 1}[PRESETS["llama-3-8b"]] == 1
    assert EncoderConfig(**SIZES[EncoderConfig]) != SMALL


def test_numbers_need_their_names():
    with pytest.raises(TypeError):
        DecoderConfig(14, 3, 2, 17)


@pytest.mark.parametrize("kind", SIZES)
def test_the_sizes_that_have_no_usual_value_are_asked_for(kind):
    with pytest.raises(TypeError, match="d_model.*num_layers.*num_heads.*d_ff"):
        kind()
    for name in SIZES[kind]:
        with pytest.raises(TypeError, match=name):
            kind(**{other: value for other, value in SIZES[kind].items() if other != name})


# What each family alone reads, and no other has.
OWN = {
    EncoderConfig: {"num_types", "pad_id", "pooler"},
    DecoderConfig: {"window"},
    EncoderDecoderConfig: {"num_decoder_layers", "embedding_scale", "scaled_output"},
    VisionConfig: {"image_size", "patch_size", "num_channels", "num_classes"},
}


@pytest.mark.parametrize("kind", OWN)
def test_a_family_has_only_the_fields_that_it_reads(kind):
    names = {field.name for field in fields(kind)}
    assert names >= OWN[kind]
    for other, own in OWN.items():
        assert other is kind or not names & own
    assert ("embedding_norm" in names) == (kind in (EncoderConfig, DecoderConfig))
    assert ("tied" in names) == (kind in (DecoderConfig, EncoderDecoderConfig))
    assert ("positions" in names) == ("vocab_size" in names) == (kind is not VisionConfig)
    with pytest.raises(TypeError, match="unexpected keyword argument 'lenght'"):
        kind(**SIZES[kind], lenght=3)


@pytest.mark.parametrize("name", [name for own in OWN.values() for name in sorted(own)])
def test_a_field_of_another_family_is_refused(name):
    for kind, own in OWN.items():
        if name not in own:
            with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
                kind(**SIZES[kind], **{name: 1})
            with pytest.raises(TypeError, match=name):
                replace(kind(**SIZES[kind]), **{name: 1})


def test_a_number_is_written_in_the_choice_that_it_belongs_to():
    assert replace(SMALL, positions=Rotary(base=50.0)).positions.base == 50
    assert replace(SMALL, feed_forward=Experts(8)).feed_forward == Experts(count=8, per_token=2)
    for wrong in (lambda: Learned(base=50.0), lambda: Rotary(num_buckets=3), lambda: Gated(count=8),
                  lambda: Experts(8, bias=True)):  # fmt: skip
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            wrong()


@pytest.mark.parametrize("kind", [EncoderConfig, DecoderConfig, EncoderDecoderConfig])
def test_each_family_takes_the_positions_that_it_computes(kind):
    for positions in (Learned(), Sinusoidal(), Alibi(), Relative()):
        assert kind(**SIZES[kind], positions=positions).positions == positions
    if kind is not DecoderConfig:
        with pytest.raises(
            ValueError, match=r"positions Rotary.* is none of Learned\(\), Sinusoidal\(\), Alibi\(\)"
        ):
            kind(**SIZES[kind], positions=Rotary())


@pytest.mark.parametrize(
    "changes, says",
    [
        (
            {"positions": "rotary"},
            r"positions 'rotary' is none of Learned\(\), Sinusoidal\(\), Rotary\(\), Alibi\(\)",
        ),
        ({"positions": Rotary}, r"positions <class .*Rotary'> is none of Learned\(\)"),
        ({"feed_forward": "gated"}, r"feed_forward 'gated' is none of Plain\(\), Gated\(\), Experts\(\)"),
    ],
)
def test_what_is_not_a_choice_is_refused_where_it_is_written(changes, says):
    with pytest.raises(ValueError, match=says):
        replace(SMALL, **changes)


def test_widths_and_groups_are_worked_out():
    assert (SMALL.head_width, SMALL.kv_heads) == (7, 2)
    assert (replace(SMALL, d_k=5).head_width, replace(SMALL, num_kv_heads=1).kv_heads) == (5, 1)
    assert SMALL.feed_forward == Plain() and SMALL.positions == Learned()


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match="no preset is called 'bert'; there are transformer-base, bert-base,"
    ):
        preset("bert")


def test_presets_share_nothing_that_can_change():
    for name, config in PRESETS.items():
        for field in fields(config):
            value = getattr(config, field.name)
            assert isinstance(value, Hashable), f"{name}: {field.name} is {value!r}, which can be changed"
