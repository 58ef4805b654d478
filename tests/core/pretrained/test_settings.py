"""pretrained/settings.py: a config.json is read as transformers reads it, or refused by its key."""

import contextlib
import json
from operator import attrgetter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from published_configs import CONFIGS, SIZES, small
from saved_models import SMALL, assert_equals_transformers, edit_config, inputs, reference, refused, save
from support.examples import examples

from transformer_core.models.config import Gated, Rotary
from transformer_core.pretrained import FAMILIES, load_pretrained
from transformer_core.pretrained.settings import Settings

UNPADDED = torch.ones(2, 7, dtype=torch.int64)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_configs_that_are_published_open(name, tmp_path):
    kind, config = small(name)
    save(kind, kind.config_class(**config), tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert_equals_transformers(tmp_path)


@pytest.mark.parametrize(
    "family, ours",
    [
        ("bert", {"num_types": "type_vocab_size", "dropout": "hidden_dropout_prob", "norm_eps": "layer_norm_eps"}),
        ("roberta", {"pad_id": "pad_token_id", "norm_eps": "layer_norm_eps"}),
        ("distilbert", {"dropout": "dropout"}),
        ("gpt2", {"tied": "tie_word_embeddings", "dropout": "resid_pdrop", "norm_eps": "layer_norm_epsilon"}),
        ("llama", {"attention_bias": "attention_bias", "feed_forward.bias": "mlp_bias", "norm_eps": "rms_norm_eps"}),
        ("mistral", {"num_kv_heads": "num_key_value_heads", "window": "sliding_window", "norm_eps": "rms_norm_eps"}),
        ("mixtral", {"num_kv_heads": "num_key_value_heads", "window": "sliding_window", "norm_eps": "rms_norm_eps"}),
        ("t5", {"positions.num_buckets": "relative_attention_num_buckets", "positions.max_distance": "relative_attention_max_distance",
                "dropout": "dropout_rate", "norm_eps": "layer_norm_epsilon"}),
        ("vit", {"image_size": "image_size", "patch_size": "patch_size", "num_channels": "num_channels",
                 "num_classes": "num_labels", "norm_eps": "layer_norm_eps"}),
    ],
)  # fmt: skip
def test_what_a_config_leaves_out_is_what_transformers_takes(family, ours):
    """Given the sizes alone."""
    keys = CONFIGS[{"bert": "bert-base-chinese", "t5": "t5-small"}.get(family) or next(
        name for name in CONFIGS if CONFIGS[name]["model_type"] == family)]  # fmt: skip
    sizes = {key: keys[key] for key in SIZES if keys.get(key) and key not in ours.values()}
    config, _ = FAMILIES[family].read(Settings("config.json", sizes), set())
    theirs = type(SMALL[family][1])(**sizes)
    assert {name: attrgetter(name)(config) for name in ours} == {
        name: getattr(theirs, key) for name, key in ours.items()
    }
    if family == "t5":
        assert isinstance(config.feed_forward, Gated) == theirs.is_gated_act
    if isinstance(getattr(config, "positions", None), Rotary):
        assert config.positions == Rotary(theirs.rope_parameters["rope_theta"])


LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 8}  # fmt: skip
NO_FACTOR = {key: value for key, value in LLAMA3.items() if key != "factor"}


