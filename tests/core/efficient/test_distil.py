"""distil.py: the soft loss by hand, both ends of the share, and the gradient that Hinton derives."""

import math

import pytest
import torch
from torch import nn

from transformer_core.efficient.distil import distillation, soft_loss
from transformer_core.training.objectives import IGNORE_INDEX, causal_lm, classification, total_loss


def test_the_soft_loss_worked_by_hand():
    # Teacher: shares 3/4 and 1/4. Student: 1/2 and 1/2. At temperature 1: 3/4 ln(3/2) + 1/4 ln(1/2).
    teacher, student = torch.tensor([math.log(3.0), 0.0]), torch.zeros(2)
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert soft_loss(student, teacher, temperature=1).item() == pytest.approx(expected)
    # At 2 the logits are halved, shares are as root 3 to 1, and the square brings 4.
    p = math.sqrt(3) / (1 + math.sqrt(3))
    expected = 4 * (p * math.log(2 * p) + (1 - p) * math.log(2 * (1 - p)))
    assert soft_loss(student, teacher, temperature=2).item() == pytest.approx(expected)


def test_who_agrees_loses_nothing_and_all_others_something():
    logits = torch.randn(5, 7, dtype=torch.float64)
    assert soft_loss(logits + 3, logits).abs().max() < 1e-10  # a shift of all logits changes no share
    assert (soft_loss(torch.randn(5, 7).double(), logits) > 0).all()


def test_at_high_temperature_its_gradient_is_that_of_matching_logits():
    # Hinton et al., equation 4: (z - v) / N, once the square is there and the logits have mean 0.
    z, v = (x - x.mean() for x in torch.randn(2, 5, dtype=torch.float64))
    z.requires_grad_()
    soft_loss(z, v, temperature=1e4).backward()
    torch.testing.assert_close(z.grad, (z - v).detach() / 5, atol=1e-3, rtol=0)


class Pooled(nn.Module):
    """A classifier of bags of words."""

    def __init__(self, classes=3):
        super().__init__()
        self.words = nn.EmbeddingBag(11, classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, input_ids, attention_mask=None):
        return self.dropout(self.words(input_ids))


def rows():
    return {
        "input_ids": torch.randint(11, (6, 5)),
        "labels": torch.tensor([0, 1, 2, IGNORE_INDEX, 0, IGNORE_INDEX]),
    }


def test_a_share_of_0_is_the_task_and_of_1_the_teacher():
    student, teacher, batch = Pooled().eval(), Pooled(), rows()
    hard, count = classification(student, batch)
    none, same = distillation(teacher, classification, soft_share=0)(student, batch)
    assert torch.equal(none, hard) and same == count == 4
    whole, _ = distillation(teacher, classification, soft_share=1, temperature=3)(student, batch)
    asked = batch["labels"] != IGNORE_INDEX
    expected = soft_loss(student(batch["input_ids"]), teacher(batch["input_ids"]), temperature=3)[asked].sum()
    torch.testing.assert_close(whole, expected)
    half, _ = distillation(teacher, classification, soft_share=0.5, temperature=3)(student, batch)
    torch.testing.assert_close(half, (hard + expected) / 2)


def test_portions_add_up_to_the_whole():
    student, batch = Pooled().eval(), rows()
    objective = distillation(Pooled(), classification)
    whole, count = objective(student, batch)
    parts = [
        objective(student, {name: x[half] for name, x in batch.items()}) for half in (slice(2), slice(2, 6))
    ]
    torch.testing.assert_close(sum(loss for loss, _ in parts), whole)
    assert sum(asked for _, asked in parts) == count


def test_the_teacher_is_asked_calmly_and_learns_nothing():
    student, teacher, batch = Pooled(), Pooled().train(), rows()
    loss, _ = distillation(teacher, classification)(student, batch)
    loss.backward()
    assert not teacher.training and all(parameter.grad is None for parameter in teacher.parameters())
    assert student.training and student.words.weight.grad.abs().sum() > 0


def test_it_reads_every_place_of_a_text():
    student, teacher = (nn.Embedding(11, 11) for _ in range(2))
    batch = {"input_ids": torch.randint(11, (2, 8))}
    loss, count = distillation(teacher, causal_lm, soft_share=1)(student, batch)
    read = batch["input_ids"][:, :-1]
    assert count == 2 * 7
    torch.testing.assert_close(loss, soft_loss(student(read), teacher(read)).sum())


def test_a_student_comes_to_think_as_its_teacher_where_labels_say_less():
    # Every label is 0, but the teacher tells words apart: only from it can that be learnt.
    teacher, student = Pooled().eval(), Pooled().eval()
    ids = torch.arange(11)[:, None]
    batch = {"input_ids": ids, "labels": torch.zeros(11, dtype=torch.long)}
    objective = distillation(teacher, classification, soft_share=1)
    optimiser = torch.optim.Adam(student.parameters(), lr=0.1)
    for _ in range(200):
        optimiser.zero_grad()
        loss, count = objective(student, batch)
        (loss / count).backward()
        optimiser.step()
    assert (student(ids).softmax(-1) - teacher(ids).softmax(-1)).abs().max() < 0.02


def two_heads(model, batch):
    return total_loss(model(batch["input_ids"])[0], batch["labels"])


class TwoHeads(Pooled):
    def forward(self, input_ids, attention_mask=None):
        return super().forward(input_ids), None


@pytest.mark.parametrize(
    "called, says",
    [
        (lambda: distillation(Pooled(), classification, temperature=0), ["temperature 0", "above 0"]),
        (lambda: distillation(Pooled(), classification, soft_share=1.5), ["soft_share 1.5", "from 0 to 1"]),
        (
            lambda: distillation(Pooled(5), classification)(Pooled(3), rows()),
            ["(6, 3)", "(6, 5)", "same answers"],
        ),
        (lambda: distillation(Pooled(), two_heads)(TwoHeads(), rows()), ["tuple", "Tensor", "one head"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(called, says):
    with pytest.raises(ValueError) as refused:
        called()
    assert all(part in str(refused.value) for part in says), refused.value
