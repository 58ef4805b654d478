"""Sentiment, generated: sentences whose label depends on two or three known words.

The sentences are put together from lists of words, so that the deciding words of each are known:
does a model look at them?

    [CLS] it did not rain in oslo , and anna found the film anything but dull .
                                                            ^^^^^^^^ ^^^ ^^^^

An adjective is for or against; some words before it negate it, others do not. The rest
distracts: names, places, clauses that say nothing, and negations that negate something else.

One in five pairs of adjective and words before it is held out, and never seen in training in any
sentence. Each adjective and each of those words is seen in other pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import torch

from transformer_core.training.task import Batch
from transformer_core.training.words import CLASS, Vocabulary, padded, padded_batch, random_from, split

FOR = split("good great charming clever funny moving brilliant lovely superb warm witty gripping")
AGAINST = split("bad dull boring awful clumsy tedious silly bland dreadful cold weak tiresome")
TURNING = ("not", "never", "hardly", "anything but", "far from")
LEAVING = ("", "very", "really", "quite", "always", "nothing but")
NOUNS = split("film play book concert story ending cast plot")
NAMES = split("anna ben chloe david emma felix greta hugo")
PLACES = split("oslo paris lima cairo kyoto boston delhi rome")
OPINIONS = (
    "the {noun} was {opinion}", "{name} found the {noun} {opinion}", "i thought the {noun} was {opinion}",
    "in the end the {noun} seemed {opinion}", "it was {opinion} , this {noun}",
    "for {name} the {noun} is {opinion}", "the {noun} from {place} looks {opinion}",
)
ASIDES = (
    "we saw it in {place}", "{name} came with us", "it did not rain in {place}", "it ran for two hours",
    "{name} had never been to {place}", "{name} was not there", "the hall in {place} was very full",
    "we could hardly find the way", "{name} always sits in the first row",
)
ADJECTIVES = (*FOR, *AGAINST)
MODIFIERS = (*TURNING, *LEAVING)


@dataclass(frozen=True)
class Sentence:
    """A generated sentence, its answer, and which words decide it."""

    words: list[str]  # [CLS] first
    label: int  # 1 for, 0 against
    relevant: list[bool]  # one for each word
    adjective: str
    modifier: str  # the words before the adjective; "" where there are none


def is_held_out(adjective: str, modifier: str) -> bool:
    """Whether this pair is kept from training: one in five, spread evenly over both lists."""
    return (ADJECTIVES.index(adjective) + MODIFIERS.index(modifier)) % 5 == 0


def is_for(adjective: str, modifier: str) -> bool:
    """The label of the pair: for (True) or against."""
    return (adjective in FOR) != (modifier in TURNING)


# The pairs by what is drawn first: held out, for, negated.
PAIRS = {
    drawn: [(adjective, modifier) for adjective, modifier in product(ADJECTIVES, MODIFIERS)
            if drawn == (is_held_out(adjective, modifier), is_for(adjective, modifier), modifier in TURNING)]
    for drawn in product([False, True], repeat=3)
}


def compose(draws: Random, *, held_out: bool) -> Sentence:
    """A sentence of a pair for training or of one held out, between up to two asides."""
    # For and against come equally often; two sentences in five are negated.
    label, turned = draws.random() < 0.5, draws.random() < 0.4
    adjective, modifier = draws.choice(PAIRS[held_out, label, turned])

    def fill(template: str) -> list[str]:
        return split(template.format(noun=draws.choice(NOUNS), name=draws.choice(NAMES),
                                     place=draws.choice(PLACES), opinion="[OPINION]"))

    clauses = [fill(aside) for aside in draws.sample(ASIDES, draws.randrange(3))]
    clauses.insert(draws.randrange(len(clauses) + 1), fill(draws.choice(OPINIONS)))
    words, relevant, opinion = [CLASS], [False], [*modifier.split(), adjective]
    for number, clause in enumerate(clauses):
        if number:
            clause = [",", draws.choice(["and", "but"]), *clause]
        for word in clause:
            found = opinion if word == "[OPINION]" else [word]
            words += found
            relevant += [word == "[OPINION]"] * len(found)
    return Sentence([*words, "."], int(label), [*relevant, False], adjective, modifier)


VOCABULARY = Vocabulary([
    *(template.format(noun="", name="", place="", opinion="") for template in OPINIONS + ASIDES),
    *ADJECTIVES, *MODIFIERS, *NOUNS, *NAMES, *PLACES, ", and but .",
])
LONGEST = 40  # no sentence has more words


def sentences(generator: torch.Generator, rows: int, *, held_out: bool = False) -> list[Sentence]:
    """Sentences of the pairs for training, or of the pairs held out."""
    draws = random_from(generator)
    return [compose(draws, held_out=held_out) for _ in range(rows)]


def to_batch(drawn: Sequence[Sentence]) -> Batch:
    """input_ids, attention_mask and relevant (B, T), and labels (B)."""
    return {
        **padded_batch([VOCABULARY.encode(" ".join(sentence.words)) for sentence in drawn]),
        "relevant": padded([sentence.relevant for sentence in drawn], fill=False),
        "labels": torch.tensor([sentence.label for sentence in drawn]),
    }


def batch(generator: torch.Generator, rows: int) -> Batch:
    """Rows for training."""
    return to_batch(sentences(generator, rows))
