"""training/digits.py: real images in two parts, and captions that say what is shown."""

import builtins

import pytest
import torch

from transformer_core.training import digits
from transformer_core.training.digits import (
    LOOKS,
    PAIRS,
    SEEN,
    VOCABULARY,
    Look,
    caption,
    caption_batch,
    handwritten_digits,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_images_for_training_and_those_held_out_are_all_and_apart():
    ours, held_out = handwritten_digits(), handwritten_digits(held_out=True)
    assert (len(ours.labels), len(held_out.labels)) == (1437, 360)
    for images in (ours, held_out):
        assert images.pixel_values.shape == (len(images.labels), 1, 8, 8)
        assert images.pixel_values.min() == 0 and images.pixel_values.max() == 1
        assert set(images.labels.tolist()) == set(range(10))
    seen = {image.numpy().tobytes() for image in ours.pixel_values}
    assert not any(image.numpy().tobytes() in seen for image in held_out.pixel_values)


def test_batches_are_images_for_training_with_their_labels():
    images, rows = handwritten_digits(), digits.batch(generator(), 50)
    for image, label in zip(rows["pixel_values"], rows["labels"], strict=True):
        same = (images.pixel_values == image).flatten(1).all(dim=1)
        assert same.any() and (images.labels[same] == label).all()
    assert torch.equal(rows["labels"], digits.batch(generator(), 50)["labels"])


def test_looks_worked_by_hand():
    image = torch.tensor([0.0, 0.5, 1.0])
    shown = {(look.ink, look.strength): look.show(image).tolist() for look in LOOKS}
    assert shown["light", "strong"] == [0, 0.5, 1]
    assert shown["dark", "strong"] == [1, 0.5, 0]
    assert shown["light", "faint"] == pytest.approx([0, 0.2, 0.4])
    assert shown["dark", "faint"] == pytest.approx([1, 0.8, 0.6])


def test_a_caption_says_what_is_shown():
    assert LOOKS[3] == Look("dark", "light", "faint")
    assert caption(7, 3, digits.CAPTIONS[0]) == "a faint seven , dark on light"
    assert len({caption(*pair, template) for pair in PAIRS for template in digits.CAPTIONS}) == 40 * 4


def read(words):
    """The pair that a caption speaks of."""
    said = set(words.split())
    (digit,) = [number for number, name in enumerate(digits.NAMES) if name in said]
    ink = (
        "light"
        if " light on" in words or "light ink" in words or "light " + digits.NAMES[digit] in words
        else "dark"
    )
    (look,) = [n for n, look in enumerate(LOOKS) if look.strength in said and look.ink == ink]
    return digit, look


def test_captions_belong_to_their_images_and_no_pair_comes_twice_or_is_held_out():
    images = handwritten_digits()
    for seed in range(5):
        rows = caption_batch(generator(seed), 20)
        pairs = [read(VOCABULARY.decode(ids.tolist())) for ids in rows["input_ids"]]
        assert len(set(pairs)) == 20
        for (digit, look), shown in zip(pairs, rows["pixel_values"], strict=True):
            assert not digits.is_held_out(digit, look)
            own = LOOKS[look].show(images.pixel_values[images.labels == digit])
            assert (own == shown).flatten(1).all(dim=1).any()


def test_every_digit_and_every_look_is_trained():
    assert len(SEEN) == 32
    assert {digit for digit, _ in SEEN} == set(range(10)) and {look for _, look in SEEN} == set(range(4))


def test_more_rows_than_pairs_are_refused():
    assert len(caption_batch(generator(), 32)["pixel_values"]) == 32
    with pytest.raises(ValueError, match="33 rows .* a caption fits two images; use at most 32"):
        caption_batch(generator(), 33)


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **others):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *arguments, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        ImportError, match=r"scikit-learn, which is not installed; `pip install scikit-learn` brings it"
    ):
        handwritten_digits.__wrapped__()
