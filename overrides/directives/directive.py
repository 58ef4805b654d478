"""What every kind of block can do. A kind overrides what it needs; see the folders beside this file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from hooks.base import links, schemas
from hooks.base.errors import PageError
from hooks.base.fences import Fence
from hooks.execution.runner import Result, Task


@dataclass
class Block:
    """One block of a page as written: its kind, its checked data, and the run that it belongs to."""

    directive: "Directive"
    data: Any  # what the schema allows
    path: str  # docs/part1/page.md
    line: int  # of the file, on which the fence opens
    start: int  # lines of the Markdown that it takes, counted from 0
    end: int
    body: str = ""  # the YAML
    parsed: Any = None  # what `Directive.parse` made of the data
    run: str | None = None  # id of the run whose names its expressions see

    @cached_property
    def lines(self) -> dict[tuple, int]:
        """Line of the file for every value of the YAML, by its place: ("options", 1)."""
        return {place: self.line + 1 + at for place, at in schemas.lines(self.body).items()}

    def line_of(self, place: tuple, text: str = "") -> int:
        """The line of the file that holds a value, or the first line of a text in it."""
        at = self.lines[place] - self.line - 1
        first = text.strip().split("\n")[0]
        found = (n for n, line in enumerate(self.body.split("\n")[at:], at) if first in line)
        return self.line + 1 + next(found, at)

    def fault(self, wrong: str, cure: str = "") -> PageError:
        """An error that names the line on which the block opens."""
        return PageError(self.path, self.line, wrong, cure)


@dataclass(frozen=True)
class Run:
    """Code of a page that runs. `origin[n]` is the line of the file from which line n of the code came."""

    id: str
    line: int
    code: str
    steps: list[list[int]]  # the marks of each line of the code
    origin: list[int]
    sources: list[dict]  # package code that it shows: path, lines and dotted name
    timing: bool
    shown: bool  # `quiet` runs are for numbers and figures; their code is folded
    place: str  # id of the element that shows it


@dataclass(frozen=True)
class Expression:
    """Python that a block asks of a run, and the line of the file that asks it."""

    text: str
    line: int
    run: str | None = None  # None: the block's own


@dataclass(frozen=True)
class Words:
    """Markdown of a block that may hold values, and its line."""

    text: str
    line: int
    run: str | None = None


@dataclass(frozen=True)
class Entry:
    """What the manifest of a topic lists of a block, and the line of the file that names it."""

    data: dict  # with `id` and `aliases`
    line: int


class CourseView(Protocol):
    """What a block may know of the course."""

    @property
    def sources(self) -> Mapping[str, Any]:
        """Every page as written, by path from docs/; each has `sections`."""
        ...

    def planned_at(self, path: str) -> str | None:
        """The id of the topic planned at a path from docs/."""
        ...


class PageView(Protocol):
    """What a page gives a block that is rendered."""

    root: str  # from the page to the site's root
    topic: dict | None
    course: Any
    files: dict[str, str]  # site path -> text: the block's files join here
    shared: dict[str, dict[str, Any]]  # site path -> entries: one file that all pages share

    def fill(self, template: str, /, **data) -> str:
        """HTML of a template."""
        ...

    def inline(self, words: str, block: Block, *, line: int | None = None, run: str | None = None) -> str:
        """A sentence of Markdown as HTML, with its values."""
        ...

    def block(self, words: str, block: Block) -> str:
        """Markdown as HTML, with its values."""
        ...

    def filled(self, words: str, run: str | None) -> str:
        """A text with its values."""
        ...

    def value(self, run: str | None, expression: str) -> Any:
        """What an expression gave that the block asked."""
        ...

    def run(self, id: str) -> Run:
        """A run of the page."""
        ...

    def result(self, id: str) -> Result:
        """What came of a run of the page."""
        ...

    def proof(self, task: Task) -> Result:
        """What came of a task that the block asked besides the page's runs."""
        ...

    def same_as_approved(self, id: str) -> bool | None:
        """Whether a run's output is as approved; None where nothing was approved."""
        ...

    def count(self, kind: str) -> int:
        """1 for the first of a kind on the page, 2 for the next."""
        ...

    def number(self, kind: str) -> str:
        """1.3 for the third of its kind on the course's first topic; 3 on a page that is no topic."""
        ...


