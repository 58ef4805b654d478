"""bleu.py: worked by hand, and equal to sacrebleu's on whatever hypothesis writes."""

import math

import pytest
import sacrebleu
from hypothesis import example, given
from hypothesis import strategies as st
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from support.examples import examples

from transformer_core.measurement.bleu import bleu, sentence_bleu, tokenize_13a


def test_clipping_worked_by_hand():
    # Papineni et al. 2002, section 2.1: seven times "the", where a reference has it twice at most.
    # Unclipped, all seven words would count. No two words in a row match: 6 runs, so half a match
    # of 6; a quarter of 5, an eighth of 4. Seven words against six or seven: no penalty.
    scored = bleu(["the the the the the the the"], [["the cat is on the mat", "there is a cat on the mat"]])
    assert (scored.matches, scored.totals) == ((2, 0, 0, 0), (7, 6, 5, 4))
    assert scored.precisions == pytest.approx((100 * 2 / 7, 100 / 12, 100 / 20, 100 / 32))
    assert (scored.brevity_penalty, scored.hypothesis_length, scored.reference_length) == (1, 7, 7)
    assert scored.score == pytest.approx(100 * (2 / 7 / 12 / 20 / 32) ** 0.25)


def test_a_score_worked_by_hand():
    # All 5 words match; of 4 pairs "sat on" and "on a"; of 3 triples "sat on a"; of 2 fours none,
    # which counts as half a match of 2. Five words against seven: a penalty of exp(1 - 7/5).
    scored = bleu(["sat on a mat red"], ["a cat sat on a red mat"])
    assert (scored.matches, scored.totals) == ((5, 2, 1, 0), (5, 4, 3, 2))
    assert scored.precisions == pytest.approx((100, 50, 100 / 3, 25))
    assert scored.brevity_penalty == pytest.approx(math.exp(-0.4))
    assert scored.score == pytest.approx(100 * math.exp(-0.4) * (1 / 2 / 3 / 4) ** 0.25)


def test_several_references_share_the_matches():
    # "red" from one reference, "big" from the other; a word's count is the larger, not the sum.
    scored = bleu(["red red big mat"], [["a red mat", "a big red mat here"]])
    assert scored.matches == (3, 0, 0, 0)


@pytest.mark.parametrize(
    "lengths, closest",
    [([2, 9], 2), ([3, 7], 3), ([7, 3], 3), ([5, 6], 5), ([8, 6], 6)],  # 3 and 7 are equally near to 5
)
def test_the_reference_nearest_in_length_counts_and_of_two_the_shorter(lengths, closest):
    references = [" ".join(["b"] * length) for length in lengths]
    assert bleu(["a a a a a"], [references]).reference_length == closest


def test_all_sentences_are_counted_before_anything_is_divided():
    # 4 of 4 words and 0 of 2: 4 of 6, not the mean of 1 and 0; a long sentence weighs more.
    scored = bleu(["a b c d", "x y"], ["a b c d", "z w"])
    assert scored.precisions == pytest.approx((100 * 4 / 6, 100 * 3 / 4, 100, 100))
    assert scored.score == pytest.approx(100 * (4 / 6 * 3 / 4) ** 0.25)
    assert sentence_bleu("x y", "z w").score == 0


def test_the_same_text_scores_100_if_it_has_four_words():
    assert bleu(["A cat, of course!"], ["A cat, of course!"]).score == pytest.approx(100)
    assert bleu(["a cat sat"], ["a cat sat"]).score == 0  # no run of four
    assert sentence_bleu("a cat sat", "a cat sat").score == pytest.approx(100)  # the runs that it has


def test_upper_and_lower_case_differ():
    assert bleu(["The Cat"], ["the cat"]).matches == (0, 0, 0, 0)


def test_an_empty_translation_scores_0():
    scored = bleu([""], ["a cat sat here"])
    assert (scored.score, scored.brevity_penalty, scored.hypothesis_length) == (0, 0, 0)
    assert bleu([""], [""]).score == 0


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("It's a mat, isn't it?", ["It's", "a", "mat", ",", "isn't", "it", "?"]),
        ("1,000.50 euros.", ["1,000.50", "euros", "."]),
        (".5 and 5.", [".", "5", "and", "5", "."]),
        ("well-known, 3-4 and 3--4", ["well-known", ",", "3", "-", "4", "and", "3", "-", "-4"]),
        ("$5 (50%) a/b", ["$", "5", "(", "50", "%", ")", "a", "/", "b"]),
        ("wait...", ["wait", ".", ".", "."]),
        ("5,,,5", ["5", ",", ",", ",5"]),
        ("&quot;a&quot; &amp; b &lt;c&gt;", ['"', "a", '"', "&", "b", "<", "c", ">"]),
        ("&amp;lt; &amp;quot;", ["<", "&", "quot", ";"]),
        ("hy-\nphen two\nlines", ["hyphen", "two", "lines"]),
        ("ends-\n", ["ends-"]),  # a line that ends with the text has nothing to join
        ("a<skipped>b", ["ab"]),
        ("“Größe” 你好。", ["“Größe”", "你好。"]),  # only ASCII symbols are cut off
        ("  \t\u00a0 ", []),
    ],
)
def test_tokens_worked_by_hand(text, tokens):
    assert tokenize_13a(text) == tokens
    assert Tokenizer13a()(text.rstrip()).split() == tokens