@pytest.mark.parametrize(
    "family, changes, says",
    [
        ("bert", {"model_type": "deberta"}, ["model_type is 'deberta'", "bert, roberta, distilbert, gpt2"]),
        ("bert", {"model_type": ...}, ["model_type is None", "mixtral, t5, vit"]),
        ("bert", {"hidden_act": "quick_gelu"}, ["hidden_act is 'quick_gelu'", "gelu_new", "silu"]),
        ("bert", {"position_embedding_type": "relative_key"}, ["is 'relative_key'", "only 'absolute'"]),
        ("bert", {"is_decoder": True}, ["is_decoder is True", "only False", "take a checkpoint without"]),
        ("bert", {"add_cross_attention": True}, ["add_cross_attention is True"]),
        ("bert", {"pruned_heads": {"1": [0]}}, ["pruned_heads is {'1': [0]}", "only {}"]),
        ("bert", {"quantization_config": {"bits": 4}}, ["quantization_config is {'bits': 4}", "only None"]),
        ("bert", {"auto_map": {"AutoModel": "own.Model"}}, ["auto_map is {'AutoModel': 'own.Model'}", "only None"]),
        ("bert", {"embedding_size": 128}, ["embedding_size is 128", "nothing here knows", "take it out"]),
        ("bert", {"hidden_size": ...}, ["lacks hidden_size", "config.json of these weights"]),
        ("bert", {"hidden_size": "21"}, ["hidden_size is '21'", "whole number of at least 1"]),
        ("bert", {"hidden_size": True}, ["hidden_size is True", "whole number"]),
        ("bert", {"num_hidden_layers": 0}, ["num_hidden_layers is 0", "at least 1"]),
        ("bert", {"layer_norm_eps": -1.0}, ["layer_norm_eps is -1.0", "number of at least 0"]),
        ("bert", {"layer_norm_eps": float("nan")}, ["layer_norm_eps is nan"]),
        ("bert", {"num_attention_heads": 4}, ["config.json: d_model 21 does not split into 4 heads", "multiple"]),
        ("roberta", {"pad_token_id": 12}, ["pad_token_id is 12", "13 rows for padding", "larger"]),
        ("roberta", {"pad_token_id": None}, ["pad_token_id is None", "at least 0"]),
        ("distilbert", {"activation": "tanh"}, ["activation is 'tanh'"]),
        ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, ["scale_attn_by_inverse_layer_idx is True"]),
        ("gpt2", {"scale_attn_weights": False}, ["scale_attn_weights is False", "only True"]),
        ("gpt2", {"tie_word_embeddings": "no"}, ["tie_word_embeddings is 'no'", "true or false"]),
        ("llama", {"rope_parameters": {"rope_type": "yarn", "rope_theta": 10.0, "factor": 2.0}},
         ["config.json: rope_parameters: rope_type is 'yarn'", "'default' and 'llama3'"]),
        ("llama", {"rope_parameters": ..., "rope_scaling": {"type": "linear", "factor": 2.0}},
         ["rope_scaling: rope_type is 'linear'"]),
        ("llama", {"rope_parameters": NO_FACTOR}, ["rope_parameters lacks factor"]),
        ("llama", {"rope_parameters": {**LLAMA3, "low_freq_factor": 4.0}}, ["high_freq_factor is 4.0", "above"]),
        ("llama", {"rope_parameters": {**LLAMA3, "mscale": 2.0}}, ["rope_parameters: mscale is 2.0"]),
        ("llama", {"rope_scaling": LLAMA3}, ["rope_scaling is {", "rope_parameters says it too"]),
        ("llama", {"rope_scaling": "llama3"}, ["rope_scaling is 'llama3'", "an object or null"]),
        ("llama", {"partial_rotary_factor": 0.5}, ["partial_rotary_factor is 0.5", "only 1.0"]),
        ("llama", {"rope_interleaved": True}, ["rope_interleaved is True"]),
        ("llama", {"sliding_window": 4}, ["sliding_window is 4", "only None"]),
        ("llama", {"num_key_value_heads": 4}, ["6 heads do not share 4 keys"]),
        ("mistral", {"sliding_window": 0}, ["sliding_window is 0", "at least 1"]),
        ("mistral", {"attention_bias": True}, ["attention_bias is True"]),
        ("mistral", {"layer_types": ["full_attention"] * 2}, ["layer_types is ['full_attention'"]),
        ("mixtral", {"num_experts_per_tok": 4}, ["config.json: a token cannot use 4 of 3 experts"]),
        ("t5", {"feed_forward_proj": "gated-selu", "dense_act_fn": "selu", "is_gated_act": True}, ["is 'selu'"]),
        ("t5", {"is_gated_act": True}, ["is_gated_act is True", "only False"]),
        ("t5", {"is_encoder_decoder": False}, ["is_encoder_decoder is False"]),
        ("vit", {"qkv_bias": False}, ["qkv_bias is False", "only True"]),
        ("vit", {"image_size": [6, 9]}, ["image_size is [6, 9]", "squares"]),
        ("vit", {"patch_size": 4}, ["config.json: patches of 4 pixels do not tile an image of 6"]),
        ("vit", {"num_labels": 7}, ["num_labels is 7", "only 5"]),
        ("vit", {"id2label": ["cat"]}, ["id2label is ['cat']", "label for each class"]),
    ],
)  # fmt: skip
def test_another_meaning_is_refused_by_key(family, changes, says, tmp_path):
    save(*SMALL[family], tmp_path)
    edit_config(tmp_path, **changes)
    refused(tmp_path, str(tmp_path / "config.json"), *says)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    torch.manual_seed(0)
    return {family: save(*SMALL[family], tmp_path_factory.mktemp(family)) for family in SMALL}


# Keys of one family in another's config, of earlier and of later days.
FOREIGN = [
    "attention_bias", "mlp_bias", "head_dim", "hidden_act", "hidden_size", "intermediate_size", "is_decoder",
    "layer_norm_eps", "max_position_embeddings", "num_attention_heads", "num_hidden_layers",
    "num_key_value_heads", "partial_rotary_factor", "position_embedding_type", "rms_norm_eps",
    "rope_scaling", "rope_theta", "scale_decoder_outputs", "sliding_window", "tie_word_embeddings",
    "type_vocab_size", "vocab_size",
]  # fmt: skip
VALUES = [
    ..., None, True, False, 0, 1, 2, 3, 4, 6, 0.5, 1e-3, "gelu", "relu", "gelu_new", "x", {}, [], [3, 3],
    {"rope_type": "linear", "factor": 2.0}, {"type": "dynamic", "factor": 2.0}, {"rope_theta": 7.0}, LLAMA3,
]  # fmt: skip


@examples(300, derandomize=True)
@given(data=st.data(), family=st.sampled_from(sorted(SMALL)), value=st.sampled_from(VALUES))
def test_whatever_one_key_says_the_answer_is_transformers_or_none(data, family, value, folders):
    path = folders[family] / "config.json"
    before = path.read_text()
    # In half precision transformers reads the file's numbers rounded; what pads has a test of its own.
    own = sorted(set(json.loads(before)) - {"dtype", "pad_token_id"})
    key = data.draw(st.sampled_from(own + FOREIGN))
    try:
        edit_config(folders[family], **{key: value})
        with contextlib.suppress(ValueError):  # refused, and the other test says how
            agrees(folders[family])
    finally:
        path.write_text(before)


@torch.no_grad()
def agrees(folder):
    model = load_pretrained(folder)
    ours, theirs, _ = inputs(folder, mask=UNPADDED)
    try:
        expected = reference(folder)(**theirs)[0]
    except Exception:  # stricter than ours: a number where it wants a fraction, say
        return
    torch.testing.assert_close(model(*ours), expected, atol=1e-5, rtol=0)
