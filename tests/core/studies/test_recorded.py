"""recorded.py: what is kept comes back, with where it comes from, and what cannot be kept is refused."""

import json
import math
import re

import pytest
import torch

from transformer_core.measurement.machine import machine
from transformer_core.studies.recorded import FOLDER, Record, load, save
from transformer_core.studies.studies import STUDIES

ROWS = [{"name": "a", "loss": [0.5, 1e-300], "stopped": None}, {"name": "ä", "loss": [], "stopped": 3}]


def test_what_is_kept_is_what_is_loaded(tmp_path):
    kept = save("small", ROWS, command="study small --again", seconds=1.26, folder=tmp_path)
    assert kept == load("small", folder=tmp_path)
    assert kept == Record("small", "study small --again", machine(), 1.3, ROWS)
    assert kept.machine["torch"] == torch.__version__


def test_the_last_one_kept_counts(tmp_path):
    for loss in (1, 2):
        save("small", [{"loss": loss}], command="", seconds=0, folder=tmp_path)
    assert load("small", folder=tmp_path).rows == [{"loss": 2}]
    assert [file.name for file in tmp_path.iterdir()] == ["small.json"]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_json_cannot_hold_leaves_the_old_file_whole(tmp_path, number):
    kept = save("small", ROWS, command="", seconds=0, folder=tmp_path)
    with pytest.raises(ValueError, match="not JSON compliant"):
        save("small", [{"loss": number}], command="", seconds=0, folder=tmp_path)
    assert load("small", folder=tmp_path) == kept


def test_a_study_that_was_not_kept_is_refused_with_those_that_were(tmp_path):
    with pytest.raises(ValueError, match=re.escape("no study 'c' was kept; there are none yet")):
        load("c", folder=tmp_path)
    for name in ("b", "a"):
        save(name, ROWS, command="", seconds=0, folder=tmp_path)
    with pytest.raises(ValueError, match=re.escape("no study 'c' was kept; there are a, b")):
        load("c", folder=tmp_path)


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_record_that_says_how_to_make_it_again(name):
    record = load(name)
    assert record.name == name and record.rows and record.seconds > 0
    assert record.command.startswith(f"python -m transformer_core study {name} --again")
    assert {"cpu", "cores", "threads", "python", "torch", "date"} <= record.machine.keys()


def test_every_kept_file_is_of_a_study():
    assert {file.stem for file in FOLDER.glob("*.json")} <= STUDIES.keys()
    for file in FOLDER.glob("*.json"):
        assert json.loads(file.read_text(encoding="utf-8"))["name"] == file.stem
