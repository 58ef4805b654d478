"""The output of `benchmark` as text."""

from transformer_core.benchmarks.case import Result, Row
from transformer_core.benchmarks.ceiling import Ceiling
from transformer_core.cli.terminal import table

HEAD = ("", "median", "middle half", "n", "speed", "of ceiling", "differs by")


def render(result: Result) -> str:
    """A title, a table and notes."""
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


def _cells(row: Row) -> tuple[str, ...]:
    digits = 0 if row.value >= 100 else 1
    return (
        row.name, f"{row.value:,.{digits}f} {row.unit}", f"{row.low:,.{digits}f} to {row.high:,.{digits}f}",
        str(row.n),
        "" if row.speed is None else f"{row.speed:.2f}x",
        "" if row.ceiling is None else f"{row.ceiling:.0%}",
        "" if row.difference is None else "0" if row.difference == 0 else f"{row.difference:.0e}",
    )
