"""config.py: frozen, named, and found by name."""

from collections.abc import Hashable
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from transformer_core.models.config import PRESETS, Config, preset

SMALL = Config(family="decoder", d_model=14, num_layers=3, num_heads=2, d_ff=17)


def test_a_config_is_frozen_and_a_variant_is_a_new_one():
    with pytest.raises(FrozenInstanceError):
        SMALL.d_model = 21
    assert replace(SMALL, d_model=28) == Config(
        family="decoder", d_model=28, num_layers=3, num_heads=2, d_ff=17
    )
    assert SMALL.d_model == 14


def test_equal_configs_are_one_key():
    assert {SMALL: 1}[replace(SMALL)] == 1
    assert {preset("llama-3-8b"): 1}[PRESETS["llama-3-8b"]] == 1


def test_numbers_need_their_names():
    with pytest.raises(TypeError):
        Config("decoder", 14, 3, 2, 17)


def test_the_five_that_have_no_usual_value_are_asked_for():
    with pytest.raises(TypeError, match="family.*d_model.*num_layers.*num_heads.*d_ff"):
        Config()


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
