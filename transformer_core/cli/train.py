"""`train`: train one of the package's tasks, in one process or in several."""

import argparse
import json
import math
import os
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

from transformer_core.cli.terminal import in_words, table

NAME = "train"
SUMMARY = "train a small Transformer on this machine, and see what it learnt"
EXAMPLES = (
    "train sentiment --steps 30",
    "train",
    "train sentiment --steps 30 --set learning_rate=0.01 clip=none --json",
)
DESCRIPTION = """\
Without a name: the tasks that there are. With one: builds the task's model,
trains it, and scores it on held-out data. Each task has settings that
work; --set changes any of them.

  --folder keeps checkpoints, so that a run that was stopped can continue with
  --resume; it ends with the same weights as an uninterrupted one.
  Started by torchrun, several processes train one model:
    torchrun --nproc-per-node 2 -m transformer_core train sentiment \\
      --parallel ddp
  ddp: each holds the whole model. fsdp: each holds its share of it.

how to read it:
  loss       mean loss of the first and of the last steps; it should start at
             the loss of guessing
  gradient   mean gradient norm over all weights: a run whose gradients
             grow is about to fail. Norms above clip are scaled down.
  scores     on rows that were not trained on; the task defines them
  While it runs, stderr shows the progress.

settings, as in --set warmup=50 clip=none:
  steps, batch_size, micro_batches, learning_rate, schedule (cosine, paper,
  constant), warmup, weight_decay, beta1, beta2, clip, precision (float32,
  bfloat16), recompute, seed. --steps alone makes warmup shorter or longer, too.

keys of --json:
  with a name  task, settings {as above}, parameters, losses and
               gradient_norms (one per step), scores {accuracy, loss,
               perplexity, ...}, seconds, rows_per_second, resumed_from,
               world_size, device, checkpoint, curve
  without      tasks: a list of {name, summary, parameters, steps, batch_size}
  null means that the file was not requested."""
KINDS = {int: (int, "a whole number"), float: (float, "a number"), float | None: (float, "a number or none"),
         bool: (bool, "true or false"), str: (str, "a word")}
ENDS = 20  # the first and the last 1/20 of the steps are what the loss is averaged over


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument("task", nargs="?", metavar="TASK", help="a task's name; without one, all are listed")
    parser.add_argument("--steps", type=int, metavar="N", help="how long (the task's own number)")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help="other settings than the task's own")
    parser.add_argument("--folder", metavar="DIR", help="where checkpoints are saved; without it none are")
    parser.add_argument("--save-every", type=int, metavar="N", default=100, help="steps between two (100)")
    parser.add_argument("--resume", action="store_true", help="continue from the folder's last checkpoint, if any")
    parser.add_argument("--parallel", metavar="KIND", help="ddp or fsdp, under torchrun")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda ... (the fastest there is)")
    parser.add_argument("--threads", type=int, metavar="N",
                        help="of the CPU (1: the parts of a small model are too small to split)")
    parser.add_argument("--curve", metavar="FILE.svg", help="draw the losses")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a summary")


def run(arguments: argparse.Namespace) -> str:
    """The text to print; nothing for a process that is not the first.

    Raises:
        ValueError: no such task, or settings, processes and checkpoint that do not fit.
        OSError: a file cannot be read or written, or a part that the task needs is not installed.
        ArithmeticError: the training went wrong; the message says why.
    """
    if arguments.task is None:
        chosen = [name for name in ("steps", "set", "folder", "resume", "parallel", "curve")
                  if getattr(arguments, name)]
        if chosen:
            raise ValueError(f"--{chosen[0]} needs a task; name one, as in: {EXAMPLES[0]}")
        found = {"tasks": tasks()}
        return json.dumps(found, indent=2) if arguments.json else render_tasks(found["tasks"])
    found = facts(arguments)
    if not found:
        return ""
    return json.dumps(found, indent=2) if arguments.json else render(found)


def tasks() -> list[dict]:
    """Every task in short."""
    from transformer_core.training.tasks import TASKS

    made = (make() for make in TASKS.values())
    return [{"name": task.name, "summary": task.summary, "parameters": _parameters(task.model()),
             "steps": task.settings.steps, "batch_size": task.settings.batch_size} for task in made]


def facts(arguments: argparse.Namespace) -> dict:
    """Train, and tell what --json tells; nothing where another process is the one to tell."""
    from transformer_core.training.loop import train

    _set_threads(arguments.threads)
    task = _task(arguments.task)
    settings = settings_of(task.settings, arguments.steps, arguments.set)
    curve = None if arguments.curve is None else _place(arguments.curve, settings.steps)
    run = train(
        task, settings, folder=arguments.folder, resume=arguments.resume, save_every=arguments.save_every,
        parallel=arguments.parallel, device=arguments.device, progress=sys.stderr,
    )
    if run.model is None:  # another process has it
        return {}
    if curve is not None:
        from transformer_core.training.curve import loss_svg

        curve.write_text(loss_svg(run.losses, title=task.name), encoding="utf-8")
    return {
        "task": run.task, "settings": asdict(settings), "parameters": _parameters(run.model),
        "losses": run.losses, "gradient_norms": run.gradient_norms, "scores": run.scores, "seconds": run.seconds,
        "rows_per_second": settings.steps * settings.batch_size / run.seconds,
        "resumed_from": run.resumed_from, "world_size": run.world_size, "device": run.device,
        "checkpoint": None if run.checkpoint is None else str(run.checkpoint),
        "curve": None if curve is None else str(curve),
    }


