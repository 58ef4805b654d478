"""training/words.py: texts as words, filled up to one length."""

import pytest
import torch

from transformer_core.training.words import Vocabulary, padded, padded_batch, random_from, split


def test_a_text_becomes_words_digits_and_signs():
    assert split("[CLS] the 23rd of may , 1997-05") == (
        ["[CLS]", "the", "2", "3", "rd", "of", "may", ",", "1", "9", "9", "7", "-", "0", "5"]
    )  # fmt: skip


def test_ids_worked_by_hand():
    words = Vocabulary(["b a", "c , a"])
    assert words.words == ["[PAD]", "[CLS]", "[START]", "[END]", ",", "a", "b", "c"]
    assert words.encode("[CLS] c a , a") == [1, 7, 5, 4, 5]
    assert words.decode([1, 7, 5, 4, 5, 3, 6]) == "c a , a"  # nothing after [END]
    assert words.decode([2, 6, 5, 0], between="") == "ba"
    with pytest.raises(ValueError, match="'d' is none of the 8 words here"):
        words.encode("a d")


def test_rows_are_filled_up_on_the_right():
    assert padded([[5, 6], [7]], fill=-100).tolist() == [[5, 6], [7, -100]]
    batch = padded_batch([[5], [6, 7, 8]])
    assert batch["input_ids"].tolist() == [[5, 0, 0], [6, 7, 8]]
    assert batch["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 1]]


def test_draws_depend_on_the_generator_alone():
    def rolled(seed):
        generator = torch.Generator().manual_seed(seed)
        return [random_from(generator).random() for _ in range(3)]

    assert rolled(1) == rolled(1) != rolled(2)
    assert len(set(rolled(1))) == 3
