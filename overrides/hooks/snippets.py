"""From a page's Markdown to the code that it runs: which fences, whole and on their own, and what is asked of them.

A fence opened with ```` ```python run ```` runs. It stands alone: what a reader copies is exactly what ran. A line
`#: transformer_core.nn.attention.scaled_dot_product_attention` in it is replaced by that function's source
without its docstring and its input check. A `yaml unit`, `yaml figure` or `yaml table` fence dresses the run next to it, and
`{= expression =}` anywhere in prose is replaced by its value in the run above (`{=id: expression =}`: in that one).
The code of a question in a `yaml quiz` fence is a run too; the page shows no unit for it.
"""

import ast
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from . import exercises, fences, quizzes, schemas
from .errors import PageError, suggest
from .runner import Result, Task
from .topics import Source

INLINE = re.compile(r"\{=(?:(?P<run>[a-z0-9][a-z0-9-]*): )?(?P<expression>.+?)=\}")
MARKS = "①②③④⑤⑥"
_SHOW = re.compile(r"^#: *(?P<name>[A-Za-z_][\w.]*) *$")
_MARKED = re.compile(rf"(?P<before>\s*)#\s*(?P<marks>[{MARKS}]+)\s*(?P<rest>.*)$")


@dataclass(frozen=True)
class Run:
    """One fence that runs. `origin[n]` is the line of the file from which line n of the code came."""

    id: str
    line: int
    code: str
    steps: list[list[int]]  # the marks of each line of the code
    origin: list[int]
    sources: list[dict]  # package code that it shows: path, lines and dotted name
    timing: bool
    shown: bool  # `quiet` runs are for numbers and figures; their code is folded


@dataclass(frozen=True)
class Block:
    """One directive fence: its kind, its checked data, and the run it belongs to."""

    kind: str
    data: dict
    run: str | None
    line: int
    start: int  # lines of the Markdown that it takes, counted from 0
    end: int


@dataclass
class Plan:
    """Everything a page asks of the runner, found before anything runs."""

    source: Source
    runs: dict[str, Run] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    asked: dict[str, list[tuple[str, int]]] = field(
        default_factory=dict
    )  # run -> expressions and their lines

    @property
    def path(self) -> str:
        return f"docs/{self.source.path}"

    def task(self, run: Run) -> Task:
        expressions = tuple(expression for expression, _ in self.asked[run.id])
        return Task(f"{self.path}:{run.line}", run.code, expressions, run.timing)

    def tasks(self) -> list[Task]:
        return [self.task(run) for run in self.runs.values()]

    def questions(self) -> list[quizzes.Question]:
        return [question for block in self.blocks for question in block.data.get("questions", [])]

    def exercise(self, block: Block, docs: Path) -> exercises.Folder | None:
        """The files of an exercise's block, if it has any."""
        return exercises.folder_of(block.data, docs, self.source.path, block.line)

    def proofs(self, docs: Path) -> list[Task]:
        """The answers to run of all its exercises."""
        folders = [self.exercise(block, docs) for block in self.blocks if block.kind == "exercise"]
        return [task for folder in folders if folder for task in folder.tasks()]

    def checked(self, run: Run, result: Result) -> Result:
        """The result, or the page's error where the code or an expression failed."""
        if not result.error:
            return result
        wrong = result.error["text"]
        if "expression" in result.error:
            expression, line = self.asked[run.id][result.error["expression"]]
            raise PageError(
                self.path, line, f"{wrong}, in {expression!r}.", f"It sees the names of the run '{run.id}'."
            )
        at = min(result.error["line"], len(run.origin)) - 1
        raise PageError(
            self.path, run.origin[at], f"{wrong}", f"The line is: {run.code.split(chr(10))[at].strip()!r}"
        )


def plan(source: Source, repo: Path) -> Plan:
    """Read a page's fences.

    Raises:
        PageError: a directive that does not fit its schema or belongs to no run, source that cannot be found.
    """
    made = Plan(source)
    lines = source.text.split("\n")
    ends: list[tuple[int, str]] = []  # where each run ends, to know which one a sentence follows
    unit = None
    for fence in fences.find(lines):
        line, words = source.first_line + fence.start, fence.words
        kind = words[1] if len(words) > 1 else ""
        if words[:1] == ["yaml"] and kind in ("unit", "figure", "table", "exercise"):
            data = schemas.read(kind, fence.body, made.path, line + 1)
            if kind == "exercise" and not source.topic:
                cure = "Move it to one: the ids of exercises begin with the topic's."
                raise PageError(made.path, line, "an exercise stands on the page of a topic.", cure)
            block = Block(kind, data, None, line, fence.start, fence.end)
            made.blocks.append(block)
            unit = block if kind == "unit" else unit
        elif quizzes.is_quiz(fence):
            made.blocks.append(_quiz(made, fence, line, repo))
        elif words[:2] == ["python", "run"]:
            run = _run(made, fence, line, repo)
            made.runs[run.id] = run
            made.asked[run.id] = []
            made.blocks.append(Block("run", unit.data if unit else {}, run.id, line, fence.start, fence.end))
            ends.append((fence.start, run.id))
            unit = None
        elif unit:
            raise PageError(
                made.path, unit.line, "this unit has no code.", "Put a ```python run fence right after it."
            )
    if unit:
        raise PageError(
            made.path, unit.line, "this unit has no code.", "Put a ```python run fence right after it."
        )
    _ask(made, lines, ends)
    return made


