"""tensor_parallel.py and pipeline_parallel.py: one model over two processes, equal to the whole one."""

import json
from dataclasses import replace

import pytest
import torch
from counting import CONFIG
from test_distributed import torchrun

from transformer_core.models import DecoderOnly
from transformer_core.models.config import Alibi, Learned
from transformer_core.training.pipeline_parallel import DecoderStage
from transformer_core.training.tensor_parallel import tensor_parallel


@pytest.fixture(scope="module")
def found():
    ran = torchrun("split_models.py")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", ["tensors", "tensors_gated"])
def test_split_matrices_give_the_whole_models_logits_and_gradients(name, found):
    one = found[name]
    assert one["logits"] < 1e-10 and one["gradients"] < 1e-10
    assert one["gradient_length"] > 0.1  # there was something to compare
    assert one["rows_held"] == 8  # of 16: half of the heads


@pytest.mark.parametrize("name", ["layers", "layers_learned"])
def test_split_layers_give_the_whole_models_loss_and_gradients(name, found):
    one = found[name]
    assert one["loss"] < 1e-10 and one["gradients"] < 1e-10
    assert sum(one["weights"]) == one["all_weights"] and min(one["weights"]) > 10  # each weight has one owner


class TwoProcesses:
    """What tensor_parallel asks of a mesh before it splits anything."""

    def size(self):
        return 2


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"num_kv_heads": 1}, "1 heads of keys do not share out over 2 processes"),
        ({"positions": Alibi()}, "positions 'alibi' are a bias for every head"),
    ],
)
def test_what_cannot_be_split_by_heads_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        tensor_parallel(DecoderOnly(replace(CONFIG, **changes)), TwoProcesses())


@pytest.mark.parametrize(
    "changes, stages, says",
    [
        ({"tied": False}, 3, "3 stages need a layer each, and there are 2; use fewer"),
        ({}, 2, "the first stage and others would share weights: a tied head"),
    ],
)
def test_what_cannot_be_split_by_layers_is_refused(changes, stages, says):
    with pytest.raises(ValueError, match=says):
        DecoderStage(DecoderOnly(replace(CONFIG, **changes)), 0, stages)


def test_stages_one_after_the_other_are_the_model():
    model = DecoderOnly(replace(CONFIG, tied=False, num_layers=5, positions=Learned(), max_length=9))
    ids = torch.randint(11, (3, 7))
    x = ids
    stages = [DecoderStage(model, number, 3) for number in range(3)]
    for stage in stages:
        x = stage(x)
    torch.testing.assert_close(x, model(ids), atol=1e-6, rtol=0)
    assert [len(stage.decoder.layers) for stage in stages] == [1, 2, 2]
