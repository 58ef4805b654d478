"""The one table of all kinds of blocks: every folder here that holds a `directive.py`."""

from importlib import import_module
from pathlib import Path

from directives.directive import Block, Directive
from hooks.base.fences import Fence

KINDS: dict[str, Directive] = {
    file.parent.name: import_module(f"directives.{file.parent.name}.directive").DIRECTIVE
    for file in sorted(Path(__file__).parent.glob("*/directive.py"))
}
SHOWS_RUNS = next(directive for directive in KINDS.values() if directive.shows_runs)


def directive_of(fence: Fence) -> Directive | None:
    """The kind of a ```yaml fence; None where the fence is none of ours."""
    return KINDS.get(fence.words[1]) if fence.is_directive else None


def blocks(fences: list[Fence], path: str, first_line: int, topic: dict | None, docs: Path) -> list[Block]:
    """Every block among a page's fences, in order.

    Raises:
        PageError: YAML that does not fit the schema of its kind, or what a kind refuses.
    """
    found = [(fence, directive_of(fence)) for fence in fences]
    return [kind.read(fence, path, first_line, topic, docs) for fence, kind in found if kind]


def of_kind(directive: Directive, blocks: list[Block]) -> list[Block]:
    """The blocks of one kind."""
    return [block for block in blocks if block.directive is directive]
