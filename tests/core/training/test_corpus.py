"""training/corpus.py: which files, which side, and rows that are stretches of the text."""

import sys
from pathlib import Path

import pytest
import torch

from transformer_core.tokenisation.byte_pairs import learn_byte_pairs
from transformer_core.training.corpus import Corpus, is_held_out, library_files, to_corpus

BYTES = learn_byte_pairs(["a"], 256)
TEXTS = ["abc", "", "défg", "h" * 20]
CORPUS = to_corpus(TEXTS, BYTES)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_librarys_files_are_sources_in_order_and_none_of_the_odd_ones():
    files = library_files()
    assert list(files) == sorted(files)
    assert files["json/decoder.py"].read_text(encoding="utf-8").startswith('"""Implementation of JSONDecoder')
    folders = {part for name in files for part in name.split("/")[:-1]}
    assert not folders & {"test", "tests", "encodings", "pydoc_data", "site-packages"}
    assert not any(name.startswith("_sysconfigdata") for name in files)
    assert len(files) > 300, sys.version


def test_one_file_in_ten_is_held_out_by_its_name_alone():
    held_out = [name for name in library_files() if is_held_out(name)]
    assert 0.05 < len(held_out) / len(library_files()) < 0.15
    assert is_held_out("calendar.py") and is_held_out("copy.py") and not is_held_out("json/decoder.py")


def test_what_is_left_out_of_any_folder(tmp_path):
    for name in ["b.py", "a/c.py", "a/notes.txt", "a/tests/d.py", "test/e.py", "encodings/f.py",
                 "_sysconfigdata_linux.py", "sitecustomize.py", "site-packages/g/h.py"]:  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    assert library_files(tmp_path) == {"a/c.py": tmp_path / "a/c.py", "b.py": tmp_path / "b.py"}


def test_a_folder_without_sources_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match="holds no Python sources; use a Python that brings its library as files"
    ):
        library_files(tmp_path)
    with pytest.raises(ValueError, match="nowhere holds no Python sources"):
        library_files(Path("nowhere"))


def test_files_lie_one_after_the_other():
    assert BYTES.decode(CORPUS.tokens.tolist()) == "".join(TEXTS)
    assert CORPUS.starts.tolist() == [0, 3, 3, 8]
    assert CORPUS.num_bytes == len("".join(TEXTS).encode()) == 28
    assert CORPUS.bytes_per_token() == 1
    assert CORPUS.file_of(torch.tensor([0, 2, 3, 7, 8, 27])).tolist() == [0, 0, 2, 2, 3, 3]


def test_rows_are_stretches_that_begin_anywhere():
    corpus = Corpus(torch.arange(12), torch.tensor([0]), 12)
    rows = corpus.rows(generator(), 2000, 5)
    assert torch.equal(rows, rows[:, :1] + torch.arange(5))
    counts = rows[:, 0].bincount(minlength=8)
    assert len(counts) == 8 and (counts > 180).all()  # 250 each, give or take 4 times the root of it
    assert torch.equal(rows, corpus.rows(generator(), 2000, 5))


def test_in_order_every_token_but_the_first_is_predicted_once():
    rows = Corpus(torch.arange(12), torch.tensor([0]), 12).in_order(3)
    assert rows.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]


def test_rows_longer_than_the_corpus_are_refused():
    for call in (lambda: CORPUS.rows(generator(), 1, 29), lambda: CORPUS.in_order(28)):
        with pytest.raises(ValueError, match="28 tokens has no row of 29; use shorter rows"):
            call()
    assert CORPUS.rows(generator(), 1, 28).shape == (1, 28)
