"""Results as JSON and back, with the machine and versions that they were measured on."""

import subprocess
from dataclasses import asdict, fields
from pathlib import Path

import torch

from transformer_core.benchmarks.case import Result, Row
from transformer_core.benchmarks.ceiling import Ceiling
from transformer_core.measurement.machine import machine


def provenance() -> dict:
    """The machine, versions and date of a measurement; in a checkout, the commit too."""
    return {**machine(), **_installed(), **_commit()}


def as_json(results: list[Result], found: dict, limits: Ceiling) -> dict:
    """The JSON object that is printed and stored; from_json reads it back."""
    return {"machine": found, "ceiling": asdict(limits), "results": [asdict(result) for result in results]}


def from_json(kept: dict) -> list[Result]:
    """The results of as_json."""
    known = {field.name for field in fields(Result)}
    return [
        Result(**{key: value for key, value in result.items() if key in known}
               | {"rows": [Row(**row | {"ratios": tuple(row["ratios"])}) for row in result["rows"]]})
        for result in kept["results"]
    ]


def _installed() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("transformers", "x-transformers"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
    return found


def _commit() -> dict[str, str]:
    words = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        asked = subprocess.run(words, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # no git here
        return {}
    return {"commit": asked.stdout.strip()} if asked.returncode == 0 else {}
