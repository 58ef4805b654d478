"""pretrained: the forms in which one model is stored in a folder, and the loaded model."""

import json

import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from saved_models import (
    SMALL,
    T5_1_1,
    VOCAB,
    assert_equals_transformers,
    edit_config,
    edit_tensors,
    inputs,
    reference,
    save,
)

from transformer_core.pretrained import load_pretrained

FAMILIES = pytest.mark.parametrize("family", SMALL)


@FAMILIES
def test_the_class_that_is_published(family, tmp_path):
    assert_equals_transformers(save(*SMALL[family], tmp_path))


@pytest.mark.parametrize(
    "family, kind",
    [
        ("bert", hf.BertModel),
        ("bert", hf.BertForMaskedLM),
        ("roberta", hf.RobertaModel),
        ("distilbert", hf.DistilBertModel),
        ("gpt2", hf.GPT2Model),
        ("t5", hf.T5Model),
    ],
)
def test_the_base_class_and_others_whose_answer_is_the_same(family, kind, tmp_path):
    assert_equals_transformers(save(kind, SMALL[family][1], tmp_path))


@pytest.mark.parametrize("kind, pools", [(hf.BertModel, True), (hf.BertForMaskedLM, False)])
@torch.no_grad()
def test_the_pooler_is_there_where_the_folder_has_one(kind, pools, tmp_path):
    model = load_pretrained(save(kind, SMALL["bert"][1], tmp_path))
    (ids, _), theirs, _ = inputs(tmp_path, mask=torch.ones(2, 5, dtype=torch.int64))
    if pools:
        expected = reference(tmp_path)(**theirs).pooler_output
        torch.testing.assert_close(model.pool(model(ids)), expected, atol=1e-5, rtol=0)
    else:
        with pytest.raises(ValueError, match="no pooler"):
            model.pool(model(ids))


def test_berts_first_names_for_a_norm(tmp_path):
    def older(tensors):
        for name in list(tensors):
            if "LayerNorm" in name:
                first = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                    "LayerNorm.bias", "LayerNorm.beta"
                )
                tensors[first] = tensors.pop(name)
        tensors["bert.embeddings.position_ids"] = torch.arange(13)[
            None
        ]  # older exports carry the count along

    edit_tensors(save(*SMALL["bert"], tmp_path), older)
    assert_equals_transformers(tmp_path)


def test_gpt2_as_it_was_first_published(tmp_path):
    """Without a prefix, and with the causal mask of every layer as a tensor called bias."""

    def older(tensors):
        for name in list(tensors):
            tensors[name.removeprefix("transformer.")] = tensors.pop(name)
        for layer in range(2):
            tensors[f"h.{layer}.attn.bias"] = torch.ones(1, 1, 13, 13).tril()
            tensors[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)

    edit_tensors(save(*SMALL["gpt2"], tmp_path), older)
    assert_equals_transformers(tmp_path)


@pytest.mark.parametrize("family", ["gpt2", "t5", "mistral"])
def test_a_tied_head_that_is_stored_as_well(family, tmp_path):
    kind, config = SMALL[family]
    config = type(config)(**{**config.to_dict(), "tie_word_embeddings": True})
    table = {"gpt2": "transformer.wte.weight", "t5": "shared.weight", "mistral": "model.embed_tokens.weight"}[
        family
    ]
    edit_tensors(
        save(kind, config, tmp_path), lambda tensors: tensors.update({"lm_head.weight": tensors[table] + 0})
    )
    assert_equals_transformers(tmp_path)
    assert load_pretrained(tmp_path).head is None


@pytest.mark.parametrize("again", [False, True], ids=["as published", "saved again by transformers 5"])
def test_t5_1_1_has_a_head_of_its_own_and_scales_nothing(again, tmp_path):
    folder = save(hf.T5ForConditionalGeneration, hf.T5Config(**T5_1_1), tmp_path / "first")
    head = torch.randn(VOCAB, T5_1_1["d_model"])
    edit_tensors(folder, lambda tensors: tensors.update({"lm_head.weight": head}))
    later = dict.fromkeys(["scale_decoder_outputs", "dense_act_fn", "is_gated_act"], ...)
    edit_config(folder, tie_word_embeddings=False, n_positions=512, output_past=True, **later)
    if again:
        reference(folder).save_pretrained(tmp_path / "second")
        folder = tmp_path / "second"
        assert json.loads((folder / "config.json").read_text())["tie_word_embeddings"] is True
    assert_equals_transformers(folder)
    assert torch.equal(load_pretrained(folder).head.weight, head)


