"""A sweep: decoders of four sizes, each trained from scratch on five amounts of the standard library.

Of the parameters all are counted, as Hoffmann et al. do. The table of tokens is the head too, so each
of its numbers is multiplied once for each token, like all others, and C = 6 N D holds for it. (Kaplan
et al. leave tables out. At these sizes that would change N much; in Hoffmann's it changes little.)

A token is a byte here: the table stays small, and a byte is the same in every corpus. Each amount of
tokens is a run of its own, with a learning rate that falls to nothing at its end: half way through a
longer run the rate is still high, and so is the loss.
"""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from transformer_core.measurement.parameters import count_parameters
from transformer_core.measurement.scaling_laws import Fit, Run, fit_law, training_flops
from transformer_core.models import build
from transformer_core.models.config import DecoderConfig, Rotary
from transformer_core.training import objectives
from transformer_core.training.corpus import standard_library
from transformer_core.training.loop import train
from transformer_core.training.scores import bits_per_byte
from transformer_core.training.settings import Settings
from transformer_core.training.task import Batch, Task
from transformer_core.training.tasks import BYTES, small_tables

# Each width and its learning rate, by short trials: half or twice of it did no better, or by 1 percent.
LEARNING_RATES = {16: 8e-3, 32: 8e-3, 64: 4e-3, 128: 2e-3}
TOKENS = tuple(2 ** power for power in range(17, 22))
LAYERS = 2
LENGTH, ROWS = 64, 8  # tokens of a text, texts of a step
SCORED = 1024  # held-out texts, the same for all runs


def run() -> Iterator[dict]:
    """One row for each run, the cheapest size first.

    A row has width, parameters (N, all), table (of them in the table of tokens), tokens (D), flops
    (6 N D), counted (FLOPs of the products that were made, attention's own among them), loss (held
    out, in nats per token), bits_per_byte, learning_rate and seconds.
    """
    for width in LEARNING_RATES:
        for tokens in TOKENS:
            yield one_run(width, tokens)


def one_run(width: int, tokens: int) -> dict:
    """Train one model and return its row."""
    task = sweep_task(width, tokens)
    done = train(task)
    parts = count_parameters(done.model)
    return {
        "width": width, "parameters": parts["total"], "table": parts["token_embedding"], "tokens": tokens,
        "flops": training_flops(parts["total"], tokens), "counted": done.settings.steps * counted_flops(task),
        **done.scores, "learning_rate": done.settings.learning_rate, "seconds": round(done.seconds, 1),
    }


def sweep_task(width: int, tokens: int) -> Task:
    """Which byte comes next in Python's own library?

    Args:
        width: D, one of LEARNING_RATES.
        tokens: how many are read, a multiple of ROWS * LENGTH.
    """
    def model() -> nn.Module:
        return small_tables(build(DecoderConfig(
            vocab_size=BYTES, d_model=width, num_layers=LAYERS, num_heads=width // 16,
            d_ff=4 * width, positions=Rotary(), norm="rms", norm_eps=1e-6, pre_norm=True, dropout=0.0,
        )))

    def batch(generator: torch.Generator, rows: int) -> Batch:
        return {"input_ids": standard_library(BYTES).training.rows(generator, rows, LENGTH + 1)}

    def score(model: nn.Module) -> dict[str, float]:
        library = standard_library(BYTES)
        texts = library.held_out.in_order(LENGTH)
        texts = texts[torch.linspace(0, len(texts) - 1, SCORED).long()]  # (SCORED, LENGTH + 1)
        bits = bits_per_byte(model, texts, library.tokenizer)
        return {"loss": bits * math.log(2), "bits_per_byte": bits}       # a token is a byte

    steps = tokens // (ROWS * LENGTH)
    return Task(
        name="sweep", summary="which byte comes next?", model=model, batch=batch,
        objective=objectives.causal_lm, score=score,
        settings=Settings(steps=steps, batch_size=ROWS, learning_rate=LEARNING_RATES[width], warmup=steps // 10),
    )


def counted_flops(task: Task) -> int:
    """Of one step, forward and backward: every product that a step makes, as torch's counter sees it."""
    model = task.model()
    batch = {"input_ids": torch.zeros(task.settings.batch_size, LENGTH + 1, dtype=torch.int64)}
    # The fused attention is one operation, of which the counter knows nothing on a CPU.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        loss, _ = task.objective(model, batch)
        loss.backward()
    return counter.get_total_flops()


def fit(rows: Sequence[dict]) -> Fit:
    """Fit the scaling law to the runs; computed at each call, in some seconds."""
    return fit_law([Run(row["parameters"], row["tokens"], row["loss"]) for row in rows])


def fits_without(rows: Sequence[dict]) -> dict[str, Fit]:
    """The law without the runs at one end of the sweep: how much the fit depends on them.

    One run left out of a full grid changes little, because its neighbours are similar. An end has
    no neighbours on one side, as everything beyond it.
    """
    ends = [(key, end(row[key] for row in rows)) for key in ("width", "tokens") for end in (min, max)]
    return {f"without {key} {end:,}": fit([row for row in rows if row[key] != end]) for key, end in ends}


def residuals(rows: Sequence[dict], found: Fit) -> list[float]:
    """log(measured / predicted) for each run: 0.01 is a loss 1 percent above what the law says."""
    return [math.log(row["loss"] / found.law.loss(row["parameters"], row["tokens"])) for row in rows]