def _quiz(made: Plan, fence: fences.Fence, line: int, repo: Path) -> Block:
    """The questions of a fence; the code of each is a run of its own."""
    if not made.source.topic:
        cure = "Move it to one: the ids of questions begin with the topic's."
        raise PageError(made.path, line, "a quiz stands on the page of a topic.", cure)
    questions = quizzes.read(fence.body, made.path, line + 1, made.source.topic["id"])
    for question in questions:
        if code := question.fence():
            run = _run(made, *code, repo)
            made.runs[run.id], made.asked[run.id] = run, []
    return Block("quiz", {"questions": questions}, None, line, fence.start, fence.end)


def _run(made: Plan, fence: fences.Fence, line: int, repo: Path) -> Run:
    options = dict(word.partition("=")[::2] for word in fence.words[2:])
    if unknown := set(options) - {"id", "timing", "quiet"}:
        raise PageError(
            made.path, line, f"unknown word '{unknown.pop()}' after `run`.", "Known: id=..., timing, quiet."
        )
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
    return Run(id, line, body, steps, origin, sources, "timing" in options, "quiet" not in options)


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
    node = ast.parse(text)
    for step in steps[cut:]:
        inside = {n.name: n for n in node.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        if step not in inside:
            raise PageError(path, line, f"{file.relative_to(repo)} has no '{step}'.", suggest(step, inside))
        node = inside[step]
    lines, hidden = text.split("\n"), set()
    for part in ast.walk(node):
        if (
            isinstance(part, (ast.FunctionDef, ast.ClassDef))
            and ast.get_docstring(part, clean=False) is not None
        ):
            hidden |= set(range(part.body[0].lineno, part.body[0].end_lineno + 1))
            if not lines[part.body[0].end_lineno].strip():
                hidden.add(part.body[0].end_lineno + 1)
        if _is_check(part):
            hidden |= set(range(part.lineno, part.end_lineno + 1))
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    kept = [lines[n - 1] for n in range(first, node.end_lineno + 1) if n not in hidden]
    while not kept[-1].strip():
        kept.pop()
    where = {"path": file.relative_to(repo).as_posix(), "lines": f"{first}–{node.end_lineno}", "name": name}
    return textwrap.dedent("\n".join(kept)).split("\n"), where


def _is_check(node: ast.AST) -> bool:
    """Whether this is a call of `check_...` or `_check...` or the definition of such a method."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).removeprefix("self.").lstrip("_").startswith("check")
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_check")


def _ask(made: Plan, lines: list[str], ends: list[tuple[int, str]]) -> None:
    """Collect every expression of the page under the run whose names it sees."""

    def above(at: int) -> str | None:
        return next((id for start, id in reversed(ends) if start <= at), None)

    def note(expression: str, run: str | None, at: int) -> str:
        line = made.source.first_line + at
        if run is None or run not in made.runs:
            what = f"there is no run called '{run}'" if run else "no code runs above this"
            raise PageError(
                made.path, line, f"{what}.", suggest(run or "", made.runs) if made.runs else "Add one."
            )
        if (expression.strip(), line) not in made.asked[run]:
            made.asked[run].append((expression.strip(), line))
        return run

    for at, line in enumerate(fences.prose_lines("\n".join(lines))):
        for match in INLINE.finditer(line):
            note(match["expression"], match["run"] or above(at), at)
    for number, block in enumerate(made.blocks):
        run = block.run or block.data.get("of") or above(block.start)
        if block.kind == "unit":
            continue
        for question in block.data.get("questions", []):
            own = question.run or run
            for expression, line in question.expressions():
                note(expression, own, line - made.source.first_line)
            for text, line in question.texts():
                for match in INLINE.finditer(text):
                    note(match["expression"], match["run"] or own, line - made.source.first_line)
        if block.kind in ("figure", "table"):
            run = note(block.data["draw" if block.kind == "figure" else "rows"], run, block.start)
            made.blocks[number] = Block(block.kind, block.data, run, block.line, block.start, block.end)
        for key in ("cells", "mark"):
            if block.kind == "run" and key in block.data:
                note(block.data[key], run, block.start)
        for key in ("title", "caption", "says", "task"):
            for match in INLINE.finditer(str(block.data.get(key, ""))):
                note(match["expression"], match["run"] or run, block.start)