def test_t5_as_it_was_first_published(tmp_path):
    """A config that leaves out what came later, and a table of positions that cross-attention never used."""

    def older(tensors):
        name = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
        tensors[name] = torch.randn(32, 3)
        for side in ("encoder", "decoder"):
            tensors[f"{side}.embed_tokens.weight"] = tensors["shared.weight"] + 0

    later = ["feed_forward_proj", "dense_act_fn", "is_gated_act", "relative_attention_max_distance", "dtype",
             "scale_decoder_outputs", "tie_word_embeddings", "classifier_dropout"]  # fmt: skip
    edit_tensors(save(*SMALL["t5"], tmp_path), older)
    edit_config(tmp_path, **dict.fromkeys(later, ...))
    assert_equals_transformers(tmp_path)


@pytest.mark.parametrize("family", ["mixtral", "vit"])
def test_the_names_that_transformers_5_has_in_memory(family, tmp_path):
    """Mixtral's experts packed into one tensor, for one."""
    folder = save(*SMALL[family], tmp_path, save_original_format=False)
    assert_equals_transformers(folder)


@FAMILIES
def test_shards_are_put_together(family, tmp_path):
    save(*SMALL[family], tmp_path, max_shard_size="8KB")
    assert len(list(tmp_path.glob("model-*-of-*.safetensors"))) > 1
    assert_equals_transformers(tmp_path)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@torch.no_grad()
def test_what_is_stored_in_another_precision_is_read_as_float32(dtype, tmp_path):
    save(*SMALL["t5"], tmp_path)
    edit_tensors(tmp_path, lambda tensors: tensors.update({name: x.to(dtype) for name, x in tensors.items()}))
    model = load_pretrained(tmp_path)
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())
    ours, theirs, _ = inputs(tmp_path)
    expected = reference(tmp_path).float()(**theirs)[0]
    torch.testing.assert_close(model(*ours), expected, atol=1e-5, rtol=0)


def test_the_numbers_become_what_is_asked_for(tmp_path):
    model = load_pretrained(save(*SMALL["llama"], tmp_path), dtype=torch.bfloat16)
    assert all(parameter.dtype == torch.bfloat16 for parameter in model.parameters())
    assert model(torch.tensor([[3, 5, 7]])).dtype == torch.bfloat16


@FAMILIES
def test_the_model_is_whole_in_eval_mode_and_its_own(family, tmp_path):
    """Each parameter has memory of its own, no more than it needs, also where one tensor holds several."""
    model = load_pretrained(save(*SMALL[family], tmp_path))
    assert not any(module.training for module in model.modules())
    assert not list(model.buffers())
    memory = set()
    for parameter in model.parameters():
        assert parameter.device.type == "cpu" and parameter.dtype == torch.float32 and parameter.requires_grad
        assert parameter.is_leaf and parameter.is_contiguous()
        assert parameter.untyped_storage().nbytes() == 4 * parameter.numel()
        memory.add(parameter.data_ptr())
    assert len(memory) == len(list(model.parameters()))


def test_the_file_may_change_while_the_model_lives(tmp_path):
    model = load_pretrained(save(*SMALL["gpt2"], tmp_path))
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    path = tmp_path / "model.safetensors"
    with open(path, "r+b") as opened:  # the same file on the disk, not a new one of that name
        opened.write(bytes(path.stat().st_size))
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())


@FAMILIES
@torch.no_grad()
def test_every_tensor_counts(family, tmp_path):
    """A change in any one changes the answer; in a key's bias it cannot, nor in a head that is not asked."""
    tensors = load_file(save(*SMALL[family], tmp_path) / "model.safetensors")
    ours, _, tokens = inputs(tmp_path)
    before = load_pretrained(tmp_path)(*ours)[tokens]
    for name in tensors:
        changed = {**tensors, name: tensors[name] + torch.randn_like(tensors[name])}
        save_file(changed, tmp_path / "model.safetensors")
        counts = not torch.allclose(load_pretrained(tmp_path)(*ours)[tokens], before, atol=1e-4)
        idle = name.endswith(
            ("key.bias", "k_lin.bias")
        )  # the same for all scores of a row, and softmax takes it out
        aside = (
            name.startswith(("cls.", "vocab_", "bert.pooler.")) or family == "roberta" and "lm_head" in name
        )
        assert counts is not (idle or aside), name
