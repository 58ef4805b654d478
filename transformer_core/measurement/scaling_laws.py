"""Scaling laws: how the loss falls with parameters and tokens, and how best to spend compute on both.

    fit = fit_law(runs)                    # E, A, B, alpha, beta from a sweep of small runs
    fit.loss(70e9, 1.4e12)                 # its prediction for a large model
    fit.best(5.76e23)                      # parameters and tokens for a budget of FLOPs

A published fit holds for its own data, tokenizer and architecture: its loss is in nats per
token of those. How N and D should grow together carries over better than the loss itself.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

TOKENS_PER_PARAMETER = 20  # Chinchilla's own ratio, 1.4e12 / 70e9: the rule of thumb
FLOPS_PER_PARAMETER_AND_TOKEN = 6  # 2 forward, 4 backward; Kaplan et al. 2020, section 2.1


@dataclass(frozen=True)
class ScalingLaw:
    r"""The loss of a model of N parameters that has read D tokens.

    $$L(N, D) = E + \frac{A}{N^\alpha} + \frac{B}{D^\beta}$$

    E is the loss that no model can avoid: the text's own entropy. The second term is the price of few
    parameters, the third of few tokens.

    Source: Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", equation 2.
    """

    e: float  # E, in nats per token
    a: float  # A
    b: float  # B
    alpha: float
    beta: float

    def __post_init__(self):
        for name in ("a", "b", "alpha", "beta"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; a law in which the loss falls needs it above 0")

    def loss(self, parameters: float, tokens: float) -> float:
        """L(N, D), in nats per token.

        Raises:
            ValueError: one of them is not above 0.
        """
        check_amount("parameters", parameters)
        check_amount("tokens", tokens)
        return self.e + self.a / parameters ** self.alpha + self.b / tokens ** self.beta

    def best(self, flops: float) -> tuple[float, float]:
        r"""The parameters and tokens that give the lowest loss for C = 6 N D.

        $$N = G\left(\frac{C}{6}\right)^{\frac{\beta}{\alpha+\beta}}, \quad
        D = \frac1G\left(\frac{C}{6}\right)^{\frac{\alpha}{\alpha+\beta}}, \quad
        G = \left(\frac{\alpha A}{\beta B}\right)^{\frac{1}{\alpha+\beta}}$$

        At this point parameters and tokens gain equally from more compute.

        Raises:
            ValueError: no budget.

        Source: Hoffmann et al. 2022, equation 4.
        """
        check_amount("flops", flops)
        product = flops / FLOPS_PER_PARAMETER_AND_TOKEN                       # N D
        both = self.alpha + self.beta
        g = (self.alpha * self.a / (self.beta * self.b)) ** (1 / both)
        parameters = g * product ** (self.beta / both)
        return parameters, product / parameters

    def best_tokens(self, parameters: float) -> float:
        r"""The tokens for which this many parameters are the best: $\alpha A / N^\alpha = \beta B / D^\beta$."""
        check_amount("parameters", parameters)
        return (self.beta * self.b * parameters ** self.alpha / (self.alpha * self.a)) ** (1 / self.beta)

    def best_parameters(self, tokens: float) -> float:
        """The parameters for which this many tokens are the best."""
        check_amount("tokens", tokens)
        return (self.alpha * self.a * tokens ** self.beta / (self.beta * self.b)) ** (1 / self.alpha)


# Each name: whose, the constants, and where they are printed.
PUBLISHED = {
    "hoffmann": (ScalingLaw(e=1.69, a=406.4, b=410.7, alpha=0.34, beta=0.28),
                 "Hoffmann et al. 2022, arXiv:2203.15556, approach 3, as printed"),
    "besiroglu": (ScalingLaw(e=1.8172, a=482.01, b=2085.43, alpha=0.3478, beta=0.3658),
                  "Besiroglu et al. 2024, arXiv:2404.10102: the same runs, fitted again"),
}


@dataclass(frozen=True)
class Run:
    """One training run of a sweep."""

    parameters: float  # N
    tokens: float  # D, how many were read, repeats included
    loss: float  # at the end, in nats per token


@dataclass(frozen=True)
class Fit:
    """A law, and how well it fits its runs."""

    law: ScalingLaw
    objective: float  # the sum of Huber losses that was minimised
    typical_error: float  # root mean square of log(predicted / measured): 0.01 is 1 percent
    runs: int


def training_flops(parameters: float, tokens: float) -> float:
    """C = 6 N D, what training takes, without what attention adds for long texts.

    Raises:
        ValueError: one of them is not above 0.

    Source: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", section 2.1.
    """
    check_amount("parameters", parameters)
    check_amount("tokens", tokens)
    return FLOPS_PER_PARAMETER_AND_TOKEN * parameters * tokens


def fit_law(runs: Sequence[Run], *, delta: float = 1e-3) -> Fit:
    r"""Find the law that runs of several sizes and lengths follow, by the paper's own method.

    $$\min_{a, b, e, \alpha, \beta} \sum_i \operatorname{Huber}_\delta\bigl(
    \operatorname{LSE}(a - \alpha\log N_i,\ b - \beta\log D_i,\ e) - \log L_i\bigr),
    \quad A = e^a,\ B = e^b,\ E = e^e$$

    Logarithms keep A, B and E above 0 and give equal weight to a percent at any loss; Huber's
    loss gives less weight to a run that went wrong. The valley is long and flat, so the minimisation has
    several starts: of the paper's grid of 4,500, for each pair of exponents the lowest one (the lowest of
    all would be alike, and may all be where the slope is 0). All go a short way down, the three that are
    then lowest go to the end, and the lowest end is taken.

    Args:
        runs: at least 6, of at least 3 sizes and 3 token counts.
        delta: the log loss from which a run counts as an outlier.

    Raises:
        ValueError: too few runs or too alike, impossible numbers, or losses that do not fall.

    Source: Hoffmann et al. 2022, section 3.3.
    """
    import torch

    _check_runs(runs)
    if not delta > 0:
        raise ValueError(f"delta is {delta}; give a number above 0, such as 1e-3")
    log_n, log_d, log_loss = (torch.tensor([math.log(getattr(run, name)) for run in runs], dtype=torch.float64)
                              for name in ("parameters", "tokens", "loss"))

    def predicted(point):
        """(..., 5) -> (..., runs): log losses; a, b, e, alpha, beta along the last axis."""
        a, b, e, alpha, beta = point[..., None].unbind(dim=-2)               # each (..., 1)
        terms = torch.broadcast_tensors(a - alpha * log_n, b - beta * log_d, e)
        return torch.logsumexp(torch.stack(terms), dim=0)

    def distance(point):
        """(..., 5) -> (...): Huber's loss, summed over the runs."""
        return torch.nn.functional.huber_loss(
            predicted(point), log_loss.expand(*point.shape[:-1], -1), delta=delta, reduction="none").sum(dim=-1)

    heights, exponents = (0, 5, 10, 15, 20, 25), (0, 0.5, 1, 1.5, 2)
    points = []
    for alpha, beta in itertools.product(exponents, exponents):
        grid = torch.tensor([(a, b, e, alpha, beta) for a, b, e in itertools.product(
            heights, heights, (-1, -0.5, 0, 0.5, 1))], dtype=torch.float64)  # (180, 5)
        points.append(_descend(distance, grid[distance(grid).argmin()], steps=40))
    points.sort(key=lambda point: distance(point).item())
    ends = [_descend(distance, point, steps=400) for point in points[:3]]
    point = min(ends, key=lambda end: distance(end).item())
    a, b, e, alpha, beta = point.tolist()
    if min(alpha, beta) <= 1e-6:
        raise ValueError(f"the losses do not fall with {'parameters' if alpha <= beta else 'tokens'}, so no law of "
                         "this form fits; train each run to its end, with a learning rate that suits its size")
    error = (predicted(point) - log_loss).square().mean().sqrt().item()
    return Fit(ScalingLaw(math.exp(e), math.exp(a), math.exp(b), alpha, beta), distance(point).item(), error, len(runs))


