"""From a page to the code that it runs: which fences, each whole and on its own, and what is asked of them.

A fence opened with ```` ```python run ```` runs. What a reader copies is exactly what ran. A line
`#: transformer_core.nn.attention.scaled_dot_product_attention` in it is replaced by that function's source
without its docstring and its input check. `{= expression =}` anywhere in prose or in a block is replaced by its value
in the run above (`{=id: expression =}`: in that one). Blocks say themselves what they ask of a run.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from directives.directive import Block, Directive, Run
from directives.kinds import SHOWS_RUNS
from hooks.base import fences
from hooks.base.errors import PageError, suggest
from hooks.base.links import Anchor, Links
from hooks.base.maths import MARKS
from hooks.course.topics import Source
from hooks.execution.runner import Result, Task

INLINE = re.compile(r"\{=(?:(?P<run>[a-z0-9][a-z0-9-]*): )?(?P<expression>.+?)=\}")
_SHOW = re.compile(r"^#: *(?P<name>[A-Za-z_][\w.]*) *$")
_MARKED = re.compile(rf"(?P<before>\s*)#\s*(?P<marks>[{MARKS}]+)\s*(?P<rest>.*)$")


@dataclass
class Plan:
    """Everything a page asks of the runner, found before anything runs."""

    source: Source
    page: fences.Text  # its Markdown with links that lead to built pages
    links: Links | None = None
    anchors: list[Anchor] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    asked: dict[str, list[tuple[str, int]]] = field(
        default_factory=dict
    )  # run -> expressions and their lines
    askers: dict[tuple[str, str], Directive] = field(default_factory=dict)  # (run, expression) -> who asks

    @property
    def path(self) -> str:
        """The file, as errors name it."""
        return f"docs/{self.source.path}"

    def task(self, run: Run) -> Task:
        """What the runner does for a run."""
        expressions = tuple(expression for expression, _ in self.asked[run.id])
        return Task(f"{self.path}:{run.line}", run.code, expressions, run.timing)

    def tasks(self) -> list[Task]:
        """The page's code, and what its blocks want run besides."""
        own = [self.task(run) for run in self.runs.values()]
        return own + [task for block in self.blocks for task in block.directive.tasks(block)]

    def above(self, at: int) -> str | None:
        """The last run that is shown above a line of the Markdown, counted from 0."""
        return next((b.run for b in reversed(self.blocks) if _shows_a_run(b) and b.start <= at), None)

    def essence(self, run: str, expression: str, value):
        """What of a value is approved."""
        asker = self.askers.get((run, expression))
        return asker.essence(value) if asker else value

    def checked(self, run: Run, result: Result) -> Result:
        """The result, or the page's error where the code or an expression failed."""
        if not result.error:
            return result
        wrong = result.error["text"]
        if "expression" in result.error:
            expression, line = self.asked[run.id][result.error["expression"]]
            cure = f"It sees the names of the run '{run.id}'."
            raise PageError(self.path, line, f"{wrong}, in {expression!r}.", cure)
        if result.error["line"] is None:
            raise PageError(self.path, run.line, f"{wrong}.", f"It is the code of the run '{run.id}'.")
        at = min(result.error["line"], len(run.origin)) - 1
        cure = f"The line is: {run.code.split(chr(10))[at].strip()!r}"
        raise PageError(self.path, run.origin[at], wrong, cure)


def plan(source: Source, repo: Path, links: Links | None = None) -> Plan:
    """What a page asks, its links resolved where `links` are given.

    Raises:
        PageError: a link that leads nowhere, a block that belongs to no run, source that cannot be found.
    """
    anchors: list[Anchor] = []
    page = source.page
    if links:
        lines, anchors = links.resolve(source.page, source.first_line)
        page = source.page.with_lines(lines)
    made = Plan(source, page, links, anchors)
    blocks = {block.start: block for block in source.blocks}
    _refuse_twins(source.blocks)
    dress: Block | None = None  # of the next run
    for fence in source.page.fences:
        line = source.first_line + fence.start
        if block := blocks.get(fence.start):
            for code in block.directive.code(block):
                _add_run(made, repo, *code)
            made.blocks.append(block)
            dress = block if block.directive is SHOWS_RUNS else dress
        elif fence.words[:2] == ["python", "run"]:
            run = _add_run(made, repo, fence, line)
            data = dress.data if dress else {}
            shown = Block(SHOWS_RUNS, data, made.path, line, fence.start, fence.end, parsed=dress, run=run.id)
            made.blocks.append(shown)
            dress = None
        elif dress:
            break
    if dress:
        raise dress.fault(
            f"this {dress.directive.kind} has no code.", "Put a ```python run fence right after it."
        )
    for ask in _questions(made):
        _note(made, *ask)
    return made


def _refuse_twins(blocks: list[Block]) -> None:
    """Files beside the page, and places on it, are called by the ids of its blocks."""
    seen: dict[str, int] = {}
    for block in blocks:
        id = block.data.get("id") if isinstance(block.data, dict) else None
        if id in seen:
            raise block.fault(
                f"the id {id} is given twice on this page, first on line {seen[id]}.", "Choose another."
            )
        if id:
            seen[id] = block.line


def _shows_a_run(block: Block) -> bool:
    return block.directive is SHOWS_RUNS and block.run is not None


def _add_run(made: Plan, repo: Path, fence: fences.Fence, line: int, place: str = "") -> Run:
    run = _run(made, repo, fence, line, place)
    made.runs[run.id] = run
    made.asked[run.id] = []
    return run


