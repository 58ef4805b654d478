"""Handwritten digits for a Vision Transformer, and captions in words for CLIP.

The images are real: 1,797 digits of 8 by 8 pixels, which scikit-learn brings along. The captions
are generated, and so are the looks that they speak of: a digit is shown light on dark or dark on
light, and strong or faint. One in five pairs of digit and look is held out from the captions'
training.

Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI repository.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

import torch
from torch import Tensor

from transformer_core.training.task import Batch
from transformer_core.training.words import CLASS, Vocabulary, padded_batch, random_from, split

SIZE = 8  # pixels, both ways
NAMES = split("zero one two three four five six seven eight nine")
CAPTIONS = (
    "a {strength} {digit} , {ink} on {ground}", "the digit {digit} , {strength} and {ink} on {ground}",
    "{digit} , written in {strength} {ink} on {ground}", "on {ground} , a {strength} {ink} {digit}",
)


@dataclass(frozen=True)
class Images:
    """Images of digits, and their labels."""

    pixel_values: Tensor  # (N, 1, 8, 8), from 0 to 1, ink light
    labels: Tensor  # (N)


@cache
def handwritten_digits(*, held_out: bool = False) -> Images:
    """The images for training, or those held out: every fifth.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError("the handwritten digits come with scikit-learn, which is not installed; "
                          "`pip install scikit-learn` brings it") from error
    data = load_digits()
    pixel_values = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    kept = (torch.arange(len(pixel_values)) % 5 == 0) == held_out
    return Images(pixel_values[kept], torch.tensor(data.target, dtype=torch.int64)[kept])


def batch(generator: torch.Generator, rows: int) -> Batch:
    """Rows for training: pixel_values (B, 1, 8, 8) and labels (B)."""
    images = handwritten_digits()
    drawn = torch.randint(len(images.labels), (rows,), generator=generator)
    return {"pixel_values": images.pixel_values[drawn], "labels": images.labels[drawn]}


@dataclass(frozen=True)
class Look:
    """How a digit is shown."""

    ink: str
    ground: str
    strength: str

    def show(self, pixel_values: Tensor) -> Tensor:
        """Images of light ink (..., 8, 8), from 0 to 1 -> the same in this look."""
        contrast = 1.0 if self.strength == "strong" else 0.4
        return contrast * pixel_values if self.ink == "light" else 1 - contrast * pixel_values


LOOKS = [Look(ink, ground, strength) for ink, ground in (("light", "dark"), ("dark", "light"))
         for strength in ("strong", "faint")]
PAIRS = [(digit, look) for digit in range(10) for look in range(len(LOOKS))]


def is_held_out(digit: int, look: int) -> bool:
    """Whether no caption of training speaks of this digit in this look: one pair in five."""
    return (digit + look) % 5 == 0


SEEN = [pair for pair in PAIRS if not is_held_out(*pair)]
VOCABULARY = Vocabulary([*NAMES, *(caption.format(strength="", digit="", ink="", ground="") for caption in CAPTIONS),
                         "strong faint light dark", CLASS])


def caption(digit: int, look: int, template: str) -> str:
    """A digit in a look, in words."""
    shown = LOOKS[look]
    return template.format(digit=NAMES[digit], ink=shown.ink, ground=shown.ground, strength=shown.strength)


def encode_captions(captions: list[str]) -> Batch:
    """input_ids and attention_mask, (B, T)."""
    return padded_batch([VOCABULARY.encode(f"{CLASS} {words}") for words in captions])


def caption_batch(generator: torch.Generator, rows: int) -> Batch:
    """Images and their captions: pixel_values (B, 1, 8, 8), input_ids and attention_mask (B, T).

    No two rows have the same digit in the same look, so that no caption fits two images.

    Raises:
        ValueError: more rows than there are pairs.
    """
    if rows > len(SEEN):
        raise ValueError(f"{rows} rows would need the same digit in the same look twice, and then a caption fits "
                         f"two images; use at most {len(SEEN)}")
    draws, images = random_from(generator), handwritten_digits()
    pairs = draws.sample(SEEN, rows)
    shown = [LOOKS[look].show(images.pixel_values[_one_of(images, digit, draws)]) for digit, look in pairs]
    captions = [caption(digit, look, draws.choice(CAPTIONS)) for digit, look in pairs]
    return {"pixel_values": torch.stack(shown), **encode_captions(captions)}


def _one_of(images: Images, digit: int, draws: Random) -> int:
    return draws.choice((images.labels == digit).nonzero().flatten().tolist())
