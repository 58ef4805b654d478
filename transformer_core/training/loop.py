"""The training loop: forward pass, loss, gradients, optimiser step."""

import math
import time
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

import torch
from torch import Tensor, nn

from transformer_core.nn.multi_head import MultiHeadAttention
from transformer_core.training import checkpoint
from transformer_core.training.distributed import (
    Processes,
    full_moments,
    full_weights,
    processes,
    restarted,
    set_full_state,
)
from transformer_core.training.failure import stopped
from transformer_core.training.progress import Progress
from transformer_core.training.recompute import recomputed
from transformer_core.training.schedule import learning_rate
from transformer_core.training.seeds import batch_generator, seed_dropout
from transformer_core.training.settings import Settings
from transformer_core.training.task import Batch, Objective, Task


@dataclass
class Run:
    """A training run and its results."""

    task: str
    settings: Settings
    losses: list[float] = field(default_factory=list)  # one per step: the mean over what was counted
    gradient_norms: list[float] = field(default_factory=list)  # one per step, before clipping
    seconds: float = 0.0  # in the loop, including the earlier parts of a resumed run
    resumed_from: int = 0  # steps done before this part of the run
    world_size: int = 1
    device: str = "cpu"
    checkpoint: Path | None = None  # the last one's file
    model: nn.Module | None = None  # trained, on the CPU, in eval mode; only process 0 has it
    scores: dict[str, float] = field(default_factory=dict)  # on held-out data; only process 0 has them


def train(
    task: Task, settings: Settings | None = None, *,
    folder: str | Path | None = None, resume: bool = False, save_every: int = 100,
    parallel: str | None = None, device: str | None = None, progress: TextIO | None = None,
) -> Run:
    """Train a task's model and score it.

    On a CPU the same settings (and threads) give the same weights, to the bit, also when the run was killed
    and resumed. Gradients are of the whole batch, however many portions or processes work through it.

    Args:
        task: what to train.
        settings: how to train; None: the task's own.
        folder: where checkpoints are saved; None: nowhere.
        resume: continue from the folder's last checkpoint, if there is one.
        save_every: steps from one checkpoint to the next; the last step has one too.
        parallel: "ddp" or "fsdp" where torchrun started the process; the folder is one that all see.
        device: "cpu", "cuda"; None: the accelerator if there is one.
        progress: where to print progress, such as sys.stderr; None: nowhere.

    Raises:
        ValueError: settings, task, processes and checkpoint do not fit one another.
        OSError: a checkpoint cannot be written or read.
        TrainingStopped: a loss or a gradient is not finite; message and fields give the step and the checkpoint.
    """
    settings = settings or task.settings
    folder = None if folder is None else Path(folder)
    if resume and folder is None:
        raise ValueError("resume needs the folder in which the run kept its checkpoints")
    if save_every < 1:
        raise ValueError(f"save_every is {save_every}; save every 1 or more steps")
    with processes(parallel, device) as ours, torch.random.fork_rng(_devices(ours.device)):
        _check_split(task, settings, ours.world_size)
        run = Run(task.name, settings, world_size=ours.world_size, device=str(ours.device))

        torch.manual_seed(settings.seed)
        model = task.model().to(ours.device).train()
        first = task.batch(batch_generator(settings.seed, 0), settings.batch_size)
        work = ours.wrap(Step(model, task.objective), portions(ours.rows(first), settings.micro_batches)[0])
        optimiser = adamw(model, settings)
        _resume(run, task, model, optimiser, folder, resume or restarted())

        shown = Progress(progress if ours.rank == 0 else None, run.resumed_from, settings.steps)
        with recomputed(model) if settings.recompute else nullcontext(), closing(shown):
            _loop(run, task, model, work, optimiser, ours, folder, save_every, shown)
        _finish(run, task, model, ours)
    return run


def _loop(
    run: Run, task: Task, model: nn.Module, work: nn.Module, optimiser: torch.optim.Optimizer,
    ours: Processes, folder: Path | None, save_every: int, shown: Progress,
) -> None:
    """The steps; everything else in this file comes before or after them."""
    settings, d_model = run.settings, _d_model(model)
    weights = _trainable(model)
    half = torch.autocast(ours.device.type, torch.bfloat16, settings.precision == "bfloat16")
    started, earlier = time.perf_counter(), run.seconds
    for step in range(run.resumed_from, settings.steps):
        batch = task.batch(batch_generator(settings.seed, step), settings.batch_size)
        seed_dropout(settings.seed, step, ours.rank, ours.device)
        optimiser.zero_grad()

        # ① Forward and backward, one micro-batch at a time; the gradients of the sums accumulate.
        sums = torch.zeros(2, device=ours.device)  # the sum of the losses, and their count
        for number, portion in enumerate(portions(ours.rows(batch), settings.micro_batches)):
            with ours.accumulating(work, last=number == settings.micro_batches - 1):
                with half:
                    loss, count = work(portion)
                loss.backward()
            sums = sums + torch.stack([loss.detach(), count.detach().to(loss.dtype)])

        # ② The whole step's loss and gradient norm: the only time that Python waits for the device.
        for weight in weights:
            if weight.grad is None:  # not used in the loss
                weight.grad = torch.zeros_like(weight)
        gradients = [weight.grad for weight in weights]
        loss, count, norm = torch.cat([ours.total(sums), gradient_norm(gradients).to(sums)[None]]).tolist()
        share = ours.world_size / count if count else math.nan  # torch averaged the gradients over processes
        loss, norm = loss / count if count else math.nan, norm * share
        rate = learning_rate(step, settings, d_model)
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise stopped(step, loss, norm, settings=settings, rate=rate, batch=batch,
                          losses=run.losses, gradient_norms=run.gradient_norms, checkpoint=run.checkpoint)

        # ③ Scale the gradient of the sum to that of the mean, clip its norm, and update.
        if settings.clip is not None and norm > settings.clip:
            share *= settings.clip / norm
        torch._foreach_mul_(gradients, share)
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.step()

        run.losses.append(loss)
        run.gradient_norms.append(norm)
        run.seconds = earlier + time.perf_counter() - started
        shown.step(step + 1, loss, *_items(batch, settings))
        if folder is not None and ((step + 1) % save_every == 0 or step + 1 == settings.steps):
            _save(run, model, optimiser, ours, folder)


