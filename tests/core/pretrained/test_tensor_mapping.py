"""pretrained/tensor_mapping.py: tensors missing, left over, misshapen or not of floats are refused by name."""

import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from saved_models import SMALL, T5_1_1, assert_equals_transformers, edit_config, edit_tensors, refused, save


@pytest.mark.parametrize("family", SMALL)
def test_no_tensor_may_be_missing_or_have_another_shape(family, tmp_path):
    """Each of them in turn, but those that are not read."""
    tensors = load_file(save(*SMALL[family], tmp_path) / "model.safetensors")
    aside = ("cls.", "vocab_", "lm_head.bias", "lm_head.dense", "lm_head.layer_norm")
    for name in (name for name in tensors if not name.startswith(aside)):
        plain = name.removeprefix(f"{family}.").removeprefix("model.").removeprefix("transformer.")
        save_file({other: x for other, x in tensors.items() if other != name}, tmp_path / "model.safetensors")
        refused(tmp_path, "the checkpoint lacks", plain)
        wider = torch.cat([tensors[name], tensors[name].narrow(-1, 0, 1)], dim=-1)
        save_file({**tensors, name: wider}, tmp_path / "model.safetensors")
        refused(tmp_path, name, str(tuple(wider.shape)))


@pytest.mark.parametrize("family", SMALL)
def test_no_tensor_may_be_left_over(family, tmp_path):
    save(*SMALL[family], tmp_path)
    edit_tensors(
        tmp_path, lambda tensors: tensors.update({"score.weight": torch.ones(3), "z": torch.ones(1)})
    )
    refused(
        tmp_path, "no place for: score.weight (2 in all)", f"checkpoint of {SMALL[family][0].__name__[:4]}"
    )


def test_a_classifier_is_not_passed_over(tmp_path):
    save(hf.BertForSequenceClassification, SMALL["bert"][1], tmp_path)
    refused(tmp_path, "no place for: classifier.bias (2 in all)", "BertForMaskedLM or BertForPreTraining")


@pytest.mark.parametrize(
    "kind, family, says",
    [
        (hf.LlamaModel, "llama", ["lacks lm_head.weight", "without the head", "LlamaForCausalLM"]),
        (hf.MistralModel, "mistral", ["lacks lm_head.weight", "MistralForCausalLM"]),
        (hf.ViTModel, "vit", ["lacks classifier.weight", "ViTForImageClassification"]),
    ],
)
def test_a_model_without_its_head_is_no_decoder(kind, family, says, tmp_path):
    refused(save(kind, SMALL[family][1], tmp_path), *says)


@pytest.mark.parametrize("older", [False, True])
def test_a_t5_1_1_without_its_head_is_not_given_the_table(older, tmp_path):
    """What the base class saves, in the words of transformers 5 and in those of before."""
    save(hf.T5Model, hf.T5Config(**T5_1_1), tmp_path)
    if older:
        edit_config(tmp_path, tie_word_embeddings=False, scale_decoder_outputs=..., architectures=...)
    refused(tmp_path, "lacks lm_head.weight", "T5ForConditionalGeneration")


@pytest.mark.parametrize(
    "family, table", [("gpt2", "transformer.wte"), ("t5", "shared"), ("llama", "model.embed_tokens")]
)
def test_a_tied_head_must_be_the_table(family, table, tmp_path):
    save(*SMALL[family], tmp_path)
    edit_tensors(
        tmp_path, lambda tensors: tensors.update({"lm_head.weight": tensors[f"{table}.weight"] + 0.01})
    )
    if family == "llama":
        assert_equals_transformers(tmp_path)  # there it is a head of its own
        edit_config(tmp_path, tie_word_embeddings=True)
    refused(tmp_path, f"{table}.weight and lm_head.weight differ", "tie_word_embeddings")


def test_one_tensor_under_two_names(tmp_path):
    save(*SMALL["bert"], tmp_path)
    name = "embeddings.word_embeddings.weight"
    edit_tensors(tmp_path, lambda tensors: tensors.update({name: tensors[f"bert.{name}"] + 0}))
    refused(tmp_path, f"bert.{name} and {name}", "one and the same part")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("experts", [2, 4])
def test_the_experts_are_as_many_as_the_config_says(experts, packed, tmp_path):
    """Also where the router agrees with the config: an expert too many would never be asked."""
    save(*SMALL["mixtral"], tmp_path, save_original_format=not packed)
    edit_config(tmp_path, num_local_experts=experts)
    refused(tmp_path, "gate.weight has shape (3, 24)", f"router.weight ({experts}, 24)")

    def agree(tensors):
        routers = {name: x for name, x in tensors.items() if name.endswith("gate.weight")}
        tensors.update({name: torch.ones(experts, 24) for name in routers})

    edit_tensors(tmp_path, agree)
    says = {
        (2, False): "no place for: model.layers.0.block_sparse_moe.experts.2.w1.weight",
        (4, False): "lacks the tensor layers.0.block_sparse_moe.experts.3.w1.weight",
        (2, True): "gate_up_proj has shape (3, 34, 24), and config.json asks for 1632 of its numbers",
        (4, True): "gate_up_proj has shape (3, 34, 24), and config.json asks for one that makes",
    }
    refused(tmp_path, says[experts, packed])


@pytest.mark.parametrize(
    "dtype, name", [(torch.int8, "I8"), (torch.int64, "I64"), (torch.float8_e4m3fn, "F8_E4M3")]
)
def test_quantised_numbers_are_refused(dtype, name, tmp_path):
    save(*SMALL["llama"], tmp_path)
    key = "model.layers.1.mlp.up_proj.weight"
    edit_tensors(tmp_path, lambda tensors: tensors.update({key: tensors[key].to(dtype)}))
    refused(tmp_path, f"{key} is stored as {name}", "F32", "not quantised")
