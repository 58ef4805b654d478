"""`study`: the list, a kept table, its JSON, running it again, and what is refused."""

import json

import pytest
import torch

from transformer_core.__main__ import main
from transformer_core.cli import study as command
from transformer_core.studies import recorded, studies
from transformer_core.studies.recorded import load
from transformer_core.studies.studies import STUDIES, Study

ROWS = [
    {"name": "first", "loss": 0.123456, "curve": [3, 2, 1], "tokens": 1234567},
    {"name": "second", "stopped_at": 7, "loss": None},
]


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A study of two rows, kept in a folder of the test's own."""

    def run():
        yield from ({**row, "threads": torch.get_num_threads()} for row in ROWS)

    monkeypatch.setitem(studies.STUDIES, "tiny", Study("tiny", "two rows", run))
    for function in (recorded.save, recorded.load):
        monkeypatch.setitem(function.__kwdefaults__, "folder", tmp_path)
    threads = torch.get_num_threads()
    yield tmp_path
    torch.set_num_threads(threads)


@pytest.fixture
def printed(capsys):
    def run(*arguments):
        assert main(["study", *arguments]) == 0
        return capsys.readouterr()

    return run


def test_without_a_name_all_are_listed(printed):
    lines = printed().out.splitlines()
    assert [line.split()[0] for line in lines] == list(STUDIES)
    listed = json.loads(printed("--json").out)
    assert listed == {"studies": [{"name": s.name, "summary": s.summary} for s in STUDIES.values()]}
    assert all(study["summary"] in line for study, line in zip(listed["studies"], lines, strict=True))


def test_again_runs_it_tells_how_far_it_is_and_keeps_it(tiny, printed):
    out, err = printed("tiny", "--again", "--threads", "1")
    (first, second) = err.splitlines()
    assert "'name': 'first'" in first and "'name': 'second'" in second
    record = load("tiny", folder=tiny)
    assert record.rows == [{**row, "threads": 1} for row in ROWS]
    assert record.command == "python -m transformer_core study tiny --again --threads 1"
    assert record.machine["threads"] == 1
    assert (out, "") == printed("tiny")  # the kept one gives the same page, and nothing is run


def test_the_table_has_a_column_for_each_key_but_lists(tiny, printed):
    heading, first, second, _, words, made = printed("tiny", "--again", "--threads", "1").out.splitlines()
    assert heading.split() == ["name", "loss", "tokens", "threads", "stopped_at"]
    assert first.split() == ["first", "0.1235", "1,234,567", "1"]
    assert second.split() == ["second", "None", "1", "7"]
    assert words == "python -m transformer_core study tiny --again --threads 1"
    for part in ("1 threads", f"torch {torch.__version__}", load("tiny", folder=tiny).machine["date"]):
        assert part in made


def test_the_keys_of_json_are_those_that_the_help_names(tiny, printed):
    printed("tiny", "--again")
    found = json.loads(printed("tiny", "--json").out)
    told = " ".join(command.DESCRIPTION.partition("with a name")[2].split())
    assert all(key in told for key in (*found, *found["machine"]))
    assert found == vars(load("tiny", folder=tiny))


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["tinny"], ["no study is called 'tinny'", "there are", "ablations", "tiny"]),
        (["tiny"], ["no study 'tiny' was kept", "none yet"]),
        (["tiny", "--again", "--threads", "0"], ["--threads 0 computes nothing", "give 1 or more"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(tiny, arguments, says, capsys):
    assert main(["study", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and all(part in err for part in says), err
    assert list(tiny.iterdir()) == []
