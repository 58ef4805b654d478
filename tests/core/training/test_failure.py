"""failure.py: the causes in their order, from what the run can see."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from counting import SETTINGS

from transformer_core.training.failure import TrainingStopped, stopped

LAST = Path("runs/step-00000040.pt")
CALM = [1.0, 1.5, 1.2, 1.1]
GROWING = [0.5, 2.0, 30.0, 4000.0]


def message(
    *,
    step=40,
    loss=math.nan,
    norm=1.0,
    settings=SETTINGS,
    rate=0.001,
    batch=None,
    losses=(1.0,),
    gradient_norms=CALM,
):
    batch = {"input_ids": torch.zeros(2, 3, dtype=torch.int64)} if batch is None else batch
    return stopped(
        step, loss, norm, settings=settings, rate=rate, batch=batch, losses=list(losses), gradient_norms=list(gradient_norms),
        checkpoint=LAST,
    )  # fmt: skip


def causes(**run):
    return [
        line.strip().split(". ")[0:2][1] for line in str(message(**run)).splitlines() if line.startswith("  ")
    ]


def test_it_says_step_cause_and_what_is_left():
    error = message()
    assert isinstance(error, TrainingStopped) and isinstance(error, ArithmeticError)
    assert (error.step, error.checkpoint) == (40, LAST)
    lines = str(error).splitlines()
    assert lines[0] == "step 40: the loss is nan; the weights were left as they were."
    assert lines[-1] == f"Last good checkpoint: {LAST}, and nothing was written over it."


def test_a_gradient_that_grew_points_at_the_learning_rate():
    first = causes(gradient_norms=GROWING, rate=0.05)[0]
    assert first.startswith("the learning rate, 0.05 in this step (high): ")
    assert "over the last 4 steps the gradient norm rose from 0.5 to 4e+03" in first


def test_a_loss_that_rose_is_told_where_the_gradient_did_not():
    assert "the loss rose from 0.5 to 3" in causes(losses=[2.0, 0.5, 3.0])[0]


def test_a_calm_run_is_told_too():
    assert "though over the last 4 steps the gradient norm stayed between 1 and 1.5" in causes()[0]
    assert "(high)" not in causes()[0]


@pytest.mark.parametrize(
    "changes, step, names",
    [
        ({"warmup": 3}, 40, ["learning rate", "bad data"]),
        ({"warmup": 3}, 4, ["learning rate", "too short a warm-up: it is 3 steps", "bad data"]),
        ({"warmup": 0}, 40, ["learning rate", "no warm-up", "bad data"]),
        ({"clip": None}, 40, ["learning rate", "no clipping", "bad data"]),
        ({"precision": "bfloat16"}, 40, ["learning rate", "precision: bfloat16", "bad data"]),
        (
            {"precision": "bfloat16", "clip": None, "warmup": 0}, 40,
            ["learning rate", "no warm-up", "no clipping", "precision", "bad data"],
        ),
        ({"warmup": 0, "clip": None}, 0, ["bad data, or a model or an objective"]),
    ],
)  # fmt: skip
def test_only_what_can_be_the_cause_is_named_in_order(changes, step, names):
    found = causes(settings=replace(SETTINGS, **changes), step=step)
    assert len(found) == len(names)
    assert all(name in cause for name, cause in zip(names, found, strict=True))


def test_data_that_holds_no_numbers_is_the_cause():
    batch = {"pixels": torch.tensor([1.0, math.inf]), "labels": torch.tensor([1, 2])}
    assert causes(batch=batch) == ["bad data: pixels of this step's batch holds a number that is not finite"]


def test_a_gradient_that_is_not_finite_is_named():
    assert str(message(loss=2.0, norm=math.inf)).startswith("step 40: the gradient norm is inf;")
