"""Rewriting, generated: number words to digits, and dates as people write them to ISO 8601.

    three hundred and six thousand and forty two  ->  306042
    saturday , the 3rd of may 1997                ->  1997-05-03

Some combinations are held out: numbers whose digits add up to a multiple of ten (28, 5005), and
dates whose day and month add up to a multiple of six (the 3rd of march, of whatever year). Every
digit, every day and every month is seen in training, in every place and every wording.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import torch

from transformer_core.training.objectives import IGNORE_INDEX
from transformer_core.training.task import Batch
from transformer_core.training.words import END, START, Vocabulary, padded, padded_batch, random_from, split

Example = tuple[str, str]  # source and target, in words

ONES = split("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
             "sixteen seventeen eighteen nineteen")
TENS = split("twenty thirty forty fifty sixty seventy eighty ninety")
LARGEST = 999_999
MONTHS = split("january february march april may june july august september october november december")
DAYS = split("monday tuesday wednesday thursday friday saturday sunday")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
DATE_FORMS = (
    "{day} {month} {year}", "the {nth} of {month} {year}", "{month} {day} , {year}", "{month} the {nth} {year}",
    "{weekday} , the {nth} of {month} {year}", "{weekday} {day} {month} {year}", "on {month} {nth} , {year}",
    "in {year} , on the {nth} of {month}",
)


def number_words(number: int) -> str:
    """A number in English: 305 is "three hundred and five".

    Raises:
        ValueError: below 0 or above 999,999.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is outside 0 to {LARGEST:,}, the numbers that have words here")
    if number < 20:
        return ONES[number]
    if number < 100:
        return " ".join([TENS[number // 10 - 2], *[ONES[number % 10]] * (number % 10 > 0)])
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = number % size
    link = " and " if rest < 100 else " "
    return f"{number_words(number // size)} {name}" + (link + number_words(rest) if rest else "")


def number_is_held_out(number: int) -> bool:
    """Whether its digits add up to a multiple of ten; 0 is not kept from training."""
    total = sum(map(int, str(number)))
    return total > 0 and total % 10 == 0


def draw_number(draws: Random, held_out: bool) -> Example:
    """A number of one to six digits, each length equally likely."""
    while True:
        number = draws.randrange(10 ** draws.randint(1, 6))
        if number_is_held_out(number) == held_out:
            return number_words(number), str(number)


def date_is_held_out(day: date) -> bool:
    """Whether day and month add up to a multiple of six."""
    return (day.day + day.month) % 6 == 0


def draw_date(draws: Random, held_out: bool) -> Example:
    """A day from 1900 to 2099 in one of the wordings."""
    while True:
        day = FIRST_DAY + timedelta(draws.randrange((LAST_DAY - FIRST_DAY).days + 1))
        if date_is_held_out(day) == held_out:
            return date_words(day, draws.choice(DATE_FORMS)), day.isoformat()


def date_words(day: date, form: str) -> str:
    """A date in one of DATE_FORMS."""
    number = day.day
    ending = "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return form.format(day=number, nth=f"{number}{ending}", month=MONTHS[day.month - 1], year=day.year,
                       weekday=DAYS[day.weekday()])


@dataclass(frozen=True)
class Rewriting:
    """A kind of rewriting: how examples are drawn, and the words in them."""

    draw: Callable[[Random, bool], Example]  # (draws, held out?) -> source and target
    vocabulary: Vocabulary
    longest_target: int  # tokens, [END] included

    def examples(self, generator: torch.Generator, rows: int, *, held_out: bool = False) -> list[Example]:
        """Examples for training, or of the combinations held out."""
        draws = random_from(generator)
        return [self.draw(draws, held_out) for _ in range(rows)]

    def batch(self, generator: torch.Generator, rows: int) -> Batch:
        """Rows for training: input_ids and attention_mask (B, T), decoder_input_ids and labels (B, Td)."""
        sources, targets = zip(*self.examples(generator, rows), strict=True)
        written = [self.vocabulary.encode(f"{target} {END}") for target in targets]
        start = self.vocabulary.ids[START]
        return {
            **padded_batch([self.vocabulary.encode(source) for source in sources]),
            "decoder_input_ids": padded([[start, *ids[:-1]] for ids in written]),
            "labels": padded(written, fill=IGNORE_INDEX),
        }


NUMBERS = Rewriting(draw_number, Vocabulary([*ONES, *TENS, "hundred thousand and", "0123456789"]), 7)
DATES = Rewriting(
    draw_date,
    Vocabulary([*MONTHS, *DAYS, "0123456789 , - st nd rd th",
                *(form.format(day="", nth="", month="", year="", weekday="") for form in DATE_FORMS)]), 11)
