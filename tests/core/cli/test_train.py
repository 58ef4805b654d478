"""`train`: what it says of a run, to people and to machines, and what it refuses."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, fields

import pytest
import torch
from counting import SETTINGS, counting

from transformer_core.__main__ import main
from transformer_core.cli import train as command
from transformer_core.cli.terminal import cells
from transformer_core.training.loop import train
from transformer_core.training.settings import Settings
from transformer_core.training.tasks import TASKS


@pytest.fixture(autouse=True)
def small_task(monkeypatch):
    monkeypatch.setitem(TASKS, "counting", counting)


@pytest.fixture
def printed(capsys):
    """Runs main and gives what it printed; it must succeed and say nothing else."""

    def run(*arguments):
        assert main(["train", *map(str, arguments)]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def refused(capsys):
    """Runs main with arguments that do not fit and gives what it says of them."""

    def run(*arguments, code=2):
        assert main(["train", *map(str, arguments)]) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("transformer_core: ") and "Traceback" not in err
        return err

    return run


def test_a_run_is_the_loops_own(printed):
    found = json.loads(printed("counting", "--device", "cpu", "--json"))
    run = train(counting(), device="cpu")
    assert (found["losses"], found["gradient_norms"], found["scores"]) == (
        run.losses,
        run.gradient_norms,
        run.scores,
    )
    assert found["settings"] == asdict(SETTINGS) and found["task"] == "counting"
    assert found["parameters"] == sum(weight.numel() for weight in run.model.parameters())
    assert (found["resumed_from"], found["world_size"], found["device"]) == (0, 1, "cpu")
    assert found["checkpoint"] is None and found["curve"] is None
    assert found["rows_per_second"] == pytest.approx(12 * 8 / found["seconds"])


def test_the_page_says_what_the_object_says(printed):
    page, found = printed("counting"), json.loads(printed("counting", "--json"))
    first, last = found["losses"][0], found["losses"][-1]
    for line in (
        "Trained counting",
        f"loss      {first:.4g} over the first step, {last:.4g} over the last",
        "steps     12 of 8 rows each",
        f"accuracy  {found['scores']['accuracy']:.4g}",
    ):
        assert line in page
    assert max(map(cells, page.splitlines())) <= 80
    long = printed("counting", "--steps", "60")
    assert "over the first 3 steps" in long  # a twentieth


def test_settings_are_read_as_they_are_meant(printed):
    words = ["learning_rate=1e-2", "clip=none", "recompute=true"]
    words += ["precision=bfloat16", "schedule=constant", "warmup=1", "seed=7"]
    found = json.loads(printed("counting", "--steps", 4, "--set", *words[:3], "--set", *words[3:], "--json"))[
        "settings"
    ]
    expected = dict(learning_rate=0.01, clip=None, recompute=True, precision="bfloat16", schedule="constant")
    assert found == asdict(SETTINGS) | expected | {"steps": 4, "warmup": 1, "seed": 7}


def test_steps_alone_keep_the_share_of_warm_up(printed):
    found = json.loads(printed("counting", "--steps", 4, "--json"))["settings"]
    assert (found["steps"], found["warmup"]) == (4, 1)  # of 12, 3


def test_small_models_take_one_thread(printed, monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    printed("counting", "--steps", "1", "--set", "warmup=0")
    printed("counting", "--threads", "5")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # was decided elsewhere
    printed("counting")
    assert asked == [1, 5]


def test_every_setting_is_in_the_help():
    assert all(re.search(rf"\b{field.name}\b", command.DESCRIPTION) for field in fields(Settings))


def test_every_field_of_the_object_is_in_the_help(printed):
    found = json.loads(printed("counting", "--json"))
    assert all(re.search(rf"\b{key}\b", command.DESCRIPTION) for key in found)


def test_checkpoints_are_kept_and_resumed(printed, tmp_path):
    folder = tmp_path / "run"
    whole = json.loads(printed("counting", "--folder", folder, "--save-every", 5, "--json"))
    assert whole["checkpoint"] == str(folder / "step-00000012.pt")
    (folder / "step-00000012.pt").unlink()
    page = printed("counting", "--folder", folder, "--resume")
    assert "12 of 8 rows each (the first 10 before)" in page and "step-00000012.pt" in page
    again = json.loads(printed("counting", "--folder", folder, "--resume", "--json"))
    assert again["resumed_from"] == 12 and again["losses"] == whole["losses"]


def test_the_curve_is_an_svg_file(printed, tmp_path):
    path = tmp_path / "loss.svg"
    assert str(path) in printed("counting", "--curve", path)
    drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert drawing.tag.endswith("svg") and "counting" in "".join(drawing.itertext())


def test_without_a_task_it_lists_them(printed, monkeypatch):
    listed = json.loads(printed("--json"))["tasks"]
    assert [task["name"] for task in listed] == list(TASKS)
    ours = listed[-1]
    assert (ours["name"], ours["summary"], ours["steps"], ours["batch_size"]) == ("counting", "counts", 12, 8)
    page = printed()
    for task in listed:
        assert f"  {task['name']}\n      {task['summary']}\n" in page
    assert (
        max(map(cells, page.splitlines())) <= 100
        and f"Try: python -m transformer_core {command.EXAMPLES[0]}" in page
    )


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["countin"], ["no task is called 'countin'", "Did you mean counting?"]),
        (["--steps", "3"], ["--steps needs a task", "train sentiment"]),
        (["--set", "seed=1"], ["--set needs a task"]),
        (["counting", "--steps", "0"], ["steps is 0; give 1 or more"]),
        (["counting", "--set", "clip"], ["--set clip is no NAME=VALUE"]),
        (["counting", "--set", "lr=1"], ["no setting 'lr'", "learning_rate"]),
        (["counting", "--set", "seed=one"], ["--set seed=one: seed is a whole number"]),
        (["counting", "--set", "seed=-1"], ["seed is -1; give 0 or more"]),
        (["counting", "--set", "learning_rate=nan"], ["learning_rate is a number"]),
        (["counting", "--set", "learning_rate=none"], ["learning_rate is a number"]),
        (["counting", "--set", "clip=x"], ["clip is a number or none"]),
        (["counting", "--set", "recompute=1"], ["recompute is true or false"]),
        (["counting", "--set", "schedule=linear"], ["schedule 'linear' is none of cosine"]),
        (["counting", "--resume"], ["resume needs the folder"]),
        (["counting", "--curve", "loss.png"], ["--curve loss.png", "ends in .svg"]),
        (["counting", "--curve", "/no/such/loss.svg"], ["there is no folder /no/such"]),
        (["counting", "--steps", "1", "--curve", "x.svg"], ["2 steps or more"]),
        (["counting", "--parallel", "ddp"], ["needs processes that torchrun has started: torchrun"]),
        (["counting", "--save-every", "0"], ["save_every is 0"]),
        (["counting", "--threads", "0"], ["--threads 0 computes nothing; use 1 or more"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(arguments, says, refused):
    said = refused(*arguments)
    assert all(part in said for part in says), said


def test_a_part_that_is_not_installed_ends_with_1(refused, monkeypatch):
    def missing():
        raise ImportError("the digits need scikit-learn; `pip install scikit-learn` brings it")

    monkeypatch.setitem(TASKS, "counting", missing)
    assert "pip install scikit-learn" in refused("counting", code=1)


def test_a_run_that_goes_wrong_ends_with_1_and_says_why(refused, tmp_path):
    words = ["learning_rate=1e20", "warmup=0", "clip=none", "schedule=constant"]
    said = refused("counting", "--set", *words, "--folder", tmp_path / "run", "--save-every", "1", code=1)
    assert re.match(r"transformer_core: step \d+: the (loss|gradient norm) is (nan|inf)", said)
    assert "1. the learning rate, 1e+20" in said and "2. no warm-up" in said
    assert re.search(r"Last good checkpoint: .*run/step-\d{8}\.pt", said)


def test_an_interrupt_ends_without_a_traceback(monkeypatch, capsys):
    def interrupted(generator, count):
        raise KeyboardInterrupt

    monkeypatch.setitem(TASKS, "counting", lambda: counting(batch=interrupted))
    assert main(["train", "counting"]) == 130
    assert capsys.readouterr() == ("", "")


def test_it_is_a_real_command():
    ran = subprocess.run(
        [sys.executable, "-m", "transformer_core", "train", "nonsense"],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert ran.returncode == 2 and "no task is called 'nonsense'; there are sentiment" in ran.stderr
