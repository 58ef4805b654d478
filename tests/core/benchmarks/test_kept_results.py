"""recorded.py: what was measured is kept whole, and says where it comes from."""

import json
import math

import pytest

from transformer_core.benchmarks.cases import CASES
from transformer_core.benchmarks.recorded import load, names


@pytest.mark.parametrize("name", names())
def test_kept_results_are_whole(name):
    kept = load(name)
    assert {"cpu", "cores", "threads", "python", "torch", "date", "commit"} <= kept.machine.keys()
    assert kept.ceiling["gflops"] > 0 and kept.ceiling["copy"] > 0
    gpu = "gpu" in kept.machine
    assert set(kept.results) == {case for case in CASES if gpu or not CASES[case].gpu}
    for case, result in kept.results.items():
        assert kept.command(case).split()[:5] == ["python", "-m", "transformer_core", "benchmark", case]
        for row in result.rows:
            assert 0 < row.low <= row.value <= row.high
            if row.unit == "ms":
                assert row.n == len(row.ratios) >= 15 and all(math.isfinite(ratio) for ratio in row.ratios)
        if any(row.peer for row in result.rows):
            assert result.best_peer in {row.name for row in result.rows if row.peer}


def test_a_cpu_is_among_them():
    assert "cpu" in names()


def test_unknown_results_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no results 'toaster' were kept; there are cpu"):
        load("toaster")
    with pytest.raises(ValueError, match="there are none"):
        load("cpu", folder=tmp_path)


def test_what_the_command_prints_can_be_kept(tmp_path, capsys):
    from transformer_core.__main__ import main

    assert main(["benchmark", "build", "--rounds", "2", "--json"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "here.json").write_text(printed, encoding="utf-8")
    kept = load("here", folder=tmp_path)
    assert names(tmp_path) == ["here"] and set(kept.results) == {"build"}
    assert kept.machine == json.loads(printed)["machine"]
    assert [len(row.ratios) for row in kept.results["build"].rows] == [2, 2]
