"""Corruption: hide parts of a text, and train the model to predict them. The text is its own label."""

from dataclasses import dataclass

import torch
from torch import Tensor

from transformer_core.training.corpus import Corpus
from transformer_core.training.objectives import IGNORE_INDEX


def mask_tokens(
    input_ids: Tensor, maskable: Tensor, generator: torch.Generator, *,
    mask_id: int, words: int, share: float = 0.15,
) -> tuple[Tensor, Tensor]:
    """BERT's corruption: of the chosen tokens 80% become [MASK], 10% any word, and 10% stay.

    A model that met nothing but [MASK] would learn nothing about the words that it will read later;
    one in five is therefore shown a word, and cannot know whether it is the right one.

    Args:
        input_ids: (B, T).
        maskable: (B, T) bool: True for words, False for [CLS], [SEP] and padding.
        generator: draws the positions and their replacements.
        mask_id: the id of [MASK].
        words: any word is an id from 0 to words - 1.
        share: how many of a row's words are chosen, rounded; at least one.

    Returns:
        The corrupted input_ids (B, T) and the labels (B, T): the word at chosen positions, else IGNORE_INDEX.

    Raises:
        ValueError: a share outside (0, 1], or a row without words.

    Source: Devlin et al. 2019, "BERT", section 3.1 and appendix A.1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; choose more than 0 and at most 1 of the words, such as 0.15")
    if not maskable.any(dim=1).all():
        row = (~maskable.any(dim=1)).nonzero()[0].item()
        raise ValueError(f"row {row} has no word to take out; leave it out of the batch")
    wanted = (maskable.sum(dim=1) * share).round().clamp(min=1)                      # (B)
    order = torch.rand(input_ids.shape, generator=generator).masked_fill(~maskable, 2)  # the others come last
    chosen = order.argsort(dim=1).argsort(dim=1) < wanted[:, None]                   # (B, T)
    fate = torch.rand(input_ids.shape, generator=generator)
    any_word = torch.randint(words, input_ids.shape, generator=generator)
    corrupted = torch.where(chosen & (fate < 0.8), mask_id, input_ids)
    corrupted = torch.where(chosen & (fate >= 0.9), any_word, corrupted)
    return corrupted, torch.where(chosen, input_ids, IGNORE_INDEX)


def sentence_pairs(
    corpus: Corpus, generator: torch.Generator, rows: int, half: int, *, class_id: int, end_id: int,
) -> dict[str, Tensor]:
    """BERT's pairs: [CLS] first [SEP] second [SEP], the second being what follows, or something else.

    A sentence is here what it is in the paper: any stretch of text, `half` tokens long.

    Args:
        corpus: the text.
        generator: draws the stretches, and which of the second ones follow: half of them.
        rows: B.
        half: tokens of each stretch; T is 2 half + 3.
        class_id: the id of [CLS].
        end_id: the id of [SEP].

    Returns:
        input_ids and token_types (B, T), from_elsewhere (B), and maskable (B, T) for mask_tokens.

    Source: Devlin et al. 2019, "BERT", section 3.1, task 2.
    """
    stretch = corpus.rows(generator, rows, 2 * half)                    # (B, 2 half)
    first, following = stretch.split(half, dim=1)
    from_elsewhere = torch.randint(2, (rows,), generator=generator)
    second = torch.where(from_elsewhere[:, None] == 1, corpus.rows(generator, rows, half), following)
    start, end = (torch.full((rows, 1), number) for number in (class_id, end_id))
    input_ids = torch.cat([start, first, end, second, end], dim=1)      # (B, T)
    token_types = (torch.arange(input_ids.shape[1]) > half + 1).long()  # the first [SEP] belongs to the first
    maskable = torch.ones_like(input_ids, dtype=torch.bool)
    maskable[:, [0, half + 1, -1]] = False
    return {"input_ids": input_ids, "token_types": token_types.expand(rows, -1),
            "from_elsewhere": from_elsewhere, "maskable": maskable}


@dataclass(frozen=True, kw_only=True)
class SpanCorruption:
    """T5's corruption: whole spans are taken out; the target is the spans, each after its sentinel.

        text    Thank you for inviting me to your party last week
        source  Thank you <0> me to your party <1> week
        target  <0> for inviting <1> last <2>

    Every text of one length gives sources of one length and targets of one length.

    Raises:
        ValueError: shares or lengths that take out nothing or everything, or too few sentinels.

    Source: Raffel et al. 2020, "T5", section 3.1.4 and figure 2.
    """

    length: int  # tokens of a text
    first_sentinel: int  # sentinel s has the id first_sentinel + s
    sentinels: int = 100  # how many there are; the last one used closes the target
    share: float = 0.15  # of the tokens that are taken out, rounded; at least one
    mean_span: float = 3.0  # tokens of a span

    def __post_init__(self):
        if self.length < 2:
            raise ValueError(f"a text of {self.length} tokens cannot keep one and lose one; use 2 or more")
        if not 0 < self.share < 1:
            raise ValueError(f"share is {self.share}; take out more than 0 and less than 1, such as 0.15")
        if self.mean_span < 1:
            raise ValueError(f"mean_span is {self.mean_span}; a span has at least 1 token")
        if self.spans + 1 > self.sentinels:
            raise ValueError(f"{self.spans} spans and the end need {self.spans + 1} sentinels, and there are "
                             f"{self.sentinels}; use shorter texts or longer spans")

    @property
    def taken(self) -> int:
        """How many tokens a text loses."""
        return min(max(round(self.length * self.share), 1), self.length - 1)

    @property
    def spans(self) -> int:
        """In how many spans; each has a token before it that stays."""
        return min(max(round(self.taken / self.mean_span), 1), self.taken, self.length - self.taken)

    def draw(self, generator: torch.Generator) -> Tensor:
        """(T) bool, True where a token is taken out: kept and taken stretches in turns, kept first."""
        kept = _cut(self.length - self.taken, self.spans, generator)
        taken = _cut(self.taken, self.spans, generator)
        lengths = torch.stack([kept, taken], dim=1).flatten()           # kept, taken, kept, taken, ...
        return (torch.arange(2 * self.spans) % 2 == 1).repeat_interleave(lengths)

    def corrupt(self, text: Tensor, taken: Tensor) -> tuple[Tensor, Tensor]:
        """A text (T) and what is taken out of it (T) bool -> source and target."""
        starts = taken & ~taken.roll(1)                                 # (T), the first token never is one
        sentinel = self.first_sentinel + starts.cumsum(0) - 1           # (T), each span's own
        source = torch.where(starts, sentinel, text)[~taken | starts]
        pairs = torch.stack([sentinel, text], dim=1)                    # (T, 2): a sentinel before each token
        target = pairs[torch.stack([starts, taken], dim=1)]
        end = torch.tensor([self.first_sentinel + int(starts.sum())])
        return source, torch.cat([target, end])

    def batch(self, texts: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """(B, T) -> sources (B, T - taken + spans) and targets (B, taken + spans + 1)."""
        rows = [self.corrupt(text, self.draw(generator)) for text in texts]
        sources, targets = zip(*rows, strict=True)
        return torch.stack(sources), torch.stack(targets)


def _cut(total: int, parts: int, generator: torch.Generator) -> Tensor:
    """(parts) lengths of at least 1 that add up to the total, every such cut equally likely."""
    places = torch.randperm(total - 1, generator=generator)[: parts - 1] + 1
    edges = torch.cat([torch.tensor([0]), places.sort().values, torch.tensor([total])])
    return edges.diff()
