"""Words as tokens: enough for texts that are generated from a few hundred words."""

import random
import re
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

PAD, CLASS, START, END = "[PAD]", "[CLS]", "[START]", "[END]"
SPECIAL = (PAD, CLASS, START, END)  # token ids 0 to 3


def split(text: str) -> list[str]:
    """Words, single digits and signs: "the 3rd of may" is "the", "3", "rd", "of", "may"."""
    return re.findall(r"\[[A-Z]+\]|[a-z]+|\S", text)


class Vocabulary:
    """Words and their token ids: the special ones first, then the others in alphabetical order.

    Args:
        texts: contain every word that will be encoded.
    """

    def __init__(self, texts: Iterable[str]):
        words = {word for text in texts for word in split(text)}
        self.words = [*SPECIAL, *sorted(words - set(SPECIAL))]
        self.ids = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str) -> list[int]:
        """Token ids.

        Raises:
            ValueError: a word that is not in the vocabulary.
        """
        words = split(text)
        unknown = [word for word in words if word not in self.ids]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of the {len(self)} words here; the texts are generated, "
                             "and use no others")
        return [self.ids[word] for word in words]

    def decode(self, ids: Iterable[int], *, between: str = " ") -> str:
        """The words of some token ids, up to [END], without the special ones."""
        words = []
        for number in ids:
            if self.words[number] == END:
                break
            if self.words[number] not in SPECIAL:
                words.append(self.words[number])
        return between.join(words)


def padded(rows: Sequence[Sequence[int]], fill: int = 0) -> Tensor:
    """(B, T): rows of different lengths, filled up on the right."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])


def padded_batch(rows: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """input_ids (B, T) and their attention_mask (B, T), 1 for a token and 0 for padding."""
    return {"input_ids": padded(rows), "attention_mask": padded([[1] * len(row) for row in rows])}


def random_from(generator: torch.Generator) -> random.Random:
    """A Python random generator, seeded from a torch generator."""
    return random.Random(int(torch.randint(2**62, (), generator=generator)))