def settings_of(own, steps: int | None, pairs: list[str]):
    """The task's own settings with what was asked for in place of theirs.

    Args:
        own: the task's Settings.
        steps: of --steps; warmup then keeps its share of the run.
        pairs: NAME=VALUE, the value as Python writes it, or none, true, false.

    Raises:
        ValueError: no such setting, or a value that it cannot have.
    """
    kinds = {field.name: field.type for field in fields(own)}
    changes: dict = {} if steps is None else {"steps": steps, "warmup": own.warmup * steps // own.steps}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ValueError(f"--set {pair} is no NAME=VALUE; write it as in: --set warmup=50")
        if name not in kinds:
            raise ValueError(f"there is no setting {name!r}; there are {', '.join(kinds)}")
        changes[name] = _read(name, value, kinds[name])
    return replace(own, **changes)


def render(found: dict) -> str:
    """What was trained, and the results, as text."""
    settings, losses, norms = found["settings"], found["losses"], found["gradient_norms"]
    few = max(len(losses) // ENDS, 1)
    of = f"{few} steps" if few > 1 else "step"
    processes = f", {found['world_size']} processes" if found["world_size"] > 1 else ""
    resumed = f" (the first {found['resumed_from']:,} before)" if found["resumed_from"] else ""
    rows = [
        ("model", f"{in_words(found['parameters'])} parameters, on {found['device']}{processes}"),
        ("steps", f"{settings['steps']:,} of {settings['batch_size']:,} rows each{resumed}"),
        ("loss", f"{_mean(losses[:few]):.4g} over the first {of}, {_mean(losses[-few:]):.4g} over the last"),
        ("gradient", f"{_mean(norms[:few]):.3g} long over the first {of}, {_mean(norms[-few:]):.3g} over the last"),
        ("time", f"{found['seconds']:.1f} s, {found['rows_per_second']:,.0f} rows a second"),
        *((name, found[name]) for name in ("checkpoint", "curve") if found[name]),
    ]
    scores = [(name, f"{value:.4g}") for name, value in found["scores"].items()]
    return "\n".join([
        f"Trained {found['task']}", "", table(rows),
        "", "Scores, by what it has not seen", "", table(scores) if scores else "  none",
    ])


def render_tasks(found: list[dict]) -> str:
    """One task after the other."""
    lines = ["Tasks, each with settings that work:", ""]
    for task in found:
        lines += [f"  {task['name']}", f"      {task['summary']}",
                  f"      {in_words(task['parameters'])} parameters, {task['steps']:,} steps of "
                  f"{task['batch_size']:,} rows", ""]
    return "\n".join([*lines, f"Try: python -m transformer_core {EXAMPLES[0]}"])


def _task(name: str):
    import difflib

    from transformer_core.training.tasks import TASKS

    if name not in TASKS:
        near = difflib.get_close_matches(name.lower(), TASKS, n=1)
        raise ValueError(f"no task is called {name!r}; there are {', '.join(TASKS)}"
                         + (f". Did you mean {near[0]}?" if near else ""))
    try:
        return TASKS[name]()
    except ImportError as error:  # the message says what to install
        raise OSError(str(error)) from error


def _read(name: str, value: str, kind: type):
    """A setting's value from its text."""
    if kind == float | None and value.lower() == "none":
        return None
    try:
        read = {"true": True, "false": False}[value.lower()] if kind is bool else KINDS[kind][0](value)
        if isinstance(read, float) and not math.isfinite(read):
            raise ValueError
        return read
    except (ValueError, KeyError):
        raise ValueError(f"--set {name}={value}: {name} is {KINDS[kind][1]}") from None


def _set_threads(asked: int | None) -> None:
    """Threads that share small tensors wait for one another most of the time, on a busy machine for very long."""
    import torch

    if asked is not None and asked < 1:
        raise ValueError(f"--threads {asked} computes nothing; use 1 or more")
    if asked is not None or "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(asked or 1)


def _place(name: str, steps: int) -> Path:
    """Where the curve will go; what does not fit is found before the training, not after."""
    path = Path(name)
    if path.suffix != ".svg":
        raise ValueError(f"--curve {name} will be an SVG file; give it a name that ends in .svg")
    if not path.parent.is_dir():
        raise ValueError(f"--curve {name}: there is no folder {path.parent}; make it first")
    if steps < 2:
        raise ValueError("--curve needs 2 steps or more to draw a line")
    return path


def _parameters(model) -> int:
    from transformer_core.measurement.parameters import count_parameters

    return count_parameters(model)["total"]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)
