"""BLEU: how much of a translation is also in the reference translations."""

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MAX_ORDER = 4  # runs of 1 to 4 words are compared


@dataclass(frozen=True)
class Bleu:
    """A BLEU score and what it comes from; index 0 of each tuple is for single words."""

    score: float  # 0 to 100: brevity_penalty times the precisions' geometric mean
    precisions: tuple[float, ...]  # 0 to 100, of n = 1 to 4: matches / totals, smoothed where nothing matches
    matches: tuple[int, ...]  # runs of n words that a reference has too
    totals: tuple[int, ...]  # runs of n words in the hypotheses
    brevity_penalty: float  # 1, or less where the hypotheses are shorter than the references
    hypothesis_length: int  # in tokens
    reference_length: int  # in tokens, of each sentence's reference that is closest in length


def bleu(hypotheses: Sequence[str], references: Sequence[str | Sequence[str]]) -> Bleu:
    r"""Compare translations with references; the counts of all sentences make one score.

    $$\mathrm{BP}\cdot\exp\left(\frac{1}{4}\sum_{n=1}^{4}\ln p_n\right), \qquad
    \mathrm{BP} = \min\left(1, e^{1 - r/c}\right)$$

    Here p_n is the share of the hypotheses' runs of n words that a reference has too, each
    counted at most as often as there. BP penalises short translations:
    c and r are the lengths of hypotheses and references. Upper and lower case differ.

    The numbers are those of sacrebleu's default (13a tokens, exponential smoothing), so that they
    can be compared with published ones. A corpus without a single run of four words scores 0.

    Args:
        hypotheses: the translations, plain text.
        references: for each hypothesis the right translation, or several of them.

    Raises:
        ValueError: nothing to score, or a hypothesis without reference; the message
            has the numbers and the cure.

    Source: Papineni et al. 2002, "BLEU"; Post 2018, "A Call for Clarity in Reporting BLEU Scores".
    """
    _check(hypotheses, references)
    groups = [[right] if isinstance(right, str) else right for right in references]
    return _score(hypotheses, groups, effective_order=False)


def sentence_bleu(hypothesis: str, references: str | Sequence[str]) -> Bleu:
    """BLEU of one sentence. A sentence of fewer than four words is judged by the runs that it has.

    The mean of these is not the score of a corpus. Equal to sacrebleu's sentence_bleu.

    Raises:
        ValueError: there is no reference.
    """
    _check([hypothesis], [references])
    group = [references] if isinstance(references, str) else references
    return _score([hypothesis], [group], effective_order=True)


def tokenize_13a(text: str) -> list[str]:
    """Cut a text into tokens by the rules of NIST's script mteval-v13a, the standard of BLEU.

    Every ASCII symbol is a token of its own, but for four: the apostrophe stays in its word,
    the hyphen too unless a digit is before it, and the point and the comma stay between digits.
    A hyphen at the end of a line joins the word's halves.
    """
    text = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    text = f" {text} "  # the rules for neighbours hold at both ends as well
    for pattern, apart in _RULES:
        text = pattern.sub(apart, text)
    return text.split()


# In this order: &amp;lt; becomes < and &amp;quot; does not become ".
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_SYMBOLS = re.escape("".join(sorted(set(string.punctuation) - set("'-.,"))))
# A match uses its neighbour up, so not every mark in a row of marks is judged: "5,,,5" is 5 , , ,5.
_RULES = (
    (re.compile(f"([{_SYMBOLS}])"), r" \1 "),
    (re.compile("([^0-9])([.,])"), r"\1 \2 "),  # no digit before
    (re.compile("([.,])([^0-9])"), r" \1 \2"),  # no digit after
    (re.compile("([0-9])(-)"), r"\1 \2 "),
)


def _score(hypotheses: Sequence[str], groups: Sequence[Sequence[str]], *, effective_order: bool) -> Bleu:
    """Count over all sentences, then weigh once.

    With effective_order, orders for which the hypotheses are too short are left out.
    """
    matches, totals = [0] * MAX_ORDER, [0] * MAX_ORDER
    hypothesis_length = reference_length = 0
    for hypothesis, group in zip(hypotheses, groups, strict=True):
        words, right = tokenize_13a(hypothesis), [tokenize_13a(reference) for reference in group]
        hypothesis_length += len(words)
        reference_length += _closest(len(words), [len(reference) for reference in right])
        for n in range(1, MAX_ORDER + 1):
            found, allowed = _runs(words, n), Counter()
            for reference in right:
                allowed |= _runs(reference, n)                     # as often as in the one with most
            matches[n - 1] += (found & allowed).total()            # the smaller count: this is the clipping
            totals[n - 1] += found.total()
    brevity_penalty = _brevity_penalty(hypothesis_length, reference_length)
    precisions = _precisions(matches, totals)
    judged = [p for p, total in zip(precisions, totals, strict=True) if total or not effective_order]
    score = brevity_penalty * _geometric_mean(judged)
    return Bleu(score, tuple(precisions), tuple(matches), tuple(totals), brevity_penalty,
                hypothesis_length, reference_length)


def _runs(words: list[str], n: int) -> Counter:
    """How often each run of n words (n-gram) occurs."""
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def _precisions(matches: list[int], totals: list[int]) -> list[float]:
    """In percent. The first order without a match counts as half a match, the next as a quarter.

    Source: Chen and Cherry 2014, "A Systematic Comparison of Smoothing Techniques", method 3.
    """
    if not any(matches):  # not even one word: that is 0, and no smoothing
        return [0.0] * len(totals)
    precisions, smoothed = [], 1.0
    for matched, total in zip(matches, totals, strict=True):
        if not matched:
            smoothed /= 2
        precisions.append(100 * (matched or smoothed) / total if total else 0.0)
    return precisions


def _geometric_mean(values: list[float]) -> float:
    if not values or min(values) == 0:
        return 0.0
    return math.exp(sum(math.log(value) for value in values) / len(values))


def _closest(length: int, lengths: list[int]) -> int:
    """The reference length nearest to the hypothesis's; of two equally near, the shorter."""
    return min(lengths, key=lambda other: (abs(other - length), other))


def _brevity_penalty(length: int, reference_length: int) -> float:
    if length >= reference_length:
        return 1.0
    return math.exp(1 - reference_length / length) if length else 0.0


def _check(hypotheses: Sequence[str], references: Sequence[str | Sequence[str]]) -> None:
    for name, given in (("hypotheses", hypotheses), ("references", references)):
        if isinstance(given, str):
            raise ValueError(f"{name} is one text, {given[:30]!r}; give a list of them, "
                             "or use sentence_bleu for a single sentence")
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses and {len(references)} references; give one entry of "
                         "references for each hypothesis: a text, or a list of texts")
    if not hypotheses:
        raise ValueError("there are no hypotheses; BLEU of nothing is not defined, give at least one")
    for number, (hypothesis, right) in enumerate(zip(hypotheses, references, strict=True)):
        if not isinstance(hypothesis, str):
            raise ValueError(f"hypothesis {number} is {hypothesis!r}; give plain text, "
                             "it is cut into tokens here")
        texts = [right] if isinstance(right, str) else right
        if not texts:
            raise ValueError(f"hypothesis {number} has no reference; give at least one text for it")
        for text in texts:
            if not isinstance(text, str):
                raise ValueError(f"a reference of hypothesis {number} is {text!r}; give plain text")
