"""scaling_laws.py: constants put in and found again, the best split checked by hand and by looking around it."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.measurement.scaling_laws import (
    PUBLISHED,
    TOKENS_PER_PARAMETER,
    Run,
    ScalingLaw,
    fit_law,
    training_flops,
)

CHINCHILLA = 70e9, 1.4e12


def sweep(law, *, noise=0.0, seed=0, sizes=(1e5, 3e5, 1e6, 3e6), counts=(1e6, 3e6, 1e7)):
    """What runs of a law would have measured, each off by about `noise`."""
    draw = random.Random(seed)
    return [Run(n, d, law.loss(n, d) * math.exp(draw.gauss(0, noise))) for n in sizes for d in counts]


def test_the_law_worked_by_hand():
    law = ScalingLaw(e=2, a=30, b=1000, alpha=0.5, beta=1)
    assert law.loss(100, 500) == pytest.approx(2 + 3 + 2)


def test_the_best_split_worked_by_hand():
    # N + D counts the same on both sides: 6 N D = 600 is best as 10 and 10.
    even = ScalingLaw(e=0, a=1, b=1, alpha=1, beta=1)
    assert even.best(600) == pytest.approx((10, 10))
    # 4 / N + 1 / D: the derivatives 4 / N^2 dN and 1 / D^2 dD balance at N = 4 D. 16 * 4 = 64.
    assert ScalingLaw(e=0, a=4, b=1, alpha=1, beta=1).best(6 * 64) == pytest.approx((16, 4))
    # alpha = 1 and beta = 2: N = 27 and D = 3 give 9 / 27 = 1 / 3 and 2 * 1.5 / 9 = 1 / 3.
    law = ScalingLaw(e=0, a=9, b=1.5, alpha=1, beta=2)
    assert law.best(6 * 81) == pytest.approx((27, 3))
    assert law.best_tokens(27) == pytest.approx(3) and law.best_parameters(3) == pytest.approx(27)


@examples(50)
@given(
    name=st.sampled_from(sorted(PUBLISHED)),
    power=st.floats(18, 27),
    other=st.floats(0.2, 5).filter(lambda x: x != 1),
)
def test_no_other_split_of_the_same_compute_is_better(name, power, other):
    law, _ = PUBLISHED[name]
    parameters, tokens = law.best(10**power)
    assert training_flops(parameters, tokens) == pytest.approx(10**power)
    assert law.loss(parameters, tokens) <= law.loss(parameters * other, tokens / other)
    assert law.best_tokens(parameters) == pytest.approx(tokens)
    assert law.best_parameters(tokens) == pytest.approx(parameters)


def test_chinchillas_published_numbers():
    # 6 N D is 5.88e23; the budget that the paper names, Gopher's, is 5.76e23.
    assert training_flops(*CHINCHILLA) == pytest.approx(5.88e23)
    assert training_flops(*CHINCHILLA) == pytest.approx(5.76e23, rel=0.03)
    assert CHINCHILLA[1] / CHINCHILLA[0] == TOKENS_PER_PARAMETER
    refit, source = PUBLISHED["besiroglu"]
    parameters, tokens = refit.best(5.76e23)
    assert parameters == pytest.approx(70e9, rel=0.05) and tokens == pytest.approx(1.4e12, rel=0.06)
    assert "2404.10102" in source
    # The constants as first printed ask for far fewer parameters: that is what the refit corrects.
    first, source = PUBLISHED["hoffmann"]
    assert first.best(5.76e23)[0] < 40e9 and "2203.15556" in source
    assert first.beta / (first.alpha + first.beta) == pytest.approx(0.46, abs=0.01)  # the paper's table 2


@pytest.mark.parametrize(
    "law",
    [PUBLISHED["hoffmann"][0], ScalingLaw(e=0.7, a=30, b=200, alpha=0.3, beta=0.4)],
    ids=["hoffmann", "another"],
)
def test_constants_put_in_are_found_again(law):
    fit = fit_law(sweep(law))
    found = [getattr(fit.law, name) / getattr(law, name) for name in ("e", "a", "b", "alpha", "beta")]
    assert found == pytest.approx([1] * 5, rel=1e-3)
    assert fit.typical_error < 1e-6 and fit.runs == 12


def test_noise_moves_its_prediction_by_little_more_than_itself():
    law = ScalingLaw(e=1.5, a=30, b=200, alpha=0.3, beta=0.4)
    fit = fit_law(sweep(law, noise=0.003))
    assert 0.001 < fit.typical_error < 0.004
    # Three times beyond the largest run, on both sides.
    assert fit.law.loss(1e7, 3e7) == pytest.approx(law.loss(1e7, 3e7), rel=0.02)


def test_a_run_that_went_wrong_pulls_little():
    law = ScalingLaw(e=1.5, a=30, b=200, alpha=0.3, beta=0.4)
    runs = sweep(law)
    runs[5] = Run(runs[5].parameters, runs[5].tokens, runs[5].loss * 1.5)
    fit = fit_law(runs).law
    for run in runs[:5] + runs[6:]:
        assert fit.loss(run.parameters, run.tokens) == pytest.approx(run.loss, rel=0.005)


RUNS = sweep(PUBLISHED["hoffmann"][0])


@pytest.mark.parametrize(
    "called, says",
    [
        (lambda: fit_law(RUNS[:5]), ["5 runs of 2 sizes and 3 token counts", "at least 6 runs"]),
        (lambda: fit_law(RUNS[::3]), ["4 runs of 4 sizes and 1 token counts"]),
        (lambda: fit_law([*RUNS, Run(1e6, 1e6, math.nan)]), ["run 12: loss is nan", "above 0"]),
        (lambda: fit_law([Run(0, 1e6, 3), *RUNS]), ["run 0: parameters is 0"]),
        (lambda: fit_law(RUNS, delta=0), ["delta is 0", "1e-3"]),
        (lambda: RUNS and PUBLISHED["hoffmann"][0].loss(-1, 5), ["parameters is -1"]),
        (lambda: PUBLISHED["hoffmann"][0].best(math.inf), ["flops is inf", "finite"]),
        (lambda: training_flops(1, 0), ["tokens is 0"]),
        (lambda: ScalingLaw(e=1, a=1, b=1, alpha=0, beta=1), ["alpha is 0", "above 0"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(called, says):
    with pytest.raises(ValueError) as refused:
        called()
    assert all(part in str(refused.value) for part in says), refused.value


def test_losses_that_do_not_fall_are_no_law():
    rising = [
        Run(run.parameters, run.tokens, 3 + run.tokens / 1e8 + 10 / run.parameters**0.3) for run in RUNS
    ]
    with pytest.raises(ValueError, match="do not fall with tokens.*train each run to its end"):
        fit_law(rising)
