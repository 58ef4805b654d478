"""Choosing the next token: the likeliest one, or a random one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

# (logits (B, V), a name for each row's draw) -> tokens (B): greedy, a Sampler, and others like them.
Choose = Callable[[Tensor, Sequence[str]], Tensor]


def with_temperature(logits: Tensor, temperature: float) -> Tensor:
    r"""Sharpen a distribution (below 1) or flatten it (above 1): $p_i \propto e^{z_i / T}$.

    Args:
        logits: (..., V), the scores z.
        temperature: T, above 0; towards 0 the likeliest token takes all.

    Source: Ackley et al. 1985, "A Learning Algorithm for Boltzmann Machines".
    """
    return logits / temperature


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """(..., V) -> the same, -inf for all but the k highest; those equal to the last of them stay too.

    Source: Fan et al. 2018, "Hierarchical Neural Story Generation".
    """
    highest = logits.topk(min(k, logits.shape[-1])).values  # (..., k)
    return logits.masked_fill(logits < highest[..., -1:], -torch.inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """(..., V) -> the same, -inf for all but the likeliest tokens that together reach p.

    A confident model keeps few tokens and an unsure one many, where top-k always keeps k. The
    likeliest always stays. Of equally likely tokens at the edge, those with higher ids stay.

    Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration".
    """
    ordered, ids = logits.sort(dim=-1, stable=True)       # (..., V), the least likely first
    up_to = torch.softmax(ordered, dim=-1).cumsum(dim=-1)  # each one's share and all below it
    out = up_to <= 1 - p
    out[..., -1] = False
    return logits.masked_fill(out.scatter(-1, ids, out), -torch.inf)


def greedy(logits: Tensor, draws: Sequence[str] = ()) -> Tensor:
    """(B, V) -> (B): each row's likeliest token, the first of several; nothing is drawn."""
    return logits.argmax(dim=-1)


@dataclass(frozen=True)
class Sampler:
    """Draw each token with the probability that the model gives it; called like greedy.

    Every draw has a name, and its random number depends only on that name and the seed: a text is
    the same whatever else is in the batch, with a cache or without, on any device.

    Args:
        temperature: above 0; see with_temperature.
        top_k: 1 or more; see keep_top_k. None keeps all.
        top_p: above 0, up to 1; see keep_top_p. None keeps all.
        seed: another seed, another text.

    Raises:
        ValueError: a number outside its range; the message has it and the cure.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0

    def __post_init__(self):
        # What float32 would round to 0 divides by it; nan fails every comparison.
        if not torch.finfo(torch.float32).tiny <= self.temperature < float("inf"):
            raise ValueError(f"temperature {self.temperature} does not scale logits; use a finite number "
                             "above 0, or `greedy` to always take the likeliest token")
        if self.top_k is not None and (not isinstance(self.top_k, int) or self.top_k < 1):
            raise ValueError(f"top_k {self.top_k} keeps no token; use a whole number from 1, or None to keep all")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(f"top_p {self.top_p} is no share of the probability; use a number above 0 "
                             "and up to 1, or None to keep all tokens")

    def probabilities(self, logits: Tensor) -> Tensor:
        """(..., V) -> the same, what is drawn from; in float32 at least."""
        logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
        # The highest becomes 0: a tiny temperature then makes the others -inf, and none NaN.
        logits = with_temperature(logits - logits.amax(dim=-1, keepdim=True), self.temperature)
        if self.top_k is not None:
            logits = keep_top_k(logits, self.top_k)
        if self.top_p is not None:
            logits = keep_top_p(logits, self.top_p)
        return torch.softmax(logits, dim=-1)

    def __call__(self, logits: Tensor, draws: Sequence[str]) -> Tensor:
        """Draw a token for each row.

        Args:
            logits: (B, V).
            draws: B names; equal names get equal random numbers.

        Returns:
            (B) token ids.
        """
        uniform = [random.Random(f"{self.seed} {name}").random() for name in draws]  # from 0 to below 1
        # Inverse of the cumulative distribution. On the CPU, in float64: a probability of 1e-10 must
        # not be lost, and not every device has float64.
        ends = self.probabilities(logits).cpu().double().cumsum(dim=-1)  # (B, V)
        point = torch.tensor(uniform, dtype=torch.float64)[:, None] * ends[:, -1:]  # (B, 1)
        return torch.searchsorted(ends, point, right=True)[:, 0].to(logits.device)