class Step(nn.Module):
    """An objective and its model as one module, so that DDP and FSDP see a single forward pass."""

    def __init__(self, model: nn.Module, objective: Objective):
        super().__init__()
        self.model, self.objective = model, objective

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The sum of the batch's losses, and their count."""
        return self.objective(self.model, batch)


def portions(batch: Batch, count: int) -> list[Batch]:
    """Split a batch's rows into `count` equal parts."""
    parts = {name: rows.chunk(count) for name, rows in batch.items()}
    return [{name: rows[number] for name, rows in parts.items()} for number in range(count)]


def adamw(model: nn.Module, settings: Settings) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices; norms and biases are not decayed.

    Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
    """
    weights = _trainable(model)
    groups = [([weight for weight in weights if weight.dim() >= 2], settings.weight_decay),
              ([weight for weight in weights if weight.dim() < 2], 0.0)]
    return torch.optim.AdamW(
        [{"params": group, "weight_decay": decay} for group, decay in groups if group],
        lr=settings.learning_rate, betas=(settings.beta1, settings.beta2), fused=True,
    )


def gradient_norm(gradients: list[Tensor]) -> Tensor:
    """The norm of all gradients taken as one vector; sharded gradients are gathered first."""
    norm = torch.nn.utils.get_total_norm(gradients)
    gather = getattr(norm, "full_tensor", None)  # a DTensor has it
    return norm if gather is None else gather()


def _trainable(model: nn.Module) -> list[nn.Parameter]:
    return [weight for weight in model.parameters() if weight.requires_grad]


def _check_split(task: Task, settings: Settings, world_size: int) -> None:
    portions_of_all = world_size * settings.micro_batches
    if task.whole_batch and portions_of_all > 1:
        raise ValueError(f"in task {task.name!r} each row's loss depends on the whole batch, which cannot be "
                         f"split into {portions_of_all} parts; use one process and micro_batches 1")
    if settings.batch_size % portions_of_all:
        raise ValueError(f"batch_size {settings.batch_size} does not split over {world_size} processes with "
                         f"{settings.micro_batches} micro_batches each; use a multiple of {portions_of_all}")


def _resume(
    run: Run, task: Task, model: nn.Module, optimiser: torch.optim.Optimizer, folder: Path | None, resume: bool,
) -> None:
    """Continue from the folder's last checkpoint."""
    if folder is None:
        return
    if not resume and (there := checkpoint.saved(folder)):
        raise ValueError(f"{folder} holds a run already, up to {there[-1].name}; resume it, or give another folder")
    found = checkpoint.load(folder)
    if found is None:
        return
    path, state = found
    checkpoint.check(path, state, task=task.name, settings=run.settings, model=model)
    set_full_state(model, optimiser, state["model"], state["optimiser"])
    run.checkpoint, run.resumed_from = path, state["step"]
    run.losses, run.gradient_norms, run.seconds = state["losses"], state["gradient_norms"], state["seconds"]


def _save(run: Run, model: nn.Module, optimiser: torch.optim.Optimizer, ours: Processes, folder: Path) -> None:
    weights, moments = full_weights(model), full_moments(model, optimiser)  # every process contributes its part
    state = {"task": run.task, "settings": asdict(run.settings), "step": len(run.losses), "losses": run.losses,
             "gradient_norms": run.gradient_norms, "seconds": run.seconds, "model": weights, "optimiser": moments}
    if ours.rank == 0:
        run.checkpoint = checkpoint.save(folder, state)


def _finish(run: Run, task: Task, model: nn.Module, ours: Processes) -> None:
    """Gather the whole model and let the task score it."""
    if ours.kind == "fsdp":
        weights = full_weights(model)
        model = task.model()
        if ours.rank == 0:
            model.load_state_dict(weights)
    if ours.rank == 0:
        run.model = model.cpu().eval()
        with torch.no_grad():
            run.scores = task.score(run.model)
    ours.agree()


def _d_model(model: nn.Module) -> int | None:
    attentions = (module for module in model.modules() if isinstance(module, MultiHeadAttention))
    first = next(attentions, None)
    return None if first is None else first.w_o.out_features


def _items(batch: Batch, settings: Settings) -> tuple[int, str]:
    """How many items a step processes, and their unit."""
    ids = batch.get("input_ids")
    return (settings.batch_size, "rows") if ids is None else (ids.numel(), "tokens")


def _devices(device: torch.device) -> list[int]:
    """CUDA devices whose random state is restored, in addition to the CPU's."""
    return [device.index or 0] if device.type == "cuda" else []
