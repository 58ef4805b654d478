"""How wide a command's output is."""

from transformer_core.cli.terminal import cells


def columns_of(out):
    """The columns of the widest line."""
    return max(cells(line) for line in out.splitlines())
