"""schedule.py: numbers worked by hand, and those of the reference."""

import math
from dataclasses import replace

import pytest
import torch
from transformers import get_constant_schedule_with_warmup, get_cosine_schedule_with_warmup

from transformer_core.training.schedule import constant, cosine, learning_rate, paper
from transformer_core.training.settings import Settings

SETTINGS = Settings(steps=10, warmup=4, learning_rate=0.5)


def reference(make, steps, **numbers):
    """The factors that transformers gives one step after the other."""
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimiser, **numbers)
    factors = []
    for _ in range(steps):
        factors.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return factors


def test_cosine_by_hand():
    # Four steps up; then over six steps half a cosine: at 7, half-way, one half; at 6, a third of the way, 3/4.
    assert [cosine(step, steps=10, warmup=4) for step in range(5)] == [0, 0.25, 0.5, 0.75, 1]
    assert cosine(6, steps=10, warmup=4) == pytest.approx(0.75)
    assert cosine(7, steps=10, warmup=4) == pytest.approx(0.5)
    assert cosine(10, steps=10, warmup=4) == pytest.approx(0)


@pytest.mark.parametrize("steps, warmup", [(10, 4), (37, 0), (50, 49), (1, 0)])
def test_cosine_and_constant_are_those_of_transformers(steps, warmup):
    numbers = {"num_warmup_steps": warmup, "num_training_steps": steps}
    expected = reference(get_cosine_schedule_with_warmup, steps, **numbers)
    assert [cosine(step, steps=steps, warmup=warmup) for step in range(steps)] == pytest.approx(expected)
    expected = reference(get_constant_schedule_with_warmup, steps, num_warmup_steps=warmup)
    assert [constant(step, warmup=warmup) for step in range(steps)] == pytest.approx(expected)


def test_the_papers_schedule_by_hand():
    # d_model 64 gives 1/8. Of 4 steps of warm-up, the first has 1/8 * 1 * 4^-1.5 = 1/64, the fourth
    # 1/8 * 4^-0.5 = 1/16, where both curves meet; the sixteenth has 1/8 / 4 = 1/32.
    assert paper(0, d_model=64, warmup=4) == pytest.approx(1 / 64)
    assert paper(3, d_model=64, warmup=4) == pytest.approx(1 / 16)
    assert paper(15, d_model=64, warmup=4) == pytest.approx(1 / 32)


def test_the_papers_schedule_is_highest_where_its_warm_up_ends():
    rates = [paper(step, d_model=512, warmup=4000) for step in range(10000)]
    assert max(rates) == rates[3999] == pytest.approx(512**-0.5 * 4000**-0.5)
    assert all(a < b for a, b in zip(rates[:4000], rates[1:4000], strict=False))
    assert all(a > b for a, b in zip(rates[3999:], rates[4000:], strict=False))


def test_the_settings_choose():
    assert learning_rate(7, SETTINGS) == pytest.approx(0.5 * 0.5)
    assert learning_rate(7, replace(SETTINGS, schedule="constant")) == 0.5
    assert learning_rate(2, replace(SETTINGS, schedule="constant")) == 0.25
    expected = 0.5 * 64**-0.5 * 4**-0.5
    assert learning_rate(3, replace(SETTINGS, schedule="paper"), 64) == pytest.approx(expected)


def test_without_warm_up_the_first_step_is_a_whole_one():
    for schedule in ("cosine", "constant"):
        assert learning_rate(0, replace(SETTINGS, warmup=0, schedule=schedule)) == 0.5
    assert math.isfinite(learning_rate(0, replace(SETTINGS, warmup=0, schedule="paper"), 64))


def test_the_papers_schedule_needs_a_width():
    with pytest.raises(
        ValueError, match="schedule 'paper' depends on d_model; give it, or take schedule 'cosine'"
    ):
        learning_rate(0, replace(SETTINGS, schedule="paper"))


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"steps": 0}, "steps is 0; give 1 or more"),
        ({"batch_size": 10, "micro_batches": 4}, "batch_size 10 does not split into 4 micro_batches"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; give a number above 0"),
        ({"warmup": 10}, "warmup 10 does not end within 10 steps"),
        ({"clip": 0.0}, "clip is 0.0; give a length above 0, or None"),
        ({"schedule": "linear"}, "schedule 'linear' is none of cosine, paper, constant"),
        ({"precision": "float16"}, "precision 'float16' is none of float32, bfloat16"),
        ({"seed": -1}, "seed is -1; give 0 or more"),
    ],
)
def test_settings_that_no_run_can_have_are_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        replace(SETTINGS, **changes)
