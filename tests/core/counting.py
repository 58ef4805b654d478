"""A task small enough to be trained in a test: after each number of a row comes the next one."""

import torch
from torch.nn import functional

from transformer_core.models import DecoderOnly
from transformer_core.models.config import DecoderConfig, Rotary
from transformer_core.training.settings import Settings
from transformer_core.training.task import Task

NUMBERS = 11
CONFIG = DecoderConfig(
    d_model=16,
    num_layers=2,
    num_heads=2,
    d_ff=32,
    vocab_size=NUMBERS,
    positions=Rotary(),
    norm="rms",
    norm_eps=1e-5,
    pre_norm=True,
    dropout=0.0,
)
SETTINGS = Settings(steps=12, batch_size=8, learning_rate=0.01, warmup=3)


def rows(generator, count):
    """Rows of different lengths: labels of -100 count for nothing."""
    start = torch.randint(NUMBERS, (count, 1), generator=generator)
    ids = (start + torch.arange(8)) % NUMBERS
    length = torch.randint(2, 8, (count, 1), generator=generator)
    labels = torch.where(torch.arange(7) < length, ids[:, 1:], -100)
    return {"input_ids": ids[:, :-1], "labels": labels}


def objective(model, batch):
    """Cross-entropy of the next number, summed over those that count."""
    logits = model(batch["input_ids"])
    loss = functional.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten(), reduction="sum")
    return loss, (batch["labels"] != -100).sum()


def score(model):
    """The share of next numbers that it gets right."""
    ids = (torch.arange(NUMBERS)[:, None] + torch.arange(8)) % NUMBERS
    right = model(ids[:, :-1]).argmax(dim=-1) == ids[:, 1:]
    return {"accuracy": right.double().mean().item()}


def counting(*, model=lambda: DecoderOnly(CONFIG), batch=rows, settings=SETTINGS, **others):
    """The task, or one like it."""
    known = {"objective": objective, "score": score, **others}
    return Task(name="counting", summary="counts", model=model, batch=batch, settings=settings, **known)
