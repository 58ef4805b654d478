"""The machine that a measurement ran on."""

import os
import platform
from datetime import date
from pathlib import Path

import torch


def machine() -> dict[str, str | int]:
    """The machine and versions that a measurement ran on, to be shown with it."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "date": date.today().isoformat(),
    }


def _cpu() -> str:
    """The processor's model name where the system gives it, else its architecture."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines()
             if line.startswith("model name")] if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()