@dataclass
class Directive:
    """One kind of block.

    Args:
        file: the `__file__` of its `directive.py`: the folder gives the kind its name, schema and template.
    """

    file: str
    kind: str = field(init=False)
    schema: schemas.Schema = field(init=False)
    of_topics: str = ""  # what is wrong where it is on a page of no topic; empty: it may be
    manifest: str = ""  # the field of a topic's manifest that lists its blocks
    shared_files: tuple[str, ...] = ()  # files of the site that blocks of all pages fill together
    shows_runs: bool = False  # whether it shows every ```python run fence, dressed by the block above

    def __post_init__(self):
        self.kind = Path(self.file).parent.name
        self.schema = schemas.Schema(self.kind, Path(self.file).with_name("schema.json"))

    # --- reading: once, when the course is loaded

    def read(self, fence: Fence, path: str, first_line: int, topic: dict | None, docs: Path) -> Block:
        """The block of a fence on the page `path` of `docs`, whose Markdown starts on `first_line`."""
        line = first_line + fence.start
        if self.of_topics and topic is None:
            raise PageError(
                f"docs/{path}", line, self.of_topics, "Move it to one: its id begins with the topic's."
            )
        data = self.schema.read(fence.body, f"docs/{path}", line + 1)
        block = Block(self, data, f"docs/{path}", line, fence.start, fence.end, fence.body)
        block.parsed = self.parse(block, topic, docs)
        return block

    def parse(self, block: Block, topic: dict | None, docs: Path) -> Any:
        """What it makes of the data before anything runs: files read, fields checked."""

    def entries(self, blocks: list[Block], topic: dict) -> list[Entry]:
        """What a topic's manifest lists of these blocks."""
        return []

    def check_course(self, blocks: list[Block], course: CourseView) -> list[links.Anchor]:
        """Check all blocks of the course together. Returns the places that pages must have when they are built."""
        return []

    # --- asking: what it wants run

    def run_of(self, block: Block) -> str | None:
        """The run that it names; None: the one above it."""
        return block.data.get("of")

    def code(self, block: Block) -> Iterator[tuple[Fence, int, str]]:
        """Code of its own, each as the ```python run fence that it would be, with the line on which that would open,
        and the id of the element that shows it."""
        yield from ()

    def expressions(self, block: Block) -> Iterator[Expression]:
        """Python whose value it needs."""
        yield from ()

    def words(self, block: Block) -> Iterator[Words]:
        """Every text of it that may hold {= values =}."""
        yield from ()

    def tasks(self, block: Block) -> Iterable[Task]:
        """What it wants run besides the page's code."""
        return ()

    def drawings(self, block: Block) -> Iterable[str]:
        """Its expressions that call a function of `transformer_core.figures`."""
        return ()

    # --- rendering: when everything has run

    def essence(self, value: Any) -> Any:
        """What of a value is approved."""
        return value

    def render(self, block: Block, page: PageView) -> str:
        """Its HTML; empty where it shows nothing."""
        raise NotImplementedError(f"{self.kind} does not say how it is shown")

    def text(self, block: Block, page: PageView) -> str:
        """It as plain Markdown, for those who read the page as text: by default its words, a paragraph each."""
        return "\n\n".join(
            page.filled(words.text.strip(), words.run or block.run) for words in self.words(block)
        )


def drawing_essence(value: Any) -> Any:
    """What of a drawn figure is approved: its data and text, not its drawing."""
    if isinstance(value, dict) and "html" in value:
        return {"data": value["data"], "alt": value["alt"]}
    return value


def fields(block: Block, *names: str) -> Iterator[Words]:
    """The texts of these fields, where the block has them."""
    for name in names:
        if name in block.data:
            yield Words(str(block.data[name]), block.line)
