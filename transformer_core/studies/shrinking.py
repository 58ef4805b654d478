"""Shrinking a trained model: what each technique gains in bytes and time, and what it costs in quality.

One Vision Transformer learns handwritten digits, and is made smaller by every technique of
transformer_core.efficient. All models are scored on the same held-out images, and each is
timed in turns with the original. It is one small model on one machine: which way the numbers go
is to be learnt from them, not how far.
"""

import copy
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from statistics import fmean, quantiles

import torch
from torch import nn

from transformer_core.efficient.distil import distillation
from transformer_core.efficient.lora import adapt, learning, merge
from transformer_core.efficient.prune import make_permanent, prune_units, prune_weights
from transformer_core.efficient.quantise import quantise, size_in_bytes
from transformer_core.measurement.timing import compare
from transformer_core.models import build
from transformer_core.models.config import VisionConfig
from transformer_core.training import digits, objectives
from transformer_core.training.loop import train
from transformer_core.training.settings import Settings
from transformer_core.training.task import Batch, Objective, Task
from transformer_core.training.tasks import small_tables

SETTINGS = Settings(steps=400, batch_size=64, learning_rate=2e-3, warmup=40)
AGAIN = replace(SETTINGS, steps=100, learning_rate=5e-4, warmup=10)  # for continued training
SMALL = replace(SETTINGS, learning_rate=4e-3)
SHARES = (0.3, 0.5, 0.7, 0.9)
SEEDS = 5  # of a student: a small model's score varies between seeds as much as a teacher changes it
RANK, ADAPTED = 4, ("w_q", "w_v")
# What a model that knows light ink on dark ground adapts to: an easier look and a harder one.
LOOKS = {"dark ink": digits.LOOKS[2], "faint dark ink": digits.LOOKS[3]}
TIMED, ROUNDS = 128, 30  # images of a call, and calls


def run() -> Iterator[dict]:
    """One row for each model, the original first."""
    original = train(digits_task(image_model)).model
    yield row(original, original, "original", "float32", learned=learns(original))
    yield from quantised(original)
    yield from pruned(original)
    for detail, objective in students(original).items():
        yield student(original, detail, objective)
    yield from adapted(original)


def quantised(original: nn.Module) -> Iterator[dict]:
    """Quantise the original in each of the three kinds."""
    for kind, detail in (("int8", "weights, one scale a row"), ("int4", "weights, one scale for 32"),
                         ("int8-dynamic", "weights and tokens, not compiled")):
        yield row(original, quantise(original, kind), kind, detail, parameters=not_zero(original))


def pruned(original: nn.Module) -> Iterator[dict]:
    """Prune single weights, or whole units; the strongest pruning of each is trained further as well."""
    for name, prune in (("weights out", prune_weights), ("units out", prune_units)):
        for share in SHARES:
            yield row(original, make_permanent(prune(original, share)), name, f"{share:.0%}")
        again = make_permanent(train(digits_task(partial(prune, original, SHARES[-1]), AGAIN)).model)
        yield row(original, again, name, f"{SHARES[-1]:.0%}, trained on", learned=not_zero(again))


def students(original: nn.Module) -> dict[str, Objective]:
    """The objectives that a small model is trained with."""
    alone = objectives.image_classification
    return {"alone": alone, "with its teacher": distillation(original, alone, temperature=4.0, soft_share=0.9)}


def student(original: nn.Module, detail: str, objective: Objective, seeds: int = SEEDS) -> dict:
    """The mean of several small models, of the same seeds whatever they learn by."""
    models = [train(digits_task(small_model, replace(SMALL, seed=seed), objective=objective)).model
              for seed in range(seeds)]
    found = [quality(model) for model in models]
    mean = {name: fmean(one[name] for one in found) for name in found[0]}
    return {**row(original, models[0], "student", detail, learned=learns(models[0])), **mean,
            "scores": [one["score"] for one in found]}


