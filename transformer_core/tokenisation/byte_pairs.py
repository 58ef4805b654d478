"""Byte-pair encoding: a vocabulary that grows by merging the most frequent pair of tokens."""

import heapq
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import groupby, pairwise

Pair = tuple[int, int]  # two adjacent token ids

# Every byte is a token. The 188 that can be printed come first and the others after them, which is
# the order of the letters that GPT-2 writes for them.
PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
BYTES = PRINTED + sorted(set(range(256)) - set(PRINTED))
LETTERS = [chr(byte) for byte in PRINTED] + [chr(256 + number) for number in range(68)]


class BytePairs:
    """A tokenizer: its merges, in the order in which they were learnt.

    Token ids 0 to 255 are the single bytes, so every text can be encoded: nothing is unknown, and
    decode(encode(text)) is the text.

    Args:
        tokens: the bytes of each token id; the first 256 are BYTES.
        merges: pair of token ids -> the id of the merged token, in the order learnt.

    Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units";
    Radford et al. 2019, "GPT-2", section 2.2, for the bytes.
    """

    def __init__(self, tokens: list[bytes], merges: dict[Pair, int]):
        self.tokens, self.merges = tokens, merges
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._known: dict[str, list[int]] = {}  # token ids of pieces seen before

    def __len__(self) -> int:
        """The size of the vocabulary."""
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """Token ids: the bytes of each piece, merged in the order in which the merges were learnt.

        Raises:
            UnicodeEncodeError: half of a surrogate pair, which UTF-8 cannot encode.
        """
        ids = []
        for piece in pieces(text):
            if piece not in self._known:
                self._known[piece] = self._join(_bytes_of(piece))
            ids += self._known[piece]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some token ids; an incomplete character becomes �.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        ids = list(ids)
        outside = [number for number in ids if not 0 <= number < len(self)]
        if outside:
            raise ValueError(f"token id {outside[0]} is outside the vocabulary, 0 to {len(self) - 1}; "
                             "leave special tokens out, and decode with the tokenizer that encoded")
        return b"".join(self.tokens[number] for number in ids).decode(errors="replace")

    def _join(self, word: list[int]) -> list[int]:
        while known := set(pairwise(word)) & self.merges.keys():
            first = min(known, key=self._ranks.__getitem__)
            word, _ = _merge(word, first, self.merges[first])
        return word

    def to_json(self) -> str:
        """The text of a tokenizer.json, which the `tokenizers` library reads too."""
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        names = [_written(token) for token in self.tokens]
        model = {"type": "BPE", "vocab": {name: number for number, name in enumerate(names)},
                 "merges": [[names[left], names[right]] for left, right in self.merges]}
        return json.dumps({"version": "1.0", "added_tokens": [], "pre_tokenizer": level, "decoder": level,
                           "model": model}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "BytePairs":
        """The tokenizer that to_json wrote; GPT-2's own file is of this kind too.

        Raises:
            ValueError: a tokenizer of another kind.
        """
        model = json.loads(text)["model"]
        names = sorted(model["vocab"], key=model["vocab"].get)
        if names[:256] != LETTERS or list(map(model["vocab"].get, names)) != list(range(len(names))):
            raise ValueError("the first 256 tokens are not the single bytes in GPT-2's order; this reads what "
                             "BytePairs.to_json wrote, and `tokenizers` reads the others")
        ids = model["vocab"]
        pairs = (pair.split(" ") if isinstance(pair, str) else pair for pair in model["merges"])  # older: "a b"
        merges = {(ids[left], ids[right]): ids[left + right] for left, right in pairs}
        return cls([_read(name) for name in names], merges)


def learn_byte_pairs(texts: Iterable[str], vocab_size: int, *, min_frequency: int = 1) -> BytePairs:
    """Learn merges: repeatedly, the most frequent pair of adjacent tokens becomes a new token.

    Of equally frequent pairs the one with the smaller ids is taken. Pairs are counted once; a merge
    then changes only the counts of its neighbours, in the words that it occurs in.

    Args:
        texts: the corpus; no token spans two texts.
        vocab_size: how many tokens to end with, the 256 bytes included; fewer where pairs run out.
        min_frequency: less frequent pairs are not merged.

    Raises:
        ValueError: a vocabulary smaller than the 256 bytes.
    """
    if vocab_size < 256:
        raise ValueError(f"vocab_size {vocab_size} has no room for the 256 bytes; use 256 or more")
    tokens, merges = [bytes([byte]) for byte in BYTES], {}
    if vocab_size == 256:
        return BytePairs(tokens, merges)
    frequencies = Counter(piece for text in texts for piece in pieces(text))
    words = [_bytes_of(piece) for piece in frequencies]
    often = list(frequencies.values())

    counts: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)  # the words that a pair occurs in
    for number, word in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += often[number]
            where[pair].add(number)
    queue = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(queue)

    while len(tokens) < vocab_size and queue:
        count, pair = heapq.heappop(queue)
        if -count != counts[pair]:  # its count changed since it was queued
            heapq.heappush(queue, (-counts[pair], pair))
            continue
        if -count < max(min_frequency, 1):
            break
        merges[pair] = new = len(tokens)
        tokens.append(tokens[pair[0]] + tokens[pair[1]])
        grown = set()
        for number in where.pop(pair):
            words[number], changes = _merge(words[number], pair, new)
            for changed, difference in changes:
                counts[changed] += difference * often[number]
                if difference > 0:
                    where[changed].add(number)
                    grown.add(changed)
        for changed in grown:
            heapq.heappush(queue, (-counts[changed], changed))
    return BytePairs(tokens, merges)


