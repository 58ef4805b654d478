"""distributed.py: two processes do what one does; killed and restarted, they end as if nothing had been."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from counting import SETTINGS, counting
from distributed_runs import RUNS, task_of

from transformer_core.training import checkpoint
from transformer_core.training.loop import train

HERE = Path(__file__).parent


def torchrun(script, *words, options=(), **environment):
    """Two real processes on this machine; what they printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *options]
        + [str(HERE / script), *map(str, words)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        timeout=240,
    )
    return ran


@pytest.fixture(scope="module")
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(scope="module")
def single(double, tmp_path_factory):
    """One process's runs, in float64, and the folders that they leave."""
    folder = tmp_path_factory.mktemp("single")
    runs = {
        name: train(task_of(name), settings, device="cpu", folder=folder / name, save_every=5)
        for name, settings in RUNS.items()
    }
    return folder, runs


@pytest.fixture(scope="module")
def double_runs(single, tmp_path_factory):
    """Two processes' runs: (folder, what each rank found)."""
    folder = tmp_path_factory.mktemp("double")
    for kind in ("ddp", "fsdp"):
        train(counting(), SETTINGS, device="cpu", folder=folder / f"{kind}-resumed", save_every=6)
        (folder / f"{kind}-resumed" / "step-00000012.pt").unlink()
    ran = torchrun("distributed_runs.py", folder)
    assert ran.returncode == 0, ran.stderr
    assert "find_unused_parameters" not in ran.stderr  # DDP knows whether it must look for them
    return folder, [torch.load(folder / f"rank-{rank}.pt") for rank in range(2)]


WAYS = [(kind, name) for kind in ("ddp", "fsdp") for name in RUNS]


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_two_processes_train_as_one_on_the_same_batches(way, single, double_runs):
    # The rows' counts differ from process to process; a mean of their means would be another number.
    _, runs = single
    alone = runs[way[1]]
    for found in double_runs[1]:  # what each rank saw
        losses, lengths, _, fits = found[way]
        assert losses == pytest.approx(alone.losses, abs=1e-10)
        assert lengths == pytest.approx(alone.gradient_norms, abs=1e-9)
        assert fits  # the first process has model and scores, the others have none
    assert double_runs[1][0][way][2] == alone.scores


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_their_checkpoints_are_those_of_one_process(way, single, double_runs):
    (_, one), (_, two) = (
        checkpoint.load(folder) for folder in (single[0] / way[1], double_runs[0] / "-".join(way))
    )
    assert one.keys() == two.keys() and one["settings"] == two["settings"] and one["step"] == two["step"]
    assert one["model"].keys() == two["model"].keys()
    for name, weight in one["model"].items():
        assert type(two["model"][name]) is torch.Tensor
        assert torch.allclose(two["model"][name], weight, rtol=0, atol=1e-8), name
    for name, moments in one["optimiser"]["state"].items():
        for key, value in moments.items():
            assert torch.allclose(two["optimiser"]["state"][name][key], value, rtol=0, atol=1e-8), (name, key)


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_two_processes_resume_what_one_began(kind, single, double_runs):
    losses, lengths, _, resumed = double_runs[1][0][kind, "resumed"]
    assert resumed
    assert losses == pytest.approx(single[1]["plain"].losses, abs=1e-10)
    assert lengths == pytest.approx(single[1]["plain"].gradient_norms, abs=1e-9)


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_one_process_resumes_what_two_began(kind, single, double_runs):
    folder = double_runs[0] / f"{kind}-plain"
    (folder / "step-00000012.pt").unlink(missing_ok=True)
    run = train(counting(), SETTINGS, device="cpu", folder=folder, resume=True)
    assert run.resumed_from == 10
    assert run.losses == pytest.approx(single[1]["plain"].losses, abs=1e-10)


def test_in_single_precision_they_agree_within_1e_5(double_runs):
    torch.set_default_dtype(torch.float32)
    alone = train(counting(), SETTINGS, device="cpu")
    torch.set_default_dtype(torch.float64)
    losses, lengths, _, _ = double_runs[1][0]["fsdp", "float32"]
    assert losses == pytest.approx(alone.losses, rel=1e-5)
    assert lengths == pytest.approx(alone.gradient_norms, rel=1e-5)


def test_what_two_processes_cannot_share_is_refused(double_runs):
    split, whole = double_runs[1][1]["refused"]
    assert split.startswith("batch_size 6 does not split over 2 processes with 2 micro_batches each")
    assert "each row's loss depends on the whole batch" in whole and "use one process" in whole


@pytest.mark.long  # resuming without a kill is tested in test_checkpoint.py
@pytest.mark.parametrize("kind, rank", [("ddp", 1), ("fsdp", 0)])
def test_a_worker_that_dies_is_restarted_and_resumes(kind, rank, tmp_path):
    words = ["train", "counting", "--parallel", kind, "--device", "cpu", "--save-every", "3", "--folder"]
    ran = torchrun("counting_command.py", *words, tmp_path, options=["--max-restarts", "1"], DIE=f"{rank} 7")
    assert ran.returncode == 0, ran.stderr
    assert f"failed (exitcode: -9) local_rank: {rank}" in ran.stderr  # it did die
    assert ran.stdout.count("Trained counting") == 1  # one of them speaks
    assert "2 processes" in ran.stdout and "(the first 6 before)" in ran.stdout
    _, state = checkpoint.load(tmp_path)
    torch.set_default_dtype(torch.float32)
    alone = train(counting(), SETTINGS, device="cpu")
    assert state["losses"] == pytest.approx(alone.losses, rel=1e-5)
