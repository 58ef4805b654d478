"""How large a step to take, and when: the learning rate as a function of the step alone."""

import math

from transformer_core.training.settings import Settings


def learning_rate(step: int, settings: Settings, d_model: int | None = None) -> float:
    """The learning rate of a step by the settings' schedule.

    Args:
        step: from 0: how many steps were done before it.
        settings: schedule, learning_rate, warmup and steps are read.
        d_model: D, which the paper's schedule alone asks for.

    Raises:
        ValueError: the paper's schedule without d_model.
    """
    if settings.schedule == "paper":
        if d_model is None:
            raise ValueError("schedule 'paper' depends on d_model; give it, or take schedule 'cosine'")
        return settings.learning_rate * paper(step, d_model=d_model, warmup=settings.warmup)
    if settings.schedule == "cosine":
        return settings.learning_rate * cosine(step, steps=settings.steps, warmup=settings.warmup)
    return settings.learning_rate * constant(step, warmup=settings.warmup)


def constant(step: int, *, warmup: int) -> float:
    """Rise in a straight line for `warmup` steps, then stay at 1.

    Early on Adam knows little of how large gradients are, and a post-norm model's are largest
    near its output: small steps keep both from doing harm.
    """
    return step / warmup if step < warmup else 1.0


def cosine(step: int, *, steps: int, warmup: int) -> float:
    r"""Rise in a straight line to 1, then fall along half a cosine to 0.

    $$\tfrac{1}{2}\left(1 + \cos\left(\pi\,\frac{s - w}{S - w}\right)\right)$$

    Source: Loshchilov and Hutter 2017, "SGDR", with one period; the warm-up is Goyal et al.'s, 2017.
    """
    if step < warmup:
        return step / warmup
    share = (step - warmup) / max(steps - warmup, 1)  # of the way down
    return 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


def paper(step: int, *, d_model: int, warmup: int) -> float:
    r"""Rise in a straight line, then fall as one over the root of the step; wider models, smaller steps.

    $$d_{\mathrm{model}}^{-1/2} \cdot \min\left(n^{-1/2},\; n \cdot w^{-3/2}\right), \qquad n = s + 1$$

    Source: Vaswani et al. 2017, equation 3; it counts steps from 1.
    """
    n = step + 1
    return d_model ** -0.5 * min(n ** -0.5, n * max(warmup, 1) ** -1.5)
