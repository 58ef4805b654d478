"""shrinking.py: kept rows that today's code gives again, and what the page says of them."""

from types import SimpleNamespace

import pytest
import torch

from transformer_core.studies import shrinking
from transformer_core.studies.recorded import load
from transformer_core.studies.studies import STUDIES
from transformer_core.training.digits import handwritten_digits

ROWS = {(row["technique"], row["detail"]): row for row in load("shrinking").rows}
ORIGINAL = ROWS["original", "float32"]
IMAGES = len(handwritten_digits(held_out=True).labels)


def of(technique, detail):
    return ROWS[technique, detail]


def test_the_kept_rows_are_those_of_todays_study(monkeypatch):
    """Nothing is trained or timed: names and sizes do not hang on it."""
    monkeypatch.setattr(shrinking, "train", lambda task: SimpleNamespace(model=task.model().eval()))
    monkeypatch.setattr(shrinking, "speed", lambda original, model: {})
    rows = list(STUDIES["shrinking"].run())
    for key in ("technique", "detail", "bytes"):
        assert [row[key] for row in rows] == [row[key] for row in ROWS.values()]
    for row in rows:
        if "trained on" not in row["detail"]:  # there, how many of those pruned are not 0
            assert row["learned"] == of(row["technique"], row["detail"])["learned"]


def test_the_cheapest_model_gets_its_kept_score_again():
    kept = of("student", "alone")["scores"]
    task = shrinking.digits_task(shrinking.small_model, shrinking.SMALL)
    again = shrinking.train(task).scores["score"]
    # On another processor a few images of the 360 change sides, far fewer than by another seed.
    assert abs(again - kept[0]) < (max(kept) - min(kept)) / 3


def test_quality_by_hand():
    labels = handwritten_digits(held_out=True).labels
    sure = torch.nn.functional.one_hot((labels + (torch.arange(IMAGES) < 9)) % 10, 10) * 100.0
    assert shrinking.quality(torch.nn.Identity().train(False), look=SimpleNamespace(show=lambda x: sure)) == {
        "score": pytest.approx(1 - 9 / IMAGES),
        "loss": pytest.approx(100 * 9 / IMAGES),
    }


def test_a_look_is_trained_on_and_scored():
    task = shrinking.digits_task(shrinking.small_model, look=shrinking.LOOKS["dark ink"])
    plain = shrinking.digits_task(shrinking.small_model)
    shown, as_they_are = (one.batch(torch.Generator().manual_seed(0), 5) for one in (task, plain))
    torch.testing.assert_close(shown["pixel_values"], 1 - as_they_are["pixel_values"])
    assert torch.equal(shown["labels"], as_they_are["labels"])


def test_a_speed_has_the_middle_half_around_it():
    torch.manual_seed(0)
    model = shrinking.small_model().eval()
    found = shrinking.speed(model, model)
    assert 0 < found["speed_low"] <= found["speed"] <= found["speed_high"]


def test_fewer_bits_take_fewer_bytes_and_cost_little():
    int8, int4 = of("int8", "weights, one scale a row"), of("int4", "weights, one scale for 32")
    assert 3.5 < ORIGINAL["bytes"] / int8["bytes"] < 4
    assert 5 < ORIGINAL["bytes"] / int4["bytes"] < 8
    assert abs(int8["score"] - ORIGINAL["score"]) < 0.01
    assert ORIGINAL["score"] - int4["score"] < 0.03


def test_zeros_save_nothing_until_they_are_packed():
    sizes = [of("weights out", f"{share:.0%}") for share in shrinking.SHARES]
    assert {row["bytes"] for row in sizes} == {ORIGINAL["bytes"]}
    assert sizes[-1]["zipped"] < 0.3 * ORIGINAL["zipped"]
    assert sizes[-1]["parameters"] < 0.15 * ORIGINAL["parameters"]


def test_units_out_make_the_model_smaller():
    sizes = [of("units out", f"{share:.0%}")["bytes"] for share in shrinking.SHARES]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0.5 * ORIGINAL["bytes"]


@pytest.mark.parametrize("technique", ["weights out", "units out"])
def test_most_weights_go_unnoticed_and_what_nine_in_ten_cost_comes_back(technique):
    seventy, ninety, again = (of(technique, detail)["score"] for detail in ("70%", "90%", "90%, trained on"))
    assert seventy > ORIGINAL["score"] - 0.02
    assert ninety < ORIGINAL["score"] - 0.01
    assert again > ninety + 0.01 and again > ORIGINAL["score"] - 0.02


def test_a_cliff_for_single_weights():
    assert of("weights out", "90%")["score"] < ORIGINAL["score"] - 0.08


def test_a_student_is_small_and_chance_moves_it_more_than_its_teacher():
    alone, taught = of("student", "alone"), of("student", "with its teacher")
    assert alone["bytes"] == taught["bytes"] < 0.05 * ORIGINAL["bytes"]
    assert max(alone["scores"]) - min(alone["scores"]) > abs(taught["score"] - alone["score"])
    assert alone["score"] == pytest.approx(sum(alone["scores"]) / shrinking.SEEDS)


@pytest.mark.parametrize("look", shrinking.LOOKS)
def test_lora_comes_most_of_the_way_with_few_numbers(look):
    before, full, thin = (
        of(look, detail) for detail in ("not adapted", "all weights", f"LoRA, rank {shrinking.RANK}")
    )
    assert before["score"] < 0.1 and full["score"] > 0.85
    assert thin["score"] - before["score"] > 0.7 * (full["score"] - before["score"])
    assert thin["score"] < full["score"] - 0.02  # "near, and not equal"
    assert thin["learned"] < 0.02 * full["learned"] and thin["learned"] == 2 * 2 * shrinking.RANK * 2 * 128