# What the rules speak of, next to each other far more often than in real text.
PIECES = ["the", "cat", "Cat", "a", "I'm", "1", "1,000.5", "3.", ".5", "5-", "-", "--", ",", ".", "...", "'", '"', "&",
          "&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "&#39;", "<skipped>", "<", "\\", "]", "^", "/", "`", "~", "$", "%",
          " ", " ", " ", "\n", "-\n", "\r\n", "\t", "\u00a0", "\u2028", "é", "e\u0301", "ß", "你好", "。", "“", "–", "😀", "٣", "²"]  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "1.5"]), max_size=11).map(" ".join)
TEXT = st.one_of(TRICKY, WORDS, WORDS, st.text(max_size=20))


@examples(400)
@given(st.one_of(TRICKY, st.text(max_size=30), st.text("a1.,-' ", max_size=12)))
def test_tokens_equal_sacrebleus(text):
    assert tokenize_13a(text) == Tokenizer13a()(text.rstrip()).split()


def assert_equal(ours, theirs):
    assert ours.score == pytest.approx(theirs.score, abs=1e-10)
    assert ours.precisions == pytest.approx(theirs.precisions, abs=1e-10)
    assert ours.brevity_penalty == pytest.approx(theirs.bp, abs=1e-10)
    assert (ours.matches, ours.totals) == (tuple(theirs.counts), tuple(theirs.totals))
    assert (ours.hypothesis_length, ours.reference_length) == (theirs.sys_len, theirs.ref_len)


def sacrebleus(hypotheses, groups):
    """sacrebleu wants the first references of all sentences, then the second ones; None where there is none."""
    most = max(len(group) for group in groups)
    streams = [[group[n] if n < len(group) else None for group in groups] for n in range(most)]
    return sacrebleu.corpus_bleu(hypotheses, streams, force=True)


@examples(300)
@given(st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=5))
@example([("the cat sat on the mat", ["the cat sat on a mat"])])
@example([("", ["", ""])])
@example([("a b c", ["a b c"]), ("", ["a"])])
def test_equals_sacrebleus(corpus):
    hypotheses, groups = [pair[0] for pair in corpus], [pair[1] for pair in corpus]
    assert_equal(bleu(hypotheses, groups), sacrebleus(hypotheses, groups))


@examples(200)
@given(TEXT, st.lists(TEXT, min_size=1, max_size=3))
def test_of_one_sentence_equals_sacrebleus(hypothesis, references):
    assert_equal(sentence_bleu(hypothesis, references), sacrebleu.sentence_bleu(hypothesis, references))


@examples(60)
@given(
    st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=5), st.randoms()
)
def test_no_order_matters(corpus, random):
    shuffled = [(hypothesis, random.sample(group, len(group))) for hypothesis, group in corpus]
    random.shuffle(shuffled)
    assert bleu(*zip(*shuffled, strict=True)) == bleu(*zip(*corpus, strict=True))


def test_one_reference_may_stand_without_a_list():
    assert bleu(["a b c d e"], ["a b c d"]) == bleu(["a b c d e"], [["a b c d"]])
    assert sentence_bleu("a b", "a b") == sentence_bleu("a b", ["a b"])


@pytest.mark.parametrize(
    "call, says",
    [
        (
            lambda: bleu(["a", "b"], ["a"]),
            ["2 hypotheses and 1 references", "one entry of references for each"],
        ),
        (lambda: bleu([], []), ["no hypotheses", "at least one"]),
        (lambda: bleu(["a", "b"], ["a", []]), ["hypothesis 1 has no reference"]),
        (lambda: sentence_bleu("a", []), ["has no reference", "at least one text"]),
        (lambda: bleu("the cat", ["the cat"]), ["hypotheses is one text, 'the cat'", "sentence_bleu"]),
        (lambda: bleu(["the cat"], "the cat"), ["references is one text, 'the cat'"]),
        (lambda: bleu([["the", "cat"]], ["the cat"]), ["hypothesis 0 is ['the', 'cat']", "plain text"]),
        (lambda: bleu(["a"], [["a", None]]), ["a reference of hypothesis 0 is None", "plain text"]),
    ],
)
def test_refuses_with_the_values_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
