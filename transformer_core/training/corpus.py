"""A corpus that every machine with Python has: the standard library's own sources.

The choice, in words: all *.py files below the library's folder, sorted by name, except

    tests               half of the bytes, and often odd on purpose
    encodings           tables of characters
    pydoc_data          text made from the manual
    site-packages       what was installed later
    _sysconfigdata...   generated on every machine

One file in ten is held out, chosen by its name, so that it is held out in every version of
Python. The text itself differs from version to version: a result on this corpus names
its Python version.
"""

import sysconfig
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from transformer_core.tokenisation.byte_pairs import BytePairs, learn_byte_pairs

LEFT_OUT = {"test", "tests", "encodings", "pydoc_data", "site-packages", "dist-packages"}
CUSTOM = ("_sysconfigdata", "sitecustomize", "usercustomize")


def library_files(folder: Path | None = None) -> dict[str, Path]:
    """Name, as in "json/decoder.py" -> file, sorted by name.

    Args:
        folder: the library's; without it, that of the running Python.

    Raises:
        ValueError: the folder holds no sources.
    """
    folder = Path(sysconfig.get_path("stdlib")) if folder is None else folder
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    files = {name: found[name] for name in sorted(found)
             if not LEFT_OUT & set(name.split("/")) and not name.startswith(CUSTOM)}
    if not files:
        raise ValueError(f"{folder} holds no Python sources; use a Python that brings its library as files")
    return files


def is_held_out(name: str) -> bool:
    """Whether a file of this name is kept from training: by its checksum, one in ten."""
    return zlib.crc32(name.encode()) % 10 == 0


@dataclass(frozen=True)
class Corpus:
    """Texts as tokens, one file after the other, and where each file begins."""

    tokens: Tensor  # (N)
    starts: Tensor  # (files), the index of each file's first token
    num_bytes: int  # of the texts, in UTF-8: what bits per byte are counted over

    def rows(self, generator: torch.Generator, rows: int, length: int) -> Tensor:
        """(rows, length), runs of consecutive tokens from random positions, all equally likely.

        Raises:
            ValueError: the corpus is shorter than a row.
        """
        self._check(length)
        places = torch.randint(len(self.tokens) - length + 1, (rows, 1), generator=generator)
        return self.tokens[places + torch.arange(length)]

    def in_order(self, length: int) -> Tensor:
        """(rows, length + 1): the whole corpus in steps of `length`, for a score.

        Each row begins with the last token of the row before, so that every token but the first
        is predicted once; what does not fill a row is left out.

        Raises:
            ValueError: the corpus is shorter than a row.
        """
        self._check(length + 1)
        return self.tokens.unfold(0, length + 1, length)

    def file_of(self, places: Tensor) -> Tensor:
        """The file, counted from 0, that holds each of these token indices."""
        return torch.searchsorted(self.starts, places, right=True) - 1

    def bytes_per_token(self) -> float:
        """The mean length of a token in UTF-8 bytes."""
        return self.num_bytes / len(self.tokens)

    def _check(self, length: int) -> None:
        if len(self.tokens) < length:
            raise ValueError(f"a corpus of {len(self.tokens)} tokens has no row of {length}; use shorter rows")


def to_corpus(texts: list[str], tokenizer: BytePairs) -> Corpus:
    """Texts, one file each, as tokens."""
    encoded = [torch.tensor(tokenizer.encode(text), dtype=torch.int64) for text in texts]
    lengths = torch.tensor([0, *map(len, encoded)])
    return Corpus(torch.cat(encoded), lengths.cumsum(0)[:-1], sum(len(text.encode()) for text in texts))


@dataclass(frozen=True)
class StandardLibrary:
    """The corpus in two parts, and the tokenizer learnt on the first."""

    tokenizer: BytePairs
    training: Corpus
    held_out: Corpus


@cache
def standard_library(vocab_size: int) -> StandardLibrary:
    """The standard library's sources as tokens; made once for each vocabulary, in some seconds."""
    texts: dict[bool, list[str]] = {False: [], True: []}
    for name, path in library_files().items():
        texts[is_held_out(name)].append(path.read_text(encoding="utf-8", errors="replace"))
    tokenizer = learn_byte_pairs(texts[False], vocab_size)
    return StandardLibrary(tokenizer, to_corpus(texts[False], tokenizer), to_corpus(texts[True], tokenizer))
