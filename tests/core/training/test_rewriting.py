"""training/rewriting.py: words and wordings worked by hand, read back, and what is held out."""

from datetime import date, timedelta
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.training.rewriting import (
    DATE_FORMS,
    DATES,
    MONTHS,
    NUMBERS,
    ONES,
    TENS,
    date_is_held_out,
    date_words,
    draw_date,
    draw_number,
    number_is_held_out,
    number_words,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    "number, words",
    [
        (0, "zero"), (7, "seven"), (15, "fifteen"), (20, "twenty"), (42, "forty two"), (100, "one hundred"),
        (305, "three hundred and five"), (999, "nine hundred and ninety nine"), (1000, "one thousand"),
        (1001, "one thousand and one"), (2300, "two thousand three hundred"),
        (306042, "three hundred and six thousand and forty two"),
        (110100, "one hundred and ten thousand one hundred"),
    ],
)  # fmt: skip
def test_numbers_worked_by_hand(number, words):
    assert number_words(number) == words


def read(words):
    """The number that words say: added up, and multiplied by what is larger."""
    values = {word: n for n, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(TENS, start=2)}
    total = group = 0
    for word in words.replace(" and ", " ").split():
        if word == "thousand":
            total, group = 1000 * group, 0
        else:
            group = 100 * group if word == "hundred" else group + values[word]
    return total + group


@examples(300)
@given(st.integers(0, 999_999))
def test_numbers_can_be_read_back(number):
    assert read(number_words(number)) == number


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_numbers_without_words_are_refused(number):
    with pytest.raises(ValueError, match=f"{number} is outside 0 to 999,999"):
        number_words(number)


def test_dates_worked_by_hand():
    said = [date_words(date(1997, 5, 3), form) for form in DATE_FORMS]
    assert said == [
        "3 may 1997", "the 3rd of may 1997", "may 3 , 1997", "may the 3rd 1997", "saturday , the 3rd of may 1997",
        "saturday 3 may 1997", "on may 3rd , 1997", "in 1997 , on the 3rd of may",
    ]  # fmt: skip
    nths = [date_words(date(2024, 1, day), "{nth}") for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31)]
    assert " ".join(nths) == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 30th 31st"


@pytest.mark.parametrize("held_out", [False, True])
def test_what_is_drawn_is_right_and_on_its_side(held_out):
    draws = Random(0)
    for _ in range(2000):
        words, digits = draw_number(draws, held_out)
        assert read(words) == int(digits) and str(int(digits)) == digits
        assert number_is_held_out(int(digits)) == held_out
        said, iso = draw_date(draws, held_out)
        day = date.fromisoformat(iso)
        assert said in {date_words(day, form) for form in DATE_FORMS}
        assert date_is_held_out(day) == held_out


def test_training_never_sees_what_is_held_out_though_it_sees_every_part_of_it():
    seen = set()
    for seed in range(20):
        rows = NUMBERS.batch(generator(seed), 100)
        for target in rows["labels"]:
            digits = NUMBERS.vocabulary.decode(target[target >= 0].tolist(), between="")
            assert not number_is_held_out(int(digits))
            seen |= {(len(digits), place, digit) for place, digit in enumerate(digits)}
        for target in DATES.batch(generator(seed), 100)["labels"]:
            assert not date_is_held_out(
                date.fromisoformat(DATES.vocabulary.decode(target.tolist(), between=""))
            )
    # Every digit at every place of every length, but for a 0 in front.
    assert len(seen) == sum(9 * 1 + 10 * (length - 1) for length in range(1, 7)) + 1
    assert number_is_held_out(28) and number_is_held_out(5005) and not number_is_held_out(0)
    assert date_is_held_out(date(1997, 3, 3)) and not date_is_held_out(date(1997, 3, 4))


def test_every_day_and_every_month_is_trained():
    days = [date(2023, 1, 1) + timedelta(number) for number in range(365)]
    trained = [day for day in days if not date_is_held_out(day)]
    assert {day.day for day in trained} == set(range(1, 32)) and {day.month for day in trained} == set(
        range(1, 13)
    )
    assert 0.12 < 1 - len(trained) / len(days) < 0.2
    assert len(MONTHS) == 12


@pytest.mark.parametrize("kind", [NUMBERS, DATES], ids=["numbers", "dates"])
def test_a_batch_holds_sources_and_targets_moved_by_one(kind):
    rows, examples = kind.batch(generator(), 40), kind.examples(generator(), 40)
    start, end = kind.vocabulary.ids["[START]"], kind.vocabulary.ids["[END]"]
    for number, (source, target) in enumerate(examples):
        mask, labels = rows["attention_mask"][number], rows["labels"][number]
        assert kind.vocabulary.decode(rows["input_ids"][number].tolist()) == kind.vocabulary.decode(
            kind.vocabulary.encode(source)
        )
        assert mask.sum() == len(kind.vocabulary.encode(source))
        length = int((labels != -100).sum())
        assert labels[:length].tolist() == [*kind.vocabulary.encode(target), end]
        assert rows["decoder_input_ids"][number, :length].tolist() == [start, *labels[: length - 1].tolist()]
        assert length <= kind.longest_target
    assert all(torch.equal(kind.batch(generator(), 40)[name], rows[name]) for name in rows)