def adapted(original: nn.Module) -> Iterator[dict]:
    """The original on digits in other looks: as it is, all of it trained on, and by LoRA alone."""
    ways = {"all weights": (lambda: copy.deepcopy(original), 2e-3),
            f"LoRA, rank {RANK}": (lambda: adapt(original, names=ADAPTED, rank=RANK), 1e-2)}
    for name, look in LOOKS.items():
        yield row(original, original, name, "not adapted", look=look)
        for detail, (fresh, rate) in ways.items():
            model = train(digits_task(fresh, replace(SETTINGS, learning_rate=rate), look=look)).model
            plain = merge(model) if "LoRA" in detail else model
            yield row(original, plain, name, detail, learned=learns(model), look=look)


def row(
    original: nn.Module, model: nn.Module, technique: str, detail: str, *,
    learned: int = 0, parameters: int | None = None, look: digits.Look | None = None,
) -> dict:
    """A model's size, its speed compared with the original's, and its quality.

    Args:
        original: what it is timed against.
        model: to be called, with plain or quantised layers.
        technique: what the row is called.
        detail: which of that kind it is.
        learned: how many numbers training moved to make it.
        parameters: where they cannot be counted because several share a byte.
        look: of the digits that it is scored on; None: as they are.

    Returns:
        technique, detail, bytes, zipped (bytes that a common compressor leaves of them), parameters
        (those that are not 0), speed (2 is twice as fast as the original: the median round),
        speed_low and speed_high (the middle half of the rounds), score, loss, learned.
    """
    tensors = [*model.parameters(), *model.buffers()]
    return {
        "technique": technique, "detail": detail, "bytes": size_in_bytes(model),
        "zipped": sum(len(zlib.compress(tensor.detach().numpy().tobytes())) for tensor in tensors),
        "parameters": not_zero(model) if parameters is None else parameters,
        **speed(original, model), **quality(model, look), "learned": learned,
    }


@torch.no_grad()
def speed(original: nn.Module, model: nn.Module) -> dict[str, float]:
    """How much faster than the original it reads TIMED images, by rounds in which each is called once."""
    images = digits.handwritten_digits().pixel_values[:TIMED]
    compared = compare({"original": lambda: original(images), "model": lambda: model(images)}, repeats=ROUNDS)
    low, middle, high = quantiles([1 / ratio for ratio in compared["model"].ratios], n=4)
    return {"speed": middle, "speed_low": low, "speed_high": high}


@torch.no_grad()
def quality(model: nn.Module, look: digits.Look | None = None) -> dict[str, float]:
    """On the held-out digits: accuracy, and the loss in nats."""
    images = digits.handwritten_digits(held_out=True)
    logits = model.eval()(images.pixel_values if look is None else look.show(images.pixel_values))
    loss, count = objectives.total_loss(logits, images.labels)
    right = (logits.argmax(dim=-1) == images.labels).double().mean()
    return {"score": right.item(), "loss": (loss / count).item()}


def digits_task(
    model: Callable[[], nn.Module], settings: Settings = SETTINGS, *,
    objective: Objective = objectives.image_classification, look: digits.Look | None = None,
) -> Task:
    """Handwritten digits, as they are or in another look."""
    def batch(generator: torch.Generator, rows: int) -> Batch:
        drawn = digits.batch(generator, rows)
        return drawn if look is None else {**drawn, "pixel_values": look.show(drawn["pixel_values"])}

    return Task(name="shrinking", summary="which digit is it?", model=model, batch=batch, objective=objective,
                score=partial(quality, look=look), settings=settings)


def image_model(width: int = 128, layers: int = 2) -> nn.Module:
    """A Vision Transformer for 8 by 8 pixels, in patches of 2 by 2."""
    return small_tables(build(VisionConfig(
        image_size=digits.SIZE, patch_size=2, num_channels=1, num_classes=10, d_model=width,
        num_layers=layers, num_heads=width // 16, d_ff=4 * width, pre_norm=True, norm_eps=1e-5, dropout=0.0,
    )), std=0.2)


def small_model() -> nn.Module:
    """The student."""
    return image_model(32, 1)


def not_zero(model: nn.Module) -> int:
    """How many of its parameters are not 0."""
    return sum(parameter.count_nonzero().item() for parameter in model.parameters())


def learns(model: nn.Module) -> int:
    """How many numbers training changes."""
    return learning(model)["learning"]
