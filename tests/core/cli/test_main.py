"""python -m transformer_core: its help, its examples, and what every terminal can show."""

import io
import json
import os
import shlex
import subprocess
import sys

import pytest
from columns import columns_of

from transformer_core.__main__ import COMMANDS, main
from transformer_core.cli import benchmark, study
from transformer_core.cli.terminal import cells


def command(*arguments, **environment):
    """The real command, in a process of its own."""
    words = [sys.executable, "-m", "transformer_core", *arguments]
    return subprocess.run(words, capture_output=True, env=os.environ | environment, timeout=120)


# What there is


def test_without_arguments_it_says_what_there_is_and_what_to_try(printed):
    said = printed()
    for one in COMMANDS:
        assert f"{one.NAME:11}{one.SUMMARY}" in said
        assert f"python -m transformer_core {one.EXAMPLES[0]}" in said
    assert columns_of(said) <= 80


def test_help_comes_at_once_because_torch_stays_away():
    for arguments in ([], ["--help"], ["describe", "--help"], ["attend", "--help"]):
        code = "import sys; from transformer_core.__main__ import main\ntry: main(sys.argv[1:])\nfinally: "
        code += "print('torch' in sys.modules or 'numpy' in sys.modules, file=sys.stderr)"
        ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "False\n")


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.NAME)
def test_help_teaches(one, capsys):
    with pytest.raises(SystemExit) as ended:
        main([one.NAME, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "how to read it:" in said and "keys of --json:" in said
    assert all(f"python -m transformer_core {example}" in said for example in one.EXAMPLES)
    assert columns_of(said) <= 100  # an example may be as long as its sentence
    assert columns_of(said[: said.index("examples:")]) <= 80


# Examples that take minutes are tried elsewhere, on quick cases: test_benchmark.py, test_study.py.
@pytest.mark.parametrize(
    "one", [one for one in COMMANDS if one not in (benchmark, study)], ids=lambda one: one.NAME
)
def test_every_example_works_and_its_json_has_the_keys_of_the_help(one, printed):
    for example in one.EXAMPLES:
        out = printed(*shlex.split(example))
        if "--json" in example:
            assert all(key in one.DESCRIPTION for key in _keys(json.loads(out)))


def _keys(found):
    """Every key, but those of parts, which are the model's names and not the format's."""
    for key, value in found.items():
        yield key
        if isinstance(value, dict) and key != "by_part":
            yield from _keys(value)


@pytest.mark.parametrize("arguments", [["nope"], ["attend"], ["describe", "gpt2", "--length", "many"]])
def test_argparse_refuses_the_rest(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert ended.value.code == 2 and out == "" and "usage: python -m transformer_core" in err


# The terminal


def test_wide_letters_keep_the_columns(printed):
    picture = printed("attend", "東京 and Zürich are cities.")
    rows = [line for line in picture.splitlines() if "->" in line]
    assert len({cells(line[: line.index("->")]) for line in rows}) == 1
    assert len({cells(line[: line.index("head")]) for line in rows}) == 1


def test_a_terminal_of_ascii_gets_ascii():
    ran = command("attend", "東京 and Zürich are cities.", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    page = ran.stdout.decode("ascii")
    rows = [line for line in page.splitlines() if "->" in line]
    assert r"\u6771" in page and "####" in page and len({line.index("->") for line in rows}) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["describe"], ["describe", "t5-small"], ["describe", "mistral-7b", "--length", "99999"]]
)
def test_all_else_is_ascii_where_it_must_be(arguments, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")  # raises at the first other letter
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(arguments) == 0
    assert terminal.buffer.getvalue()


def test_a_closed_pipe_ends_quietly():
    running = subprocess.Popen(
        [sys.executable, "-m", "transformer_core", "describe"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    running.stdout.close()  # before it has written anything
    assert running.stderr.read() == b""
    assert running.wait(timeout=120) == 0


def test_a_machine_gets_one_object_in_ascii(printed):
    out = printed("attend", "東京 is a city.", "--json")
    assert out.isascii() and json.loads(out)["tokens"][1] == "東"
