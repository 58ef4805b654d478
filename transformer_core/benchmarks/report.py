"""Results for a reader, as a table, and for a machine, as JSON."""

import subprocess
from dataclasses import asdict, fields
from pathlib import Path

import torch

from transformer_core.benchmarks.case import Result, Row
from transformer_core.benchmarks.ceiling import Ceiling
from transformer_core.measure import machine
from transformer_core.terminal import table

HEAD = ("", "median", "middle half", "n", "speed", "of ceiling", "differs by")


def provenance() -> dict:
    """What the figures were measured on, and when; in a checkout, of which commit."""
    return {**machine(), **_installed(), **_commit()}


def render(result: Result) -> str:
    """A title, a table, and what to know about it."""
    lines = [result.title, table([HEAD, *map(_cells, result.rows)], right=range(1, len(HEAD)))]
    if result.against_best_peer is not None:
        lines.append(f"  {result.against_best_peer:.2f} times the speed of the best peer, {result.best_peer}")
    lines += [f"  {row.name}: {row.note}" for row in result.rows if row.note]
    lines += [f"  {note}" for note in result.notes]
    return "\n".join(lines)


def render_machine(found: dict, limits: Ceiling) -> str:
    """The lines under every report."""
    versions = ", ".join(f"{name} {found[name]}" for name in ("python", "torch", "transformers", "x-transformers")
                         if name in found)
    return (f"{found['cpu']}, {found['threads']} threads of {found['cores']} cores; {versions}; {found['date']}\n"
            f"this machine's ceiling: matrix product {limits.gflops:,.0f} GFLOP/s, copy {limits.copy:,.1f} GB/s")


def as_json(results: list[Result], found: dict, limits: Ceiling) -> dict:
    """What --json prints, and what is kept; read back by from_json."""
    return {"machine": found, "ceiling": asdict(limits), "results": [asdict(result) for result in results]}


def from_json(kept: dict) -> list[Result]:
    """The results of as_json."""
    known = {field.name for field in fields(Result)}
    return [
        Result(**{key: value for key, value in result.items() if key in known}
               | {"rows": [Row(**row | {"ratios": tuple(row["ratios"])}) for row in result["rows"]]})
        for result in kept["results"]
    ]


def _cells(row: Row) -> tuple[str, ...]:
    digits = 0 if row.value >= 100 else 1
    return (
        row.name, f"{row.value:,.{digits}f} {row.unit}", f"{row.low:,.{digits}f} to {row.high:,.{digits}f}",
        str(row.n),
        "" if row.speed is None else f"{row.speed:.2f}x",
        "" if row.ceiling is None else f"{row.ceiling:.0%}",
        "" if row.difference is None else "0" if row.difference == 0 else f"{row.difference:.0e}",
    )


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
