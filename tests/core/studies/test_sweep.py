"""sweep.py: kept runs that today's code gives again, FLOPs counted by hand, and what the page says of them."""

import platform
from itertools import pairwise, product
from types import SimpleNamespace

import pytest
import torch

from transformer_core.measurement.scaling_laws import training_flops
from transformer_core.studies import sweep
from transformer_core.studies.recorded import load
from transformer_core.studies.studies import STUDIES
from transformer_core.training import corpus

ROWS = load("sweep").rows
LOSS = {(row["width"], row["tokens"]): row["loss"] for row in ROWS}


@pytest.fixture
def part_of_the_library(monkeypatch):
    """A sixth of the files: read in a second, and the rest is the same."""
    few = dict(list(corpus.library_files().items())[::6])
    corpus.standard_library.cache_clear()
    monkeypatch.setattr(corpus, "library_files", lambda: few)
    yield
    corpus.standard_library.cache_clear()


@pytest.fixture(scope="module")
def found():
    return sweep.fit(ROWS)


def test_the_kept_rows_are_those_of_todays_study():
    assert [(row["width"], row["tokens"]) for row in ROWS] == list(
        product(sweep.LEARNING_RATES, sweep.TOKENS)
    )
    assert len(ROWS) >= 12 and STUDIES["sweep"].run is sweep.run
    for row in ROWS:
        task = sweep.sweep_task(row["width"], row["tokens"])
        assert row["learning_rate"] == task.settings.learning_rate
        assert row["tokens"] == task.settings.steps * task.settings.batch_size * sweep.LENGTH
        assert row["flops"] == training_flops(row["parameters"], row["tokens"])
        assert row["loss"] == pytest.approx(row["bits_per_byte"] * 0.6931472, rel=1e-6)


@pytest.mark.long
def test_the_cheapest_run_gives_its_kept_loss_again():
    kept, again = ROWS[0], sweep.one_run(ROWS[0]["width"], ROWS[0]["tokens"])
    # Another version of Python has another library to read, another processor another order of sums: the page's
    # smallest step from one number of tokens to the next is 0.02.
    same_text = load("sweep").machine["python"] == platform.python_version()
    assert again["loss"] == pytest.approx(kept["loss"], rel=5e-3 if same_text else 5e-2)
    assert {**again, **dict.fromkeys(("loss", "bits_per_byte", "seconds"))} == {
        **kept,
        **dict.fromkeys(("loss", "bits_per_byte", "seconds")),
    }


@pytest.mark.parametrize("width", sweep.LEARNING_RATES)
def test_parameters_and_flops_counted_by_hand(width):
    row = next(row for row in ROWS if row["width"] == width)
    layer = 12 * width**2 + (4 + 5 + 2) * width  # matrices; biases of attention and feed-forward, two norms
    assert row["table"] == 256 * width
    assert row["parameters"] == 256 * width + 2 * layer + width
    # Each token meets the matrices and, as the head, the table. Then texts of 64: scores and mixing, both 64 x 64.
    products = 6 * (2 * 12 * width**2 + 256 * width) * row["tokens"]
    attention = 3 * 2 * (2 * 2 * 64 * 64 * width) * (row["tokens"] // 64)
    assert row["counted"] == products + attention


def test_what_is_scored_is_held_out_and_the_same_for_all_runs(part_of_the_library):
    seen = []

    def model(input_ids):
        seen.append(input_ids)
        return torch.zeros(*input_ids.shape, 256)

    scores = sweep.sweep_task(16, 2**17).score(model), sweep.sweep_task(128, 2**20).score(model)
    assert scores[0] == scores[1] and scores[0]["bits_per_byte"] == pytest.approx(8)  # knows nothing
    assert sum(len(part) for part in seen) == 2 * sweep.SCORED
    held_out = sweep.standard_library(256).held_out
    assert torch.equal(seen[0][0], held_out.tokens[: sweep.LENGTH])


def test_every_size_gains_by_text_and_all_gain_by_size():
    for width in sweep.LEARNING_RATES:
        assert all(
            more < less - 0.02 for less, more in pairwise(LOSS[width, count] for count in sweep.TOKENS)
        )
    for tokens in sweep.TOKENS:
        assert all(
            more < less for less, more in pairwise(LOSS[width, tokens] for width in sweep.LEARNING_RATES)
        )
    gained = {
        width: LOSS[width, sweep.TOKENS[-1]] / LOSS[width, sweep.TOKENS[0]] for width in sweep.LEARNING_RATES
    }
    assert gained[128] < gained[16] - 0.05  # the larger gain more, as the page's figure says


def test_the_fitted_law_falls_with_both_and_tells_the_runs(found):
    law = found.law
    assert law.a > 0 and law.b > 0 and law.e > 0
    assert 0.1 < law.alpha < 1 and 0.2 < law.beta < 1.5
    assert found.typical_error < 0.05 and found.runs == len(ROWS)
    misses = sweep.residuals(ROWS, found)
    assert (sum(miss**2 for miss in misses) / len(misses)) ** 0.5 == pytest.approx(found.typical_error)


def test_an_end_of_the_sweep_is_left_out_at_a_time(monkeypatch):
    monkeypatch.setattr(sweep, "fit", lambda rows: SimpleNamespace(rows=rows))
    without = sweep.fits_without(ROWS)
    assert list(without) == [
        "without width 16",
        "without width 128",
        "without tokens 131,072",
        "without tokens 2,097,152",
    ]
    assert all(row["width"] != 16 for row in without["without width 16"].rows)
    assert [len(one.rows) for one in without.values()] == [15, 15, 16, 16]
