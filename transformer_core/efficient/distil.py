"""Distillation: a small model learns from a large one's probabilities, not from the labels alone.

A teacher that gives "for" 90% and "against" 10% tells more than the label "for" does. The
temperature makes its small shares larger, so that there is more of that to learn from.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.training.objectives import IGNORE_INDEX
from transformer_core.training.task import Batch, Objective


def soft_loss(student: Tensor, teacher: Tensor, *, temperature: float = 2.0) -> Tensor:
    r"""How far the student's shares are from the teacher's, in nats, for each place.

    $$T^2 \sum_i p_i \log\frac{p_i}{q_i}, \qquad p = \operatorname{softmax}(z^{teacher} / T),
    \quad q = \operatorname{softmax}(z^{student} / T)$$

    A higher T makes gradients smaller by its square; the factor brings them back, so that the
    balance with the hard loss stays when T is changed.

    Args:
        student: (..., V), logits.
        teacher: (..., V), logits.
        temperature: T; 1 leaves the shares as they are.

    Returns:
        (...), 0 where both agree.

    Source: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", section 2.
    """
    p, q = (functional.log_softmax(_wide(logits) / temperature, dim=-1) for logits in (teacher, student))
    return temperature ** 2 * functional.kl_div(q, p, reduction="none", log_target=True).sum(dim=-1)


def distillation(
    teacher: nn.Module, objective: Objective, *, temperature: float = 2.0, soft_share: float = 0.5,
) -> Objective:
    """An objective of two parts: the task's own loss, and soft_loss against a teacher.

    The teacher gets the same inputs as the student, in eval mode and without gradients.

    Args:
        teacher: takes what the student takes and gives logits of the same shape.
        objective: the task's own, such as objectives.classification; its model gives logits (..., V).
            Places whose batch["labels"] are IGNORE_INDEX are left out.
        temperature: as soft_loss has it.
        soft_share: between 0, the task's own loss alone, and 1, the teacher's alone.

    Returns:
        (model, batch) -> (sum of losses, count), the count being the task's own.

    Raises:
        ValueError: an impossible temperature or share; when called, logits that do not fit.

    Source: Hinton et al. 2015.
    """
    if temperature <= 0:
        raise ValueError(f"temperature {temperature} divides no logits; give a number above 0, such as 2")
    if not 0 <= soft_share <= 1:
        raise ValueError(f"soft_share {soft_share} is no share; give a number from 0 to 1")

    def both(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        pairs = []

        def ask(*args, **named):
            student = model(*args, **named)
            pairs.append((student, _teacher_logits(teacher, *args, **named)))
            return student

        hard, count = objective(ask, batch)
        soft = sum(_soft_sum(student, opinion, batch.get("labels"), temperature) for student, opinion in pairs)
        return (1 - soft_share) * hard + soft_share * soft, count

    return both


@torch.no_grad()
def _teacher_logits(teacher: nn.Module, *args, **named) -> Tensor:
    return teacher.eval()(*args, **named)


def _soft_sum(student: Tensor, teacher: Tensor, labels: Tensor | None, temperature: float) -> Tensor:
    if not (isinstance(student, Tensor) and isinstance(teacher, Tensor)):
        raise ValueError("distillation reads logits (..., V), and a model here gives "
                         f"{type(student).__name__} and its teacher {type(teacher).__name__}; use models of one head")
    if student.shape != teacher.shape:
        raise ValueError(f"the student's logits {tuple(student.shape)} and the teacher's {tuple(teacher.shape)} "
                         "differ; both must choose among the same answers")
    losses = soft_loss(student, teacher, temperature=temperature)  # (...)
    if labels is not None and labels.shape == losses.shape:
        losses = losses.masked_fill(labels == IGNORE_INDEX, 0)
    return losses.sum()


def _wide(logits: Tensor) -> Tensor:
    """In float32 at least, as the hard loss is."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
