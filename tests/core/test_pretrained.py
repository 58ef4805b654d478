"""pretrained.py: a folder is read whole and right, or refused with the key that is wrong."""

import json
import pickle
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from transformer_core.pretrained import load_pretrained


@pytest.fixture
def folder(tmp_path):
    """A small random BERT of odd sizes, as Hugging Face saves it."""
    config = BertConfig(
        vocab_size=29,
        max_position_embeddings=11,
        type_vocab_size=3,
        hidden_size=21,
        num_hidden_layers=11,
        num_attention_heads=3,
        intermediate_size=17,
        hidden_act="relu",
        layer_norm_eps=1e-3,
        attn_implementation="eager",
    )
    BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def edit_config(folder, **changes):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config.update(changes)
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


def edit_tensors(folder, edit):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    edit(tensors)
    save_file(tensors, path)


@torch.no_grad()
def test_odd_sizes_in_float64_equal_hugging_faces(folder):
    # Eleven layers: layer 10's name must not be read as layer 1's.
    ours = load_pretrained(folder).double()
    reference = BertModel.from_pretrained(folder, attn_implementation="eager").double().eval()
    ids, mask = torch.randint(29, (2, 7)), torch.tensor([[1] * 7, [1] * 5 + [0] * 2])
    theirs = reference(ids, attention_mask=mask, output_hidden_states=True, output_attentions=True)
    trace = ours.trace(ids, mask)
    torch.testing.assert_close(
        torch.stack(trace.hidden_states), torch.stack(theirs.hidden_states), atol=1e-10, rtol=0
    )
    torch.testing.assert_close(trace.attentions, torch.stack(theirs.attentions), atol=1e-10, rtol=0)


def test_the_model_comes_in_eval_mode_whole_and_trainable(model):
    assert not model.training
    assert sum(parameter.numel() for parameter in model.parameters()) == 22_713_216
    assert all(parameter.device.type == "cpu" and parameter.requires_grad for parameter in model.parameters())
    assert model.config.max_length == 512


def test_half_precision_weights_are_read_as_float32(folder):
    edit_tensors(folder, lambda tensors: tensors.update({name: t.half() for name, t in tensors.items()}))
    assert all(parameter.dtype == torch.float32 for parameter in load_pretrained(folder).parameters())


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"model_type": "gpt2"}, ["model_type is 'gpt2'", "only 'bert'"]),
        ({"model_type": None}, ["model_type is None", "only 'bert'"]),
        ({"hidden_act": "swish"}, ["activation 'swish'", "hidden_act", "'gelu' or 'relu'"]),
        (
            {"position_embedding_type": "relative_key"},
            ["position_embedding_type is 'relative_key'", "'absolute'"],
        ),
        ({"is_decoder": True}, ["is_decoder is True", "False"]),
        ({"hidden_size": None}, ["lacks hidden_size"]),
        ({"num_attention_heads": 4}, ["d_model 21 does not split into 4 heads"]),
        ({"intermediate_size": 19}, ["encoder.layer.0.intermediate.dense.weight", "(17, 21)", "(19, 21)"]),
        ({"num_hidden_layers": 12}, ["lacks the tensor encoder.layer.11.attention.self.query.weight"]),
        ({"num_hidden_layers": 10}, ["encoder.layer.10.attention.output.LayerNorm.bias", "16 in all"]),
    ],
)
def test_a_config_of_another_meaning_is_refused_by_key(folder, changes, says):
    edit_config(folder, **changes)
    with pytest.raises(ValueError) as refused:
        load_pretrained(folder)
    assert all(part in str(refused.value) for part in says), refused.value


@pytest.mark.parametrize(
    "edit, says",
    [
        (
            lambda tensors: tensors.pop("encoder.layer.2.output.dense.bias"),
            ["lacks", "encoder.layer.2.output.dense.bias"],
        ),
        (
            lambda tensors: tensors.update({"cls.weight": torch.ones(1)}),
            ["no place for: cls.weight", "1 in all"],
        ),
        (
            lambda tensors: tensors.update({"pooler.dense.bias": torch.ones(20)}),
            ["pooler.dense.bias", "(20,)", "(21,)"],
        ),
    ],
)
def test_a_missing_extra_or_misshapen_tensor_is_refused_by_name(folder, edit, says):
    edit_tensors(folder, edit)
    with pytest.raises(ValueError) as refused:
        load_pretrained(folder)
    assert all(part in str(refused.value) for part in says), refused.value


class Trap:
    """A pickle that leaves a file behind when somebody opens it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize(
    "name, says",
    [
        ("pytorch_model.bin", ["pytorch_model.bin, a pickle", "run code", "safetensors"]),
        ("model.safetensors", ["model.safetensors is not safetensors", "save the model as safetensors"]),
    ],
)
def test_a_pickle_is_refused_unopened(folder, name, says):
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Trap(folder / "sprung")))
    with pytest.raises(ValueError) as refused:
        load_pretrained(folder)
    assert all(part in str(refused.value) for part in says), refused.value
    assert not (folder / "sprung").exists()


def test_missing_or_broken_files_are_named(folder):
    shutil.move(folder / "model.safetensors", folder / "elsewhere")
    with pytest.raises(FileNotFoundError, match="holds no model.safetensors"):
        load_pretrained(folder)
    (folder / "config.json").write_text("{not json")
    with pytest.raises(ValueError, match="config.json is not JSON: .*fetch it again"):
        load_pretrained(folder)
    (folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match="config.json"):
        load_pretrained(folder)


def test_the_tokenizer_neither_cuts_nor_pads(tokenizer):
    # Its file asks for both, at 128.
    assert tokenizer.encode("The cat sat").tokens == ["[CLS]", "the", "cat", "sat", "[SEP]"]
    assert len(tokenizer.encode("word " * 600).ids) == 602


def test_an_over_long_text_is_refused_not_cut(model, tokenizer):
    ids = torch.tensor([tokenizer.encode("word " * 600).ids])
    with pytest.raises(
        ValueError, match="602 tokens are more than this model's 512 positions; shorten the text"
    ):
        model(ids)


def test_equals_hugging_faces_tokenizer(checkpoint, tokenizer):
    from transformers import BertTokenizerFast

    reference = BertTokenizerFast(tokenizer_file=str(checkpoint / "tokenizer.json"))
    for text in [
        "The cat sat on the mat because it was tired.",
        "",
        "naïve café",
        "unbelievable!!",
        "東京🙂",
        "a\tb\n",
    ]:
        assert tokenizer.encode(text).ids == reference(text, padding=False, truncation=False)["input_ids"]