def _merge(word: list[int], pair: Pair, new: int) -> tuple[list[int], list[tuple[Pair, int]]]:
    """The word with each such pair merged, and the changes in the counts of its other pairs."""
    joined, changes, place = [], [], 0
    while place < len(word):
        if place + 1 == len(word) or (word[place], word[place + 1]) != pair:
            joined.append(word[place])
            place += 1
            continue
        if joined:
            changes += [((joined[-1], pair[0]), -1), ((joined[-1], new), 1)]
        joined.append(new)
        place += 2
        if place < len(word):
            changes += [((pair[1], word[place]), -1), ((new, word[place]), 1)]
    return joined, changes


def pieces(text: str) -> list[str]:
    """The text cut into words, numbers, signs and spaces, as GPT-2 cuts it: no token spans two pieces.

    A word keeps the space before it: "a cat, 42" is "a", " cat", ",", " 42".
    """
    return _pattern().findall(text)


@cache
def _pattern() -> re.Pattern[str]:
    letter, number = _category("L"), _category("N")
    space = "\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # re's \s has four more
    return re.compile(
        f"'s|'t|'re|'ve|'m|'ll|'d| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


def _category(first: str) -> str:
    """All characters of a Unicode category, "L" for letters, as the inside of a regex's brackets."""
    kinds = groupby(range(sys.maxunicode + 1), lambda code: unicodedata.category(chr(code))[0] == first)
    ranges = (list(codes) for belongs, codes in kinds if belongs)
    return "".join(f"{chr(codes[0])}-{chr(codes[-1])}" for codes in ranges)


_ID_OF = {byte: number for number, byte in enumerate(BYTES)}
_LETTER_OF = dict(zip(BYTES, LETTERS, strict=True))
_BYTE_OF = dict(zip(LETTERS, BYTES, strict=True))


def _bytes_of(piece: str) -> list[int]:
    return [_ID_OF[byte] for byte in piece.encode()]


def _written(token: bytes) -> str:
    return "".join(_LETTER_OF[byte] for byte in token)


def _read(name: str) -> bytes:
    return bytes(_BYTE_OF[letter] for letter in name)
