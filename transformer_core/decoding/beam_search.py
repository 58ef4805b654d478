"""Beam search: keep several hypotheses of a text, since the best text need not start with the likeliest token."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.decoding.state import check_request, start_decoding


@dataclass(frozen=True)
class Beam:
    """A finished text."""

    tokens: list[int]  # the new ones, with the stop token that ended it
    score: float  # its log-probability over (how many tokens) ** length_penalty; higher is better


@torch.inference_mode()
def beam_search(
    model: nn.Module, prompts: Sequence[list[int]], *, num_beams: int, max_new_tokens: int,
    stop_ids: Collection[int] = (), length_penalty: float = 1.0, early_stopping: bool | str = False,
    start_id: int | None = None, use_cache: bool = True,
) -> list[list[Beam]]:
    r"""Find likely texts without trying them all.

    At each step every hypothesis is continued by every token, and the best num_beams of
    these are kept. A text that reaches a stop token, or the last step, gets its score:

    $$\frac{1}{n^{\alpha}} \sum_{t=1}^{n} \ln p(x_t \mid x_1, \dots, x_{t-1})$$

    With one beam it is greedy decoding, unless early_stopping is "never". With as many beams
    as there are texts it finds the likeliest of all.

    Args:
        model: as generate's.
        prompts: as generate's; each has a search of its own.
        num_beams: how many hypotheses, and how many finished texts, are kept.
        max_new_tokens: the length at which a text ends without a stop token.
        stop_ids: tokens that end a text, each alone.
        length_penalty: alpha. A sum of logarithms falls with every token, so 0 favours short
            texts; 1 is the mean per token; more favours long ones.
        early_stopping: when the search of a prompt with num_beams finished texts ends. True: at
            once. False: when the best hypothesis, if it ended now, would score less than
            all of them. "never": only when no hypothesis can still score more.
        start_id: as generate's.
        use_cache: as generate's.

    Returns:
        For each prompt its finished texts, the best first, num_beams unless there are fewer.

    Raises:
        ValueError: as generate's, or num_beams or early_stopping is not allowed.

    Source: Wu et al. 2016, "Google's Neural Machine Translation System", section 7, for the
    penalty's purpose; its form and the stopping rules are those of the transformers library.
    """
    check_request(model, prompts, max_new_tokens=max_new_tokens, stop_ids=stop_ids, start_id=start_id)
    if num_beams < 1:
        raise ValueError(f"num_beams is {num_beams}; search with at least 1")
    if early_stopping not in (True, False, "never"):
        raise ValueError(f"early_stopping is {early_stopping!r}; use True, False or 'never'")
    searches = [_Search(num_beams, max_new_tokens, set(stop_ids), length_penalty, early_stopping) for _ in prompts]
    state = start_decoding(model, prompts, room=max_new_tokens, use_cache=use_cache, start_id=start_id)
    going = searches
    while going:
        scores = state.next_logits()  # (rows, V), the hypotheses prompt by prompt
        rows, first = [], 0
        for search, own in zip(going, scores.split([len(search.texts) for search in going]), strict=True):
            rows += [first + parent for parent in search.advance(own)]
            first += len(own)
        going = [search for search in going if search.texts]
        if going:
            state.select(rows)
            state.append(torch.tensor([text[-1] for search in going for text in search.texts]).to(scores.device))
    return [search.finished for search in searches]


class _Search:
    """One prompt's hypotheses and finished texts; arguments as beam_search's."""

    def __init__(
        self, num_beams: int, max_new_tokens: int, stop_ids: set[int],
        length_penalty: float, early_stopping: bool | str,
    ):
        self.num_beams, self.max_new_tokens, self.stop_ids = num_beams, max_new_tokens, stop_ids
        self.length_penalty, self.early_stopping = length_penalty, early_stopping
        self.texts: list[list[int]] = [[]]  # the hypotheses' new tokens, best hypothesis first; none: the search is over
        self.sums = [0.0]  # each hypothesis's log-probability
        self.finished: list[Beam] = []  # best first

    def advance(self, scores: Tensor) -> list[int]:
        """Continue the hypotheses by one token.

        Args:
            scores: (hypotheses, V), logits.

        Returns:
            For each new hypothesis, the row of the old one that it continues.
        """
        texts, sums, parents = [], [], []
        for rank, (total, parent, token) in enumerate(self._candidates(scores)):
            text = [*self.texts[parent], token]
            if token in self.stop_ids or len(text) == self.max_new_tokens:
                if rank < self.num_beams:  # the others are only spare
                    self.finished.append(Beam(text, total / len(text) ** self.length_penalty))
            elif len(texts) < self.num_beams:
                texts.append(text)
                sums.append(total)
                parents.append(parent)
        self.texts, self.sums = texts, sums
        self.finished = sorted(self.finished, key=lambda beam: -beam.score)[: self.num_beams]
        if self._is_over():
            self.texts, self.sums, parents = [], [], []
        return parents

    def _candidates(self, scores: Tensor) -> list[tuple[float, int, int]]:
        """The best continuations as (log-probability, row, token): enough to keep num_beams even if others stop."""
        scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
        sums = torch.tensor(self.sums, dtype=scores.dtype, device=scores.device)
        totals = functional.log_softmax(scores, dim=-1) + sums[:, None]  # (hypotheses, V)
        wanted = self.num_beams * (1 + len(self.stop_ids))
        best = totals.flatten().topk(min(wanted, totals.numel()))
        return [
            (total, *divmod(place, scores.shape[-1]))
            for total, place in zip(best.values.tolist(), best.indices.tolist(), strict=True)
            if total > -torch.inf  # never a token that the model excludes
        ]

    def _is_over(self) -> bool:
        """Whether no hypothesis can still be among the best."""
        if not self.texts or len(self.finished) < self.num_beams:
            return not self.texts
        if self.early_stopping is True:
            return True
        longest = self.early_stopping == "never" and self.length_penalty > 0
        length = self.max_new_tokens if longest else len(self.texts[0])
        return self.sums[0] / length**self.length_penalty <= self.finished[-1].score
