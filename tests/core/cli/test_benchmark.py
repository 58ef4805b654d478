"""`benchmark`: tables that say what was measured, and what it refuses."""

import json

import pytest

from transformer_core.__main__ import main
from transformer_core.benchmarks import cases
from transformer_core.benchmarks.case import Case, Result, Row
from transformer_core.benchmarks.ceiling import Ceiling
from transformer_core.benchmarks.report import provenance
from transformer_core.cli import benchmark
from transformer_core.cli.benchmark_text import render, render_machine

RESULT = Result(
    "padded", "an encoder, 16 texts",
    [
        Row("torch", 250.0, 240.0, 260.4, "ms", 15, peer=True, speed=1.0, ceiling=0.5, difference=0.0),
        Row("ours", 99.96, 98.0, 101.0, "ms", 15, speed=2.5, difference=2.3e-6, note="quick"),
        Row("long", 4.25, 4.0, 5.0, "MB", 3),
    ],
    against_best_peer=2.5, best_peer="torch", notes=["Nothing else ran."],
)  # fmt: skip


def test_a_table_by_hand():
    title, *table, best, row, note = render(RESULT).splitlines()
    assert title == "an encoder, 16 texts"
    assert [line.split() for line in table] == [
        ["median", "middle", "half", "n", "speed", "of", "ceiling", "differs", "by"],
        ["torch", "250", "ms", "240", "to", "260", "15", "1.00x", "50%", "0"],
        ["ours", "100.0", "ms", "98.0", "to", "101.0", "15", "2.50x", "2e-06"],
        ["long", "4.2", "MB", "4.0", "to", "5.0", "3"],
    ]
    assert best == "  2.50 times the speed of the best peer, torch"
    assert (row, note) == ("  ours: quick", "  Nothing else ran.")


def test_the_machine_is_named_under_every_report():
    said = render_machine(provenance(), Ceiling(190.4, 20.54))
    assert (
        "matrix product 190 GFLOP/s, copy 20.5 GB/s" in said and "torch 2." in said and "transformers" in said
    )


@pytest.fixture
def one_case(monkeypatch):
    asked = []
    monkeypatch.setitem(
        cases.CASES, "padded", Case("padded", "", lambda *given: asked.append(given) or RESULT)
    )
    return asked


def test_the_command_prints_a_table_or_json(one_case, capsys):
    assert main(["benchmark", "padded", "--rounds", "3", "--peers"]) == 0
    assert "2.50 times the speed of the best peer" in capsys.readouterr().out
    assert main(["benchmark", "padded", "--json", "--threads", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["results"][0]["rows"][1]["speed"] == 2.5 and said["machine"]["threads"] == 1
    assert one_case == [(True, 3), (False, 15)]
    result, row = said["results"][0], said["results"][0]["rows"][0]
    assert all(
        key in benchmark.DESCRIPTION for key in [*said, *said["machine"], *said["ceiling"], *result, *row]
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fast"], "no case is called 'fast'; there are encoder, padded, train-step, train-padded, decode, "),
        (["gpu-decode"], "gpu-decode needs a GPU that torch can use, and there is none here; without one"),
        (["--rounds", "0"], "--rounds 0 measures nothing; give 1 or more"),
        (["--threads", "-2"], "--threads -2 measures nothing"),
    ],
)
def test_words_that_make_no_sense(words, said, capsys, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert main(["benchmark", *words]) == 2
    assert said in capsys.readouterr().err