def _run(made: Plan, repo: Path, fence: fences.Fence, line: int, place: str) -> Run:
    options: dict[str, str] = {}
    for word in fence.words[2:]:
        name, _, options[name] = word.partition("=")
    if unknown := set(options) - {"id", "timing", "quiet"}:
        wrong = f"unknown word '{unknown.pop()}' after `run`."
        raise PageError(made.path, line, wrong, "Known: id=..., timing, quiet.")
    id = options.get("id") or f"run-{len(made.runs) + 1}"
    if id in made.runs:
        raise PageError(made.path, line, f"two runs are called '{id}'.", "Give one of them another id.")
    code, steps, origin, sources = [], [], [], []
    for at, text in enumerate(fence.body.split("\n"), start=line + 1):
        shown = [text]
        if named := _SHOW.match(text):
            shown, where = _source(named["name"], repo, made.path, at)
            sources.append(where)
        for one in shown:
            clean, marks = _unmark(one)
            code.append(clean)
            steps.append(marks)
            origin.append(at)
    body = "\n".join(code) + "\n"
    try:
        ast.parse(body)
    except SyntaxError as error:
        at = min(error.lineno or 1, len(code)) - 1
        cure = f"The line is: {code[at].strip()!r}"
        raise PageError(made.path, origin[at], f"SyntaxError: {error.msg}", cure) from None
    timing, shown = "timing" in options, "quiet" not in options
    return Run(id, line, body, steps, origin, sources, timing, shown, place or _place(made.source, id))


def _place(source: Source, id: str) -> str:
    """The id of a run's element: its own, unless a section or a figure of the page has that."""
    figures = {
        block.data["id"] for block in source.blocks if isinstance(block.data, dict) and "id" in block.data
    }
    return f"{id}-run" if id in source.sections or id in figures else id


def _unmark(line: str) -> tuple[str, list[int]]:
    """The line without its step marks, and the marks: they are drawn beside the code, never copied with it."""
    marked = _MARKED.search(line)
    if not marked:
        return line, []
    comment = f"{marked['before']}# {marked['rest']}" if marked["rest"] else ""
    return line[: marked.start()] + comment, [MARKS.index(mark) + 1 for mark in marked["marks"]]


def _source(name: str, repo: Path, path: str, line: int) -> tuple[list[str], dict]:
    """The source of a function or class of the package, without its docstring and its check of the input."""
    steps = name.split(".")
    for cut in range(len(steps) - 1, 0, -1):
        file = repo.joinpath(*steps[:cut]).with_suffix(".py")
        if file.is_file():
            break
    else:
        raise PageError(path, line, f"there is no source file for {name}.", "Write #: package.module.name")
    text = file.read_text(encoding="utf-8")
    node: ast.Module | ast.FunctionDef | ast.ClassDef = ast.parse(text)
    for step in steps[cut:]:
        inside = {n.name: n for n in node.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        if step not in inside:
            raise PageError(path, line, f"{file.relative_to(repo)} has no '{step}'.", suggest(step, inside))
        node = inside[step]
    assert not isinstance(node, ast.Module), "a name has at least two steps"
    lines = text.split("\n")
    hidden: set[int] = set()
    for part in ast.walk(node):
        if (
            isinstance(part, (ast.FunctionDef, ast.ClassDef))
            and ast.get_docstring(part, clean=False) is not None
        ):
            hidden |= set(_lines_of(part.body[0]))
            after = _lines_of(part.body[0]).stop
            if not lines[after - 1].strip():
                hidden.add(after)
        if isinstance(part, ast.stmt) and _is_check(part):
            hidden |= set(_lines_of(part))
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    last = _lines_of(node).stop - 1
    kept = [lines[n - 1] for n in range(first, last + 1) if n not in hidden]
    while not kept[-1].strip():
        kept.pop()
    where = {"path": file.relative_to(repo).as_posix(), "lines": f"{first}–{last}", "name": name}
    return textwrap.dedent("\n".join(kept)).split("\n"), where


def _lines_of(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_check(node: ast.stmt) -> bool:
    """Whether this is a call of `check_...` or `_check...` or the definition of such a method."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).removeprefix("self.").lstrip("_").startswith("check")
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_check")


Asked = tuple[str, str | None, int, Directive | None]  # expression, run, line of the file, who asks


def _questions(made: Plan) -> Iterator[Asked]:
    """Every expression of the page, with the run whose names it sees."""
    for at, line in enumerate(made.page.prose):
        for match in INLINE.finditer(line):
            yield match["expression"], match["run"] or made.above(at), made.source.first_line + at, None
    for block in made.blocks:
        kind = block.directive
        if kind is not SHOWS_RUNS:
            block.run = kind.run_of(block) or made.above(block.start)
        for asked in kind.expressions(block):
            yield asked.text, asked.run or block.run, asked.line, kind
        for words in kind.words(block):
            for match in INLINE.finditer(words.text):
                yield match["expression"], match["run"] or words.run or block.run, words.line, None


def _note(made: Plan, expression: str, run: str | None, line: int, asker: Directive | None) -> None:
    if run is None or run not in made.runs:
        what = f"there is no run called '{run}'" if run else "no code runs above this"
        raise PageError(
            made.path, line, f"{what}.", suggest(run or "", made.runs) if made.runs else "Add one."
        )
    expression = expression.strip()
    try:
        ast.parse(expression, mode="eval")
    except SyntaxError as error:
        wrong = f"SyntaxError: {error.msg}, in {expression!r}."
        raise PageError(made.path, line, wrong, "Write one Python expression.") from None
    if (expression, line) not in made.asked[run]:
        made.asked[run].append((expression, line))
    if asker:
        made.askers[run, expression] = asker
