"""`describe`: what it says of a model, to people and to machines, and what it refuses."""

import json

import pytest
from columns import columns_of

from transformer_core.measurement.costs import (
    flops_per_image,
    flops_per_token,
    flops_per_token_read,
    kv_cache_bytes,
)
from transformer_core.models.presets import PRESETS, preset

PARAMETERS = {
    "transformer-base": 63_045_632, "bert-base": 109_482_240, "bert-large": 335_141_888,
    "distilbert": 66_362_880, "roberta-base": 124_645_632, "gpt2": 124_439_808, "gpt2-xl": 1_557_611_200,
    "gpt3-175b": 174_604_259_328, "t5-small": 60_506_624, "llama-2-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192, "llama-3-8b": 8_030_261_248, "mistral-7b": 7_241_732_096,
    "mixtral-8x7b": 46_702_792_704, "vit-b16": 86_567_656,
}  # fmt: skip


def test_parameter_counts_are_the_published_ones(printed):
    listed = json.loads(printed("describe", "--json"))["presets"]
    assert {one["name"]: one["parameters"] for one in listed} == PARAMETERS
    assert list(PARAMETERS) == list(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_description_is_in_numbers_that_sum_up_and_stand_on_its_page(name, printed):
    found = json.loads(printed("describe", name, "--json"))
    parameters, flops = found["parameters"], found["flops"]
    assert sum(parameters["by_part"].values()) == parameters["total"] == PARAMETERS[name]
    assert sum(flops["by_part"].values()) == flops["total"]
    assert sum(found["training_bytes"].values()) == 16 * parameters["total"]
    assert found["weights_bytes"] == {"float32": 4 * parameters["total"], "float16": 2 * parameters["total"]}
    assert found["kv_cache_bytes"] == kv_cache_bytes(preset(name), found["length"])
    assert found["length"] == (found["context"] or 512)
    numbers = [
        value
        for key, value in found.items()
        if not isinstance(value, (dict, bool, str)) and value is not None
    ]
    assert all(isinstance(number, int) for number in numbers) and len(numbers) >= 9
    page = printed("describe", name)
    assert columns_of(page) <= 80
    for part, count in (*parameters["by_part"].items(), *flops["by_part"].items()):
        assert any(line.split()[:2] == [part, f"{count:,}"] for line in page.splitlines())
    assert f"{PARAMETERS[name]:,}" in page


def test_llama_2_70b_worked_by_hand(printed):
    page = printed("describe", "llama-2-70b", "--length", "4096")
    for line in (
        "llama-2-70b: decoder, 69.0 billion parameters",
        "heads       64 for queries, 8 for keys and values; each 128 wide",
        "KV cache  1.25 GiB in float16 for 4,096 tokens, 320 KiB each",
        "norm        RMSNorm, before each sub-layer",
        "total            68,976,648,192",
    ):
        assert line in page
    # 81.7% of 24 columns: 19 and 5 eighths.
    assert f"56,371,445,760  81.7%  {'█' * 19}▋" in page


def test_length_moves_the_cache_and_attention_and_nothing_else(printed):
    short, long = (
        json.loads(printed("describe", "gpt2", "--json", "--length", str(length))) for length in (100, 300)
    )
    assert long["kv_cache_bytes"] == 3 * short["kv_cache_bytes"]
    assert long["flops"]["by_part"]["attention"] == 3 * short["flops"]["by_part"]["attention"]
    for other in ("projections", "feed_forward", "head"):
        assert long["flops"]["by_part"][other] == short["flops"]["by_part"][other]
    assert long["parameters"] == short["parameters"]


def test_each_family_is_told_as_it_works(printed):
    mistral, mixtral, t5, vit, bert, gpt2 = (
        printed("describe", name)
        for name in ("mistral-7b", "mixtral-8x7b", "t5-small", "vit-b16", "bert-base", "gpt2")
    )
    assert (
        "each token sees the last 4,096" in mistral
        and "for 32,768 tokens, of which it keeps 4,096" in mistral
    )
    assert "8 experts, 2 a token" in mixtral and "12.9 billion of the parameters work on one token" in mixtral
    assert "512 tokens written and 512 read" in t5 and "to read" in t5 and "no limit" in t5
    assert "one image of 197 tokens" in vit and "none: all tokens are read at once" in vit
    assert "vocabulary" not in vit and "vocabulary  30,522" in bert
    assert "12, each 64 wide" in gpt2 and "note" not in gpt2
    assert json.loads(printed("describe", "t5-small", "--json"))["flops_per_token_read"] == sum(
        flops_per_token_read(preset("t5-small"), 512).values()
    )
    assert json.loads(printed("describe", "vit-b16", "--json"))["flops"]["by_part"] == flops_per_image(
        preset("vit-b16")
    )
    assert json.loads(printed("describe", "gpt2", "--json"))["flops"]["by_part"] == flops_per_token(
        preset("gpt2"), 1024
    )


def test_more_tokens_than_a_model_was_made_for_are_told_with_a_note(printed):
    page = printed("describe", "llama-3-8b", "--length", "131072")
    assert "16 GiB in float16 for 131,072 tokens" in page
    assert "made for 8,192 tokens: what more would cost, not that it works" in page
    assert columns_of(page) <= 80


def test_the_list_has_a_line_for_each(printed):
    lines = printed("describe").splitlines()
    assert lines[0].split() == ["preset", "family", "layers", "heads", "d_model", "context", "parameters"]
    for line, (name, config) in zip(lines[1:], PRESETS.items(), strict=False):
        first, family, layers, heads, d_model, _, parameters = line.split()
        assert (first, family, parameters) == (name, config.family, f"{PARAMETERS[name]:,}")
        assert d_model == f"{config.d_model:,}" and str(config.num_heads) == heads.split("/")[0]
        assert sum(map(int, layers.split("+"))) >= config.num_layers
    assert columns_of("\n".join(lines)) <= 80


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["describe", "lama-2-7b"], ["'lama-2-7b'", *PRESETS, "Did you mean llama-2-7b?"]),
        (["describe", "GPT2"], ["'GPT2'", "Did you mean gpt2?"]),
        (["describe", "gpt2", "--length", "0"], ["length is 0; use 1 or more"]),
        (["describe", "vit-b16", "--length", "3"], ["--length 3", "vit-b16", "always 197 tokens"]),
        (["describe", "--length", "3"], ["--length needs a model", "describe gpt2 --length"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(arguments, says, refused):
    said = refused(*arguments)
    assert all(part in said for part in says), said


def test_a_name_like_nothing_gets_no_guess(refused):
    assert "Did you mean" not in refused("describe", "quicksort")