def check_amount(name: str, amount: float) -> None:
    """Refuse an amount that is not above 0 and finite.

    Raises:
        ValueError: it is 0, negative, infinite or NaN.
    """
    if not (0 < amount < math.inf):
        raise ValueError(f"{name} is {amount}; give a finite number above 0")


def _descend(distance, start, *, steps: int):
    """The point that LBFGS reaches from here in so many steps; a start that diverges is returned unchanged."""
    import torch

    point = start.clone().requires_grad_()
    optimiser = torch.optim.LBFGS(
        [point], max_iter=steps, history_size=20, tolerance_grad=1e-12, tolerance_change=1e-14, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = distance(point)
        loss.backward()
        return loss

    optimiser.step(closure)
    end = point.detach()
    return end if end.isfinite().all() else start


def _check_runs(runs: Sequence[Run]) -> None:
    for number, run in enumerate(runs):
        for name in ("parameters", "tokens", "loss"):
            check_amount(f"run {number}: {name}", getattr(run, name))
    sizes, counts = ({getattr(run, name) for run in runs} for name in ("parameters", "tokens"))
    if len(runs) < 6 or len(sizes) < 3 or len(counts) < 3:
        raise ValueError(f"{len(runs)} runs of {len(sizes)} sizes and {len(counts)} token counts cannot settle five "
                         "constants; give at least 6 runs, of 3 sizes and 3 token counts")
