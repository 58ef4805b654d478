"""The error of a run whose loss is not finite: the step, the likely causes, and the last checkpoint."""

import math
from pathlib import Path

import torch

from transformer_core.training.settings import Settings
from transformer_core.training.task import Batch

LOOK_BACK = 10  # steps that the message describes
RISE = 10.0  # a gradient norm that grew by this factor has diverged
HIGH = 0.01  # above this, few Transformers train


class TrainingStopped(ArithmeticError):
    """A loss or a gradient is not finite; the weights are those of the step before."""

    def __init__(self, message: str, *, step: int, checkpoint: Path | None):
        super().__init__(message)
        self.step, self.checkpoint = step, checkpoint


def stopped(
    step: int, loss: float, norm: float, *, settings: Settings, rate: float, batch: Batch,
    losses: list[float], gradient_norms: list[float], checkpoint: Path | None,
) -> TrainingStopped:
    """The error to raise, with the likely causes, the likeliest first.

    Args:
        step: from 0.
        loss: of the step.
        norm: its gradient's.
        settings: the run's.
        rate: the step's learning rate.
        batch: its rows.
        losses: those before it.
        gradient_norms: those before it.
        checkpoint: the last good file, if the run saves any.
    """
    what = f"the gradient norm is {norm}" if math.isfinite(loss) else f"the loss is {loss}"
    causes = _causes(step, settings, rate, batch, losses, gradient_norms)
    kept = ("the run kept none: give it a folder" if checkpoint is None
            else f"{checkpoint}, and nothing was written over it")
    said = [f"step {step}: {what}; the weights were left as they were.", "Likely causes, the likeliest first:"]
    said += [f"  {number}. {cause}" for number, cause in enumerate(causes, start=1)]
    said += [f"Last good checkpoint: {kept}."]
    return TrainingStopped("\n".join(said), step=step, checkpoint=checkpoint)


def _causes(
    step: int, settings: Settings, rate: float, batch: Batch, losses: list[float], gradient_norms: list[float],
) -> list[str]:
    data = [name for name, rows in batch.items() if rows.is_floating_point() and not torch.isfinite(rows).all()]
    if data:
        return [f"bad data: {' and '.join(data)} of this step's batch holds a number that is not finite"]
    causes = []
    if step:  # before the first update, neither the learning rate nor its warm-up has done anything
        causes.append(f"the learning rate, {rate:.2g} in this step{' (high)' if rate >= HIGH else ''}: "
                      f"{_history(gradient_norms, losses)}. Try a third of it")
        if settings.warmup == 0:
            causes.append("no warm-up: the first steps were as large as any. Try warmup 100 or more")
        elif step < 2 * settings.warmup:
            causes.append(f"too short a warm-up: it is {settings.warmup} steps. Try a longer one")
        if settings.clip is None:
            causes.append("no clipping: one odd batch can throw the weights far. Try clip 1.0")
    if settings.precision != "float32":
        causes.append(f"precision: {settings.precision} keeps few digits. Try float32")
    causes.append("bad data: a row that divides by zero or takes the logarithm of 0, or one with nothing to "
                  "learn from" if step else
                  "bad data, or a model or an objective that divides by zero: no weight was changed yet")
    return causes


def _history(gradient_norms: list[float], losses: list[float]) -> str:
    """How gradients and losses changed over the last steps."""
    recent = gradient_norms[-LOOK_BACK:]
    count = f"the last {len(recent)} steps" if len(recent) > 1 else "the step before"
    calm = min(recent)
    if recent[-1] > RISE * calm:
        return f"over {count} the gradient norm rose from {calm:.3g} to {recent[-1]:.3g}"
    if losses[-1] > 2 * min(losses):
        return f"the loss rose from {min(losses):.3g} to {losses[-1]:.3g}"
    return f"though over {count} the gradient norm stayed between {calm:.3g} and {max(recent):.3g}"
