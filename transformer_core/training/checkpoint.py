"""Checkpoints: a run saved on disk, so that a crash costs only the steps since the last save.

A file is written under a temporary name, forced to the disk, and then renamed: a rename is atomic, so a
file under its own name is whole. The last two are kept. Reading runs no code that a file may hold.
"""

import os
import pickle
import warnings
import zipfile
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from transformer_core.training.settings import Settings

FORMAT = 2  # 1 called the gradient norms lengths
KEPT = 2


def save(folder: Path, state: dict) -> Path:
    """Write a run's state and drop all but the last two.

    Args:
        folder: of this run alone; created if it is missing.
        state: tensors, numbers, texts, and lists and dicts of them; "step" says how many are done.

    Returns:
        The file.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{state['step']:08}.pt"
    temporary = path.with_suffix(".writing")
    with open(temporary, "wb") as file:
        torch.save({"format": FORMAT, **state}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    if os.name == "posix":  # the rename itself is on the disk only when the folder is
        entry = os.open(folder, os.O_RDONLY)
        os.fsync(entry)
        os.close(entry)
    ours = [one for one in saved(folder) if one <= path]  # a later one could not be read, or is the one just written
    for old in {*saved(folder), *folder.glob("step-*.writing")} - set(ours[-KEPT:]):
        old.unlink()
    return path


def saved(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the oldest first."""
    return sorted(folder.glob("step-*.pt"))


def load(folder: Path) -> tuple[Path, dict] | None:
    """The last checkpoint that can be read, and its file; None where there is none.

    Raises:
        OSError: there are checkpoints, and none can be read.
    """
    paths = saved(folder)
    for path in reversed(paths):
        try:
            if _is_whole(path):
                return path, torch.load(path, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError:  # holds more than numbers and texts
            pass
        warnings.warn(f"{path} is damaged; trying the one before it", stacklevel=2)
    if paths:
        raise OSError(f"none of the {len(paths)} checkpoints in {folder} can be read; "
                      "start again in another folder")
    return None


def _is_whole(path: Path) -> bool:
    """Whether every part of the file, which is a zip archive, has the checksum that was written with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def check(path: Path, state: dict, *, task: str, settings: Settings, model: nn.Module) -> None:
    """Refuse a checkpoint of another run.

    Raises:
        ValueError: task, settings, or the weights' names, shapes or types differ; the message names which.
    """
    if state.get("format") != FORMAT:
        raise ValueError(f"{path} is of format {state.get('format')}, this program reads {FORMAT}; "
                         "resume with the version that wrote it")
    if state["task"] != task:
        raise ValueError(f"{path} is of task {state['task']!r}, not {task!r}; give each task a folder of its own")
    now, then = asdict(settings), state["settings"]
    differ = [f"{name} was {then.get(name)}, now {now.get(name)}"
              for name in {**now, **then} if then.get(name) != now.get(name)]
    if differ:
        raise ValueError(f"{path} is of other settings: {'; '.join(differ)}. Give those it had, "
                         "or a folder of its own")
    now, then = ({name: (tuple(x.shape), str(x.dtype).removeprefix("torch.")) for name, x in weights.items()}
                 for weights in (model.state_dict(), state["model"]))
    differ = [f"{name} was {_shown(then.get(name))}, now {_shown(now.get(name))}"
              for name in {**now, **then} if then.get(name) != now.get(name)]
    if differ:
        more = f"; and {len(differ) - 3} more" if len(differ) > 3 else ""
        raise ValueError(f"{path} is of another model: {'; '.join(differ[:3])}{more}. "
                         "Build the model it was of, or give a folder of its own")


def _shown(weight: tuple | None) -> str:
    return "not there" if weight is None else f"{weight[0]} of {weight[1]}"
