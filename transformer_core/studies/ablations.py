"""Ablations: leave a part out, train the same small model on the same rows, and compare.

The task is training's own "sentiment" with a smaller model: an answer that depends on two or three
words of a sentence. Guessing gives a loss of ln 2 = 0.693. Positions are left out of "digits" as
well, a Vision Transformer, which depends on them much more. Each part is left out by replacing an
object, or by a layer of this file; the models and the loop are the same.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from transformer_core.models import build
from transformer_core.models.config import EncoderConfig
from transformer_core.models.heads import Classifier
from transformer_core.models.vision import VisionTransformer
from transformer_core.nn.attention import Attend, scaled_dot_product_attention
from transformer_core.nn.encoder import Encoder, EncoderLayer, PreNormEncoderLayer
from transformer_core.nn.layers import FeedForward, LayerNorm
from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.training import sentiment
from transformer_core.training.curve import smoothed
from transformer_core.training.failure import TrainingStopped
from transformer_core.training.loop import train
from transformer_core.training.recompute import layers_of
from transformer_core.training.seeds import batch_generator
from transformer_core.training.settings import Settings
from transformer_core.training.task import Task
from transformer_core.training.tasks import digits_task, sentiment_task, small_tables

D_MODEL, NUM_HEADS, D_FF = 32, 4, 64
SETTINGS = Settings(steps=300, batch_size=32, learning_rate=2e-3, warmup=100)
POINTS = 25  # of a row's loss curve
DEPTHS = (2, 8, 24)
LARGE = 2.0  # times the layers' first weights


class NoResidualLayer(EncoderLayer):
    r"""The same parts and norms without the sums: only the sub-layer's output is passed on.

    $$y = \operatorname{LayerNorm}(\operatorname{MultiHead}(x)), \qquad
    \operatorname{LayerNorm}(\operatorname{FeedForward}(y))$$
    """

    def forward(
        self, x: Tensor, *, mask: Tensor | None = None, bias: Tensor | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None]:
        """(B, T, D) -> (B, T, D) and weights (B, H, T, T)."""
        found, weights = self.attention(x, mask=mask, bias=bias, attend=attend)
        x = self.attention_norm(found)                    # (B, T, D), where x + found was
        return self.feed_forward_norm(self.feed_forward(x)), weights


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One training of the study: a model, what is left out of it, and how it is trained."""

    name: str  # without the seed
    part: str  # that is left out; "nothing"
    norm: str = "post"  # or "pre": where it stands; "none"
    layers: int = 8
    layer: type[EncoderLayer] = EncoderLayer
    make_norm: Callable[[int], nn.Module] = LayerNorm
    positions: bool = True
    scale: float = 1.0  # of the layers' first weight matrices
    warmup: int = SETTINGS.warmup
    seed: int = 0

    def model(self) -> nn.Module:
        """A fresh model; its weights are drawn from torch's own seed."""
        encoder = build(EncoderConfig(
            vocab_size=len(sentiment.VOCABULARY), max_length=sentiment.LONGEST, d_model=D_MODEL,
            num_layers=0, num_heads=NUM_HEADS, d_ff=D_FF, embedding_norm=True, norm_eps=1e-5, dropout=0.0,
        ))
        layers = [
            self.layer(MultiHeadAttention(D_MODEL, NUM_HEADS), FeedForward(D_MODEL, D_FF), norm=self.make_norm,
                       dropout=0.0)
            for _ in range(self.layers)
        ]
        encoder.encoder = Encoder(layers, norm=self.make_norm(D_MODEL) if self.norm == "pre" else None)
        if not self.positions:
            encoder.position_embedding = None
        with torch.no_grad():
            for weight in encoder.encoder.parameters():
                if weight.dim() == 2:
                    weight *= self.scale
        return small_tables(Classifier(encoder, 2))

    def task(self) -> Task:
        """The sentiment task with this trial's model and settings."""
        return replace(sentiment_task(), model=self.model, settings=self.settings())

    def settings(self) -> Settings:
        """The study's settings with this trial's warm-up and seed."""
        return replace(SETTINGS, warmup=self.warmup, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class DigitsTrial(Trial):
    """The same for images: the task's own model, with its positions or with zeros in their place."""

    norm: str = "pre"
    layers: int = 3

    def model(self) -> nn.Module:
        """The digits task's model, its positions set to 0 where they are left out."""
        model = digits_task().model()
        assert isinstance(model, VisionTransformer)
        if not self.positions:
            nn.init.zeros_(model.position_embedding.weight).requires_grad_(False)
        return model

    def task(self) -> Task:
        """The digits task with this trial's model and settings."""
        return replace(digits_task(), model=self.model, settings=self.settings())


def trials() -> list[Trial]:
    """Every training of the study, each seed one of its own, the cheap ones first."""
    pre = {"norm": "pre", "layer": PreNormEncoderLayer}
    once = [
        Trial(name="no positions, 2 layers", part="positions", layers=2, positions=False),
        DigitsTrial(name="digits", part="nothing"),
        DigitsTrial(name="digits, no positions", part="positions", positions=False),
        *depths("pre-norm", "nothing", (2, 8), **pre),
        *depths("post-norm", "nothing", (2, 8)),
        *depths("pre-norm, no warm-up", "warm-up", (2, 8), **pre, warmup=0),
        *depths("post-norm, no warm-up", "warm-up", (2, 8), warmup=0),
        Trial(name="no residuals, 8 layers", part="residuals", layer=NoResidualLayer),
        Trial(name="no residuals, no norm, 8 layers", part="residuals and norm", norm="none",
              layer=NoResidualLayer, make_norm=nn.Identity),
        Trial(name="no norm, 8 layers", part="norm", norm="none", make_norm=nn.Identity),
        Trial(name="large weights, pre-norm, 8 layers", part="nothing", **pre, scale=LARGE),
        Trial(name="large weights, no norm, 8 layers", part="norm", norm="none", make_norm=nn.Identity,
              scale=LARGE),
        Trial(name="large weights, no norm, 24 layers", part="norm", norm="none", make_norm=nn.Identity,
              scale=LARGE, layers=24),
        *depths("pre-norm", "nothing", (24,), **pre),
        *depths("post-norm", "nothing", (24,)),
    ]
    return [replace(trial, seed=seed) for trial in once for seed in (0, 1)]


def depths(name: str, part: str, layers: tuple[int, ...], **choices) -> list[Trial]:
    """The same trial at several depths."""
    return [Trial(name=f"{name}, {depth} layers", part=part, layers=depth, **choices) for depth in layers]


def row(trial: Trial) -> dict:
    """Train it and return the study's row.

    Returns:
        name (with the seed), part, norm, layers, warmup, scale, seed; first_gradients, one length per layer
        before the first update; spread, of the vectors that go into the first layer and that come out of each;
        steps and loss, the smoothed curve at 25 places, empty where the run stopped; final_loss, the last of
        them, and accuracy on what was held out, None where it stopped; stopped_at, the step at which loss or
        gradient was no number, else None.
    """
    gradients, spread = beginning(trial)
    known = {
        "name": f"{trial.name}, seed {trial.seed}", "part": trial.part, "norm": trial.norm, "layers": trial.layers,
        "warmup": trial.warmup, "scale": trial.scale, "seed": trial.seed,
        "first_gradients": rounded(gradients), "spread": rounded(spread),
    }
    try:
        run = train(trial.task(), device="cpu")
    except TrainingStopped as stopped:
        return {**known, "steps": [], "loss": [], "final_loss": None, "accuracy": None, "stopped_at": stopped.step}
    places, means = curve(run.losses)
    return {**known, "steps": places, "loss": rounded(means), "final_loss": means[-1],
            "accuracy": run.scores["accuracy"], "stopped_at": None}


def beginning(trial: Trial) -> tuple[list[float], list[float]]:
    """Before any update: the length of each layer's gradient (L), and the spread of each layer's vectors (L + 1)."""
    settings, task = trial.settings(), trial.task()
    with torch.random.fork_rng([]):
        torch.manual_seed(settings.seed)
        model = task.model()
    layers, spread = layers_of(model), []
    layers[0].register_forward_pre_hook(lambda layer, given: spread.append(given[0].std().item()))
    for layer in layers:
        layer.register_forward_hook(lambda layer, given, made: spread.append(made[0].std().item()))
    total, count = task.objective(model, task.batch(batch_generator(settings.seed, 0), settings.batch_size))
    (total / count).backward()
    lengths = [torch.nn.utils.get_total_norm([weight.grad for weight in layer.parameters() if weight.grad is not None]).item()
               for layer in layers]
    return lengths, spread


def curve(losses: list[float]) -> tuple[list[int], list[float]]:
    """Steps and smoothed losses at 25 places, evenly spread; the last step is one."""
    means = smoothed(losses)
    places = [round((len(means) - 1) * point / (POINTS - 1)) for point in range(POINTS)]
    return places, [means[place] for place in places]


def rounded(numbers: list[float]) -> list[float | None]:
    """To four digits, which is what a picture needs; None where a number is not finite."""
    return [float(f"{number:.4g}") if math.isfinite(number) else None for number in numbers]


def run() -> Iterator[dict]:
    """The study, row by row."""
    return map(row, trials())


def mean_of(found: list[dict], name: str, key: str):
    """The mean over the seeds of a trial: of a number, or of a list's numbers place by place.

    Args:
        found: rows of the study.
        name: the trial's, without the seed.
        key: what of it.

    Raises:
        ValueError: no row is of that trial.
    """
    values = [row[key] for row in found if row["name"].rpartition(", seed")[0] == name]
    if not values:
        known = dict.fromkeys(row["name"].rpartition(", seed")[0] for row in found)
        raise ValueError(f"no trial is called {name!r}; there are {'; '.join(known)}")
    if isinstance(values[0], list):
        return [sum(column) / len(column) for column in zip(*values, strict=True)]
    return sum(values) / len(values)
