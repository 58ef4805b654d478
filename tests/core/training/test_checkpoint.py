"""checkpoint.py: whatever ends a run, and wherever in it, it goes on to the same weights."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from counting import CONFIG, SETTINGS, counting

from transformer_core.models import DecoderOnly
from transformer_core.training import checkpoint
from transformer_core.training.loop import train

COMMAND = Path(__file__).with_name("counting_command.py")
DROPPING = counting(model=lambda: DecoderOnly(replace(CONFIG, dropout=0.3)))


def on_cpu(task=DROPPING, settings=SETTINGS, **others):
    return train(task, settings, device="cpu", **others)


def same_bits(one, other):
    one, other = one["model"], other["model"]
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The state at the end of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    on_cpu(folder=folder)
    return checkpoint.load(folder)[1]


def stand_at(folder, step):
    """A folder as it is after this many steps."""
    on_cpu(folder=folder, save_every=1)
    drawn = []

    def batch(generator, count):
        drawn.append(1)
        if len(drawn) > step + 1:  # one is drawn to look at
            raise KeyboardInterrupt
        return DROPPING.batch(generator, count)

    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(KeyboardInterrupt):
        on_cpu(replace(DROPPING, batch=batch), folder=folder, save_every=1)


def test_the_last_two_are_kept(tmp_path):
    on_cpu(folder=tmp_path, save_every=5)
    assert names(tmp_path) == ["step-00000010.pt", "step-00000012.pt"]


def test_a_checkpoint_holds_the_run(whole):
    assert whole["step"] == 12 == len(whole["losses"]) == len(whole["gradient_norms"])
    assert whole["task"] == "counting" and whole["settings"]["learning_rate"] == 0.01 and whole["seconds"] > 0
    names_of_weights = set(DecoderOnly(CONFIG).state_dict())
    assert set(whole["model"]) == names_of_weights == set(whole["optimiser"]["state"])


@pytest.mark.parametrize("step", [1, 5, 11])
def test_stopped_anywhere_and_resumed_it_ends_with_the_same_bits(step, tmp_path, whole):
    stand_at(tmp_path, step)
    run = on_cpu(folder=tmp_path, resume=True)
    assert run.resumed_from == step
    found = checkpoint.load(tmp_path)[1]
    assert same_bits(found, whole)
    assert (
        (found["losses"], found["gradient_norms"])
        == (whole["losses"], whole["gradient_norms"])
        == (run.losses, run.gradient_norms)
    )
    for name, moments in found["optimiser"]["state"].items():
        assert all(torch.equal(x, whole["optimiser"]["state"][name][key]) for key, x in moments.items())


def test_resuming_what_is_done_or_not_started(tmp_path, whole):
    first = on_cpu(folder=tmp_path, resume=True)  # nothing there: from the beginning
    again = on_cpu(folder=tmp_path, resume=True)  # nothing left to do
    assert (first.resumed_from, again.resumed_from) == (0, 12)
    assert again.scores == first.scores and again.losses == whole["losses"]
    assert again.checkpoint == tmp_path / "step-00000012.pt"


# Killed


def start(folder, steps):
    words = [
        "train",
        "counting",
        "--steps",
        str(steps),
        "--folder",
        str(folder),
        "--save-every",
        "2",
        "--resume",
    ]
    return subprocess.Popen(
        [sys.executable, str(COMMAND), *words, "--device", "cpu"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.long  # resuming without a kill is tested above and below
def test_killed_at_random_moments_it_ends_with_the_same_bits(tmp_path):
    steps, draws, kills = 300, random.Random(0), 0
    task = counting()
    settings = replace(task.settings, steps=steps, warmup=task.settings.warmup * steps // task.settings.steps)
    train(task, settings, device="cpu", folder=tmp_path / "whole")
    folder = tmp_path / "killed"
    while kills < 2:
        running, before = start(folder, steps), len(checkpoint.saved(folder)) and checkpoint.saved(folder)[-1]
        deadline = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < deadline:
            here = checkpoint.saved(folder)
            if here and here[-1] != before:  # it is at work
                time.sleep(draws.uniform(0, 0.15))
                break
        running.kill()
        running.wait()
        assert running.returncode == -signal.SIGKILL, running.stderr.read().decode()
        kills += 1
    out, err = start(folder, steps).communicate(timeout=120)
    assert re.search(r"300 of 8 rows each \(the first \d+ before\)", out.decode()), err.decode()
    (_, killed), (_, undisturbed) = checkpoint.load(folder), checkpoint.load(tmp_path / "whole")
    assert killed["step"] == undisturbed["step"] == steps
    assert same_bits(killed, undisturbed) and killed["losses"] == undisturbed["losses"]
    assert len(names(folder)) == 2  # nothing half written was left behind


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_passed_over_for_the_one_before(share, tmp_path, whole):
    stand_at(tmp_path, 6)
    last = checkpoint.saved(tmp_path)[-1]
    last.write_bytes(last.read_bytes()[: int(share * last.stat().st_size)])
    with pytest.warns(UserWarning, match="step-00000006.pt is damaged; trying the one before it"):
        run = on_cpu(folder=tmp_path, resume=True)
    assert run.resumed_from == 5
    assert same_bits(checkpoint.load(tmp_path)[1], whole)


def test_a_flipped_bit_in_the_weights_is_noticed(tmp_path):
    stand_at(tmp_path, 3)
    last = checkpoint.saved(tmp_path)[-1]
    data = bytearray(last.read_bytes())
    weight = checkpoint.load(tmp_path)[1]["model"]["decoder.layers.0.attention.w_q.weight"]
    place = data.find(weight.numpy().tobytes())
    assert place > 0
    data[place + 5] ^= 1
    last.write_bytes(data)
    with pytest.warns(UserWarning, match="is damaged"):
        assert checkpoint.load(tmp_path)[1]["step"] == 2


def test_a_file_that_was_being_written_counts_for_nothing_and_goes(tmp_path, whole):
    stand_at(tmp_path, 4)
    (tmp_path / "step-00000005.writing").write_bytes(b"PK half of it")
    assert on_cpu(folder=tmp_path, resume=True).resumed_from == 4
    assert names(tmp_path) == ["step-00000004.pt", "step-00000012.pt"]


def test_a_disk_that_fails_while_it_writes_leaves_what_was_there(tmp_path, monkeypatch):
    stand_at(tmp_path, 4)
    before = {path.name: path.read_bytes() for path in checkpoint.saved(tmp_path)}

    def full(state, file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        on_cpu(folder=tmp_path, resume=True, save_every=1)
    assert {path.name: path.read_bytes() for path in checkpoint.saved(tmp_path)} == before


def test_where_none_can_be_read_it_says_so(tmp_path):
    stand_at(tmp_path, 3)
    for path in checkpoint.saved(tmp_path):
        path.write_bytes(b"")
    with (
        pytest.warns(UserWarning),
        pytest.raises(OSError, match="none of the 2 checkpoints in .* can be read"),
    ):
        on_cpu(folder=tmp_path, resume=True)


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "harm",))

    torch.save({"format": 1, "step": 1, "model": Harmful()}, tmp_path / "step-00000001.pt")
    with pytest.warns(UserWarning, match="damaged"), pytest.raises(OSError):
        checkpoint.load(tmp_path)
    assert not (tmp_path / "harm").exists()


# Of another run


def test_a_new_run_does_not_write_over_an_old_one(tmp_path):
    on_cpu(folder=tmp_path)
    with pytest.raises(
        ValueError, match="holds a run already, up to step-00000012.pt; resume it, or give another"
    ):
        on_cpu(folder=tmp_path)


@pytest.mark.parametrize(
    "task, settings, says",
    [
        (
            DROPPING, replace(SETTINGS, learning_rate=0.5, clip=None),
            "of other settings: learning_rate was 0.01, now 0.5; clip was 1.0, now None. Give those it had",
        ),
        (replace(DROPPING, name="reading"), SETTINGS, "is of task 'counting', not 'reading'"),
        (
            counting(model=lambda: DecoderOnly(replace(CONFIG, d_ff=64))), SETTINGS,
            r"of another model: decoder.layers.0.feed_forward.widen.weight was \(32, 16\) of float32, "
            r"now \(64, 16\) of float32; .*; and 3 more",
        ),
        (
            counting(model=lambda: DecoderOnly(replace(CONFIG, num_layers=3))), SETTINGS,
            r"decoder.layers.2.attention.w_q.weight was not there, now \(16, 16\) of float32",
        ),
        (counting(model=lambda: DecoderOnly(CONFIG).double()), SETTINGS, "was .* of float32, now .* of float64"),
    ],
)  # fmt: skip
def test_a_checkpoint_of_another_run_is_refused(task, settings, says, tmp_path):
    on_cpu(folder=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=says):
        on_cpu(task, settings, folder=tmp_path, resume=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_checkpoint_of_another_format_is_refused(tmp_path):
    torch.save({"format": 99}, tmp_path / "step-00000001.pt")
    with pytest.raises(ValueError, match="is of format 99, this program reads 2"):
        on_cpu(folder=tmp_path, resume=True)
