"""parameters.py: counts worked by hand."""

import pytest
import torch
from torch import nn

from transformer_core.measurement.parameters import count_parameters, parameters_by_part
from transformer_core.models import build
from transformer_core.models.presets import preset


def test_parameters_by_part_worked_by_hand():
    # Linear 3 -> 5: 15 weights and 5 biases. Embedding of 7 x 3: 21.
    counts = count_parameters(nn.ModuleDict({"words": nn.Embedding(7, 3), "out": nn.Linear(3, 5)}))
    assert counts == {"words": 21, "out": 20, "total": 41}


def test_shared_parameters_count_once():
    words, out = nn.Embedding(7, 3), nn.Linear(3, 7, bias=False)
    out.weight = words.weight
    assert count_parameters(nn.ModuleDict({"words": words, "out": out})) == {"words": 21, "total": 21}


def test_the_checkpoints_parts_sum_to_what_its_file_holds(model):
    counts = count_parameters(model)
    assert counts["total"] == 22_713_216 == sum(counts.values()) - counts["total"]
    assert counts["token_embedding"] == 30522 * 384
    # A layer: four projections, two feed-forward matrices, their biases, two norms.
    layer = 4 * (384 * 384 + 384) + (384 * 1536 + 1536) + (1536 * 384 + 384) + 2 * 2 * 384
    assert counts["encoder"] == 6 * layer


def layer():
    # Attention 3 x 3 = 9, the norm inside it 2 * 3, the one after it 6; feed-forward 3 * 5 + 5 * 3 and a gate of 3.
    return nn.ModuleDict(
        {
            "attention": nn.ModuleDict({"w_q": nn.Linear(3, 3, bias=False), "query_norm": nn.LayerNorm(3)}),
            "attention_norm": nn.LayerNorm(3),
            "cross_attention": nn.Linear(3, 3),
            "feed_forward": nn.ModuleList([nn.Linear(3, 5, bias=False), nn.Linear(5, 3, bias=False)]),
            "gate": nn.Linear(3, 1, bias=False),
        }
    )


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_parameters_by_kind_of_part_worked_by_hand(device):
    with torch.device(device):
        model = nn.ModuleDict(
            {
                "token_embedding": nn.Embedding(7, 3),
                "patch_embedding": nn.Linear(2, 3),
                "encoder": nn.ModuleDict(
                    {"layers": nn.ModuleList([layer(), layer()]), "norm": nn.LayerNorm(3)}
                ),
                "sentence_bias": nn.Embedding(11, 1),
                "head": nn.Linear(3, 7),
            }
        )
        model["head"].weight = model["token_embedding"].weight  # its bias, 7, is the head's own
    parts = parameters_by_part(model)
    assert parts == {
        "token_embedding": 21,
        "patch_embedding": 9,
        "attention": 2 * 9,
        "norm": 2 * (6 + 6) + 6,
        "cross_attention": 2 * 12,
        "feed_forward": 2 * 30,
        "encoder": 2 * 3,  # the gate is no part that we know
        "sentence_bias": 11,
        "head": 7,
    }
    assert sum(parts.values()) == count_parameters(model)["total"]


def test_parameters_of_a_module_without_parts():
    assert parameters_by_part(nn.Linear(3, 5)) == {"weight": 15, "bias": 5}
    assert parameters_by_part(nn.ReLU()) == {}


def test_the_parts_of_published_models():
    with torch.device("meta"):
        gpt2, llama, t5 = (
            parameters_by_part(build(preset(name))) for name in ("gpt2", "llama-2-7b", "t5-small")
        )
    d = 768
    assert gpt2 == {
        "token_embedding": 50257 * d,  # the head is this table too
        "position_embedding": 1024 * d,
        "attention": 12 * 4 * (d * d + d),
        "norm": (12 * 2 + 1) * 2 * d,
        "feed_forward": 12 * (4 * d * d + 4 * d + 4 * d * d + d),
    }
    d = 4096
    assert llama == {
        "token_embedding": 32000 * d,
        "attention": 32 * 4 * d * d,
        "norm": (32 * 2 + 1) * d,
        "feed_forward": 32 * 3 * d * 11008,
        "head": 32000 * d,
    }
    d = 512
    assert (t5["attention"], t5["cross_attention"]) == (2 * 6 * 4 * d * d, 6 * 4 * d * d)
    assert sum(t5.values()) == 60_506_624
