"""byte_pairs.py: merges worked by hand, and equal to the `tokenizers` library's to the last tie."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from transformer_core.tokenisation.byte_pairs import BYTES, BytePairs, learn_byte_pairs, pieces
from transformer_core.training.corpus import library_files

LEVEL = pre_tokenizers.ByteLevel(add_prefix_space=False)
# Python's tables of characters may be older than the library's: characters that both know.
ANY = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=20)
TRICKY = st.lists(
    st.sampled_from(["I'm", "'ll", "'LL", " ", "  ", "\n", "\t\u00a0", "\x1c", "\u2028", "a", "é", "e\u0301", "ß", "東", "٣",
                     "²", "Ⅷ", "12", "_", "--", "😀", "\u200b", "a1", "'"]),
    max_size=12,
).map("".join)  # fmt: skip
TEXT = st.one_of(ANY, TRICKY)
FEW = st.lists(st.text("ab ", max_size=40), min_size=1, max_size=5)  # ties and runs everywhere


def theirs(texts, vocab_size, min_frequency=0):
    """The library's tokenizer, trained alike."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = LEVEL, decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, min_frequency=min_frequency, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def model_of(text):
    """The vocabulary and the merges of a tokenizer.json."""
    model = json.loads(text)["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]


def learnt(tokenizer):
    """Each merge as the two texts that it joins."""
    return [tuple(tokenizer.tokens[side].decode() for side in pair) for pair in tokenizer.merges]


@pytest.fixture(scope="module")
def library():
    """A megabyte of Python's own sources, enough for all kinds of ties."""
    texts, size = [], 0
    for path in library_files().values():
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
        size += len(texts[-1])
        if size > 1_000_000:
            return texts
    raise AssertionError(f"{size} characters are all there is")


def test_merges_worked_by_hand():
    # hug 10, pug 5, pun 12, bun 4, hugs 5. "ug" is met 20 times, then "un" 16, "hug" 15, "pun" 12.
    corpus = " ".join(["hug"] * 10 + ["pug"] * 5 + ["pun"] * 12 + ["bun"] * 4 + ["hugs"] * 5)
    joined = [
        merge for merge in learnt(learn_byte_pairs([corpus.replace(" ", "\n")], 261)) if "\n" not in merge
    ]
    assert joined[:4] == [("u", "g"), ("u", "n"), ("h", "ug"), ("p", "un")]


def test_of_equally_frequent_pairs_the_smaller_ids_come_first():
    assert learnt(learn_byte_pairs(["ba", "dc", "ab"], 259)) == [("a", "b"), ("b", "a"), ("d", "c")]


def test_a_run_is_joined_from_the_left():
    # aaaaa holds (a, a) four times; joined it is aa aa a.
    tokenizer = learn_byte_pairs(["aaaaa"], 257)
    a, aa = BYTES.index(ord("a")), 256
    assert tokenizer.encode("aaaaa") == [aa, aa, a]


def test_the_earliest_learnt_merge_is_done_first_wherever_it_stands():
    ab, bc = (BYTES.index(ord("a")), BYTES.index(ord("b"))), (BYTES.index(ord("b")), BYTES.index(ord("c")))
    tokens = [bytes([byte]) for byte in BYTES] + [b"bc", b"ab"]
    assert BytePairs(tokens, {bc: 256, ab: 257}).encode("abc") == [ab[0], 256]
    assert BytePairs(tokens, {ab: 257, bc: 256}).encode("abc") == [257, bc[1]]


@pytest.mark.parametrize(
    "text, cut",
    [
        ("a cat, 42", ["a", " cat", ",", " 42"]),
        ("I'm you'LL", ["I", "'m", " you", "'", "LL"]),
        ("x  = 1\n\n  y", ["x", " ", " =", " 1", "\n\n ", " y"]),
        ("trailing  ", ["trailing", "  "]),
        ("é²٣Ⅷ", ["é", "²٣Ⅷ"]),  # numbers of every kind
        ("a\x1cb", ["a", "\x1c", "b"]),  # a space to re, and none to Unicode
        ("", []),
    ],
)
def test_a_text_is_cut_as_gpt_2_cuts_it(text, cut):
    assert pieces(text) == cut


@examples(300)
@given(TEXT)
def test_the_cuts_equal_the_librarys(text):
    assert pieces(text) == [text[start:end] for _, (start, end) in LEVEL.pre_tokenize_str(text)]


def test_every_characters_kind_equals_the_librarys():
    known = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    text = "a".join(known) + "a"
    assert pieces(text) == [text[start:end] for _, (start, end) in LEVEL.pre_tokenize_str(text)]


@pytest.mark.parametrize("vocab_size", [256, 300, 1500])
def test_merges_and_ids_equal_the_librarys_on_pythons_sources(library, vocab_size):
    ours, reference = learn_byte_pairs(library, vocab_size), theirs(library, vocab_size)
    assert model_of(ours.to_json()) == model_of(reference.to_str())
    assert len(ours) == vocab_size
    for text in library:
        ids = ours.encode(text)
        assert ids == reference.encode(text).ids
        assert ours.decode(ids) == text


@examples(200)
@given(FEW, st.integers(256, 320), st.integers(0, 4))
def test_merges_equal_the_librarys_where_all_is_ties(texts, vocab_size, min_frequency):
    ours = learn_byte_pairs(texts, vocab_size, min_frequency=min_frequency)
    assert model_of(ours.to_json()) == model_of(theirs(texts, vocab_size, min_frequency).to_str())


@examples(100)
@given(st.lists(TEXT, min_size=1, max_size=4), TEXT)
def test_whatever_it_learnt_every_text_comes_back(texts, text):
    tokenizer = learn_byte_pairs(texts, 300)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert all(0 <= number < len(tokenizer) for number in ids)


@examples(100)
@given(FEW, TEXT)
def test_encode_and_decode_equal_the_librarys(texts, text):
    ours, reference = learn_byte_pairs(texts, 280), theirs(texts, 280)
    ids = ours.encode(text)
    assert ids == reference.encode(text).ids
    assert ours.decode(ids[::-1]) == reference.decode(ids[::-1])  # broken characters too


def test_the_file_is_read_by_both(library):
    ours = learn_byte_pairs(library[:20], 400)
    again, reference = BytePairs.from_json(ours.to_json()), Tokenizer.from_str(ours.to_json())
    assert (again.tokens, again.merges) == (ours.tokens, ours.merges)
    assert again.encode(library[30]) == reference.encode(library[30]).ids == ours.encode(library[30])
    saved = BytePairs.from_json(theirs(library[:20], 400).to_str())
    assert (saved.tokens, saved.merges) == (ours.tokens, ours.merges)


def test_merges_of_the_older_form_are_read_too():
    ours = learn_byte_pairs(["the cat the cat"], 262)
    older = json.loads(ours.to_json())
    older["model"]["merges"] = [" ".join(pair) for pair in older["model"]["merges"]]
    assert BytePairs.from_json(json.dumps(older)).merges == ours.merges


def test_a_long_run_is_encoded_without_delay():
    tokenizer = learn_byte_pairs(["=" * 4096], 268)
    assert tokenizer.encode("=" * 100_000) == [267] * 24 + tokenizer.encode("=" * (100_000 - 24 * 4096))


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: learn_byte_pairs(["a"], 255), ["vocab_size 255", "256 bytes", "256 or more"]),
        (
            lambda: learn_byte_pairs(["a"], 256).decode([3, 256]),
            ["token id 256", "0 to 255", "special tokens"],
        ),
        (lambda: learn_byte_pairs(["a"], 256).decode([-1]), ["token id -1"]),
        (
            lambda: BytePairs.from_json('{"model": {"vocab": {"a": 0, "b": 1}, "merges": []}}'),
            ["first 256 tokens", "GPT-2's order", "`tokenizers` reads the others"],
        ),
    ],
)
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
