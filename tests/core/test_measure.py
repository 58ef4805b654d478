"""measure.py: counts, entropies and percentiles worked by hand; clocks tested by what they call."""

import itertools
import math
import platform
import re
from dataclasses import asdict

import pytest
import torch
from torch import nn

from transformer_core import measure
from transformer_core.config import preset
from transformer_core.measure import (
    attention_entropy,
    compare,
    count_parameters,
    latency,
    machine,
    parameters_by_part,
    throughput,
)
from transformer_core.models import build


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


def test_entropy_worked_by_hand():
    # One token gets all: 0. Two halves: 1 bit. Four quarters: 2 bits. (1/2, 1/4, 1/4): 1.5. Nothing seen: 0.
    rows = torch.tensor(
        [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.25, 0.25, 0], [0, 0, 0, 0]]
    )
    assert attention_entropy(rows).tolist() == pytest.approx([0, 1, 2, 1.5, 0])


def test_entropy_keeps_a_value_for_each_query_of_each_head():
    weights = torch.randn(2, 3, 5, 7, dtype=torch.float64).softmax(-1)
    expected = torch.distributions.Categorical(probs=weights).entropy() / math.log(2)
    torch.testing.assert_close(attention_entropy(weights), expected)
    assert (attention_entropy(weights) <= math.log2(7)).all()


def clock(monkeypatch, milliseconds):
    """Calls take exactly these times: the clock is read once before and once after each."""
    now, readings = 0.0, []
    for spent in milliseconds:
        readings += [now, now + spent / 1000]
        now += 1
    monkeypatch.setattr(measure.time, "perf_counter", iter(readings).__next__)


def test_percentiles_worked_by_hand(monkeypatch):
    # 1 to 100 ms in a shuffled order: half are at most 50, 95 at most 95, 99 at most 99; the mean is 50.5.
    clock(monkeypatch, [(37 * i) % 101 for i in range(1, 101)])
    measured = latency(lambda: None, warmup=0, repeats=100)
    assert asdict(measured) == pytest.approx({"p50": 50, "p95": 95, "p99": 99, "mean": 50.5, "n": 100})


def test_one_slow_call_shows_in_the_tail_and_not_in_the_median(monkeypatch):
    clock(monkeypatch, [2] * 19 + [1000])
    measured = latency(lambda: None, warmup=0, repeats=20)
    assert (measured.p50, measured.p99) == (pytest.approx(2), pytest.approx(1000))


def test_warm_up_calls_are_made_and_not_counted(monkeypatch):
    clock(monkeypatch, [5, 5, 5])
    calls = []
    assert latency(lambda: calls.append(1), warmup=4, repeats=3).n == 3
    assert len(calls) == 7


def test_throughput_worked_by_hand(monkeypatch):
    # 64 items in 16, 8, 4, 32 and 2 ms: 4000, 8000, 16000, 2000 and 32000 a second.
    clock(monkeypatch, [16, 8, 4, 32, 2])
    measured = throughput(lambda: None, 64, warmup=0, repeats=5)
    assert asdict(measured) == pytest.approx({"median": 8000, "p25": 4000, "p75": 16000, "n": 5})


def test_one_slow_call_does_not_change_the_throughput(monkeypatch):
    clock(monkeypatch, [2] * 9 + [1000])
    assert throughput(lambda: None, 10, warmup=0, repeats=10).median == pytest.approx(5000)


def test_throughput_counts_no_warm_up_call(monkeypatch):
    calls = []
    clock(monkeypatch, [1, 1])
    assert throughput(lambda: calls.append(1), 3, warmup=5, repeats=2).n == 2
    assert len(calls) == 7


def test_throughput_of_no_items_is_refused():
    with pytest.raises(
        ValueError, match="items is 0; say how many tokens or sequences one call gets through"
    ):
        throughput(lambda: None, 0)


def test_compare_takes_turns():
    calls = []
    compared = compare({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    assert calls == ["a", "b"] * 4  # one round to warm up
    assert list(compared) == ["a", "b"]
    assert all(contender.p25 <= contender.median <= contender.p75 for contender in compared.values())
    assert compared["a"].ratios == [1, 1, 1]


def test_compare_worked_by_hand(monkeypatch):
    # a takes 2, 4, 6; b takes 1, 8, 9: medians 4 and 8, ratios round by round 0.5, 2, 1.5.
    clock(monkeypatch, itertools.chain(*[(2, 1), (4, 8), (6, 9)]))
    compared = compare({"a": lambda: None, "b": lambda: None}, repeats=3)
    assert (compared["a"].median, compared["b"].median) == (pytest.approx(4), pytest.approx(8))
    assert compared["b"].ratios == pytest.approx([0.5, 2, 1.5])
    assert compared["b"].ratio == pytest.approx(1.5)
    assert (compared["b"].p25, compared["b"].p75, compared["b"].n) == (pytest.approx(1), pytest.approx(9), 3)


@pytest.mark.parametrize(
    "measured",
    [
        lambda: latency(lambda: None, repeats=0),
        lambda: throughput(lambda: None, 1, repeats=0),
        lambda: compare({"a": lambda: None}, repeats=0),
    ],
)
def test_nothing_to_time_is_refused(measured):
    with pytest.raises(ValueError, match="repeats is 0; time at least one call"):
        measured()


def test_machine_says_what_a_measurement_needs_beside_it():
    about = machine()
    assert about["python"] == platform.python_version() and about["torch"] == torch.__version__
    assert about["cores"] >= 1 and about["threads"] == torch.get_num_threads() and about["cpu"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", about["date"])
