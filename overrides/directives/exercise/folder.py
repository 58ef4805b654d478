"""Exercises: a task, and a folder of files that prove themselves whenever one of them changes.

    exercises/attention-from-scratch/
        attention_exercise.py           what the learner starts from: every test fails
        test_attention_exercise.py      the tests: `test_` and the starter's name
        attention_solution.py           every test passes
        wrong/no_scale.py               at least three whole answers with one mistake each

The docstring of a wrong answer says, line by line, the mistake, a piece of the message that is meant for it, and, where
one mistake should not drag other tests along, which ones fail: "Only tests 3 and 4 fail."

pytest runs each answer as it does for a learner, in a folder with nothing else in it, and what it reports is read from
the same file that a learner brings to the page (`--junitxml`).
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from hooks.base.errors import PageError
from hooks.base.files import text as text_of
from hooks.execution.runner import Result, Task

FEWEST_WRONG = 3
SECONDS = 60  # for one answer
_ONLY = re.compile(r"^Only tests? (?P<numbers>\d+(?:(?:, | and )\d+)*) fails?\.$")
_NUMBER = re.compile(r"^test_(?:\d+_)?")
_RUN = """\
import os, pathlib, sys, torch
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.dont_write_bytecode = True
torch.set_num_threads(1)  # many of these run at once
for name, text in {files!r}.items():
    pathlib.Path(name).write_text(text, encoding="utf-8")
import pytest
without = ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
alone = ["-c", os.devnull, "--rootdir=."]
pytest.main(["-q", *without, *alone, "--junitxml=result.xml", {tests!r}])
report = pathlib.Path("result.xml").read_text(encoding="utf-8")
"""


@dataclass(frozen=True)
class Answer:
    """One file of an exercise."""

    path: str  # docs/part1/exercises/x/wrong/y.py
    text: str

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.path).name

    def fault(self, line: int, wrong: str, cure: str = "") -> PageError:
        """An error that names a line of this file."""
        return PageError(self.path, line, wrong, cure)


@dataclass(frozen=True)
class Wrong(Answer):
    """An answer with a mistake, and what should come of it."""

    mistake: str
    hint: str
    only: frozenset[int] | None  # the numbers of the tests that fail


@dataclass(frozen=True)
class Test:
    """A test's name and its line."""

    name: str
    line: int

    @property
    def title(self) -> str:
        """test_3_the_weights_are_scaled -> the weights are scaled"""
        return _NUMBER.sub("", self.name).replace("_", " ")


@dataclass(frozen=True)
class Folder:
    """The files of one exercise."""

    starter: Answer
    tests: Answer
    solution: Answer
    wrong: tuple[Wrong, ...]

    @cached_property
    def named(self) -> list[Test]:
        """The tests in the order in which pytest runs them."""
        found = ast.parse(self.tests.text).body
        return [
            Test(node.name, node.lineno)
            for node in found
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
        ]

    @property
    def answers(self) -> list[Answer]:
        """Every file that answers the task, right or wrong."""
        return [self.starter, self.solution, *self.wrong]

    def task(self, answer: Answer) -> Task:
        """pytest on one answer, in a folder with nothing else."""
        files = {self.starter.name: answer.text, self.tests.name: self.tests.text}
        return Task(answer.path, _RUN.format(files=files, tests=self.tests.name), ("report",), limit=SECONDS)

    def tasks(self) -> list[Task]:
        """One for each answer."""
        return [self.task(answer) for answer in self.answers]


def folder_of(data: dict, docs: Path, page: str, line: int) -> Folder | None:
    """The files that belong to an exercise; None where it has no folder.

    Args:
        data: what its block says.
        docs: the folder of all pages.
        page: the path of its page from docs/.
        line: the line of that page on which the block opens.

    Raises:
        PageError: a file is missing or does not say what it should.
    """
    if "folder" not in data:
        return None
    path = PurePosixPath(page).parent / data["folder"]
    place = docs / path
    files = sorted(file.name for file in place.glob("*.py"))

    def refuse(wrong: str, cure: str):
        return PageError(f"docs/{page}", line, f"exercise '{data['id']}': {wrong}", cure)

    if not place.is_dir():
        raise refuse(f"there is no folder docs/{path}.", "Write its path from the page's folder.")
    tests = [name for name in files if name.startswith("test_")]
    if len(tests) != 1:
        raise refuse(
            f"docs/{path} holds {len(tests)} files called test_....py.", "It needs one, such as test_x.py."
        )
    solutions = [name for name in files if name.endswith("_solution.py")]
    if len(solutions) != 1:
        raise refuse(f"docs/{path} holds {len(solutions)} files called ..._solution.py.", "It needs one.")
    starter = tests[0].removeprefix("test_")
    if starter not in files:
        raise refuse(
            f"docs/{path} holds no {starter}.", f"{tests[0]} tests a file of that name: the starter."
        )

    def answer(name: str) -> Answer:
        return Answer(f"docs/{path}/{name}", text_of(place / name, f"docs/{path}/{name}"))

    wrong = tuple(_wrong(answer(f"wrong/{file.name}")) for file in sorted(place.glob("wrong/*.py")))
    if len(wrong) < FEWEST_WRONG:
        cure = f"Write what people get wrong, at least {FEWEST_WRONG}, and the message meant for each."
        raise refuse(f"docs/{path}/wrong holds {len(wrong)} wrong answers.", cure)
    for at, one in enumerate(wrong):
        if twin := next((other for other in wrong[:at] if other.mistake == one.mistake), None):
            raise one.fault(1, f"{twin.name} is called '{one.mistake}' too.", "Say what sets the two apart.")
    made = Folder(answer(starter), answer(tests[0]), answer(solutions[0]), wrong)
    try:
        if not made.named:
            raise made.tests.fault(1, "it holds no test.", "Write functions called test_....")
    except SyntaxError as error:
        raise made.tests.fault(error.lineno or 1, f"SyntaxError: {error.msg}.") from None
    return made


def _wrong(answer: Answer) -> Wrong:
    try:
        said = ast.get_docstring(ast.parse(answer.text)) or ""
    except SyntaxError as error:
        raise answer.fault(error.lineno or 1, f"SyntaxError: {error.msg}.") from None
    mistake, hint, *rest = [*said.split("\n"), ""][: max(2, len(said.split("\n")))]
    if not mistake or not hint or len(rest) > 1:
        cure = "Begin with a docstring of two lines: the mistake, and a piece of the message meant for it."
        raise answer.fault(1, "it does not say which mistake it makes.", cure)
    only = _ONLY.match(rest[0]) if rest else None
    if rest and not only:
        raise answer.fault(3, f"'{rest[0]}' is not understood.", "Write: Only tests 3 and 4 fail.")
    numbers = frozenset(map(int, re.findall(r"\d+", only["numbers"]))) if only else None
    return Wrong(answer.path, answer.text, mistake, hint, numbers)


def prove(folder: Folder, results: dict[str, Result]) -> dict[str, str]:
    """Check what came of each answer. Returns the message that each mistake gets, by mistake.

    Args:
        results: by task key, those of `folder.tasks()` among them.

    Raises:
        PageError: the starter passes a test, the solution fails one, or a wrong answer does not get the message meant for it.
    """
    seen = {answer: _messages(folder, answer, results[folder.task(answer).key]) for answer in folder.answers}
    for test in folder.named:
        if seen[folder.starter][test.name] is None:
            wrong = f"{test.name} passes for the starter."
            raise folder.tests.fault(test.line, wrong, "Let it fail until the learner has done something.")
    for name, message in seen[folder.solution].items():
        if message is not None:
            raise folder.solution.fault(1, f"the solution fails {name}: {_short(message)}")
    return {wrong.mistake: _first_message(folder, wrong, seen[wrong]) for wrong in folder.wrong}


def _first_message(folder: Folder, answer: Wrong, seen: dict[str, str | None]) -> str:
    """The message that a learner reads first, if it is the one meant for their mistake."""
    said = {name: message for name, message in seen.items() if message is not None}
    failed = [at for at, name in enumerate(seen, start=1) if name in said]
    if not said:
        raise answer.fault(
            1, f"this wrong answer passes all {len(seen)} tests.", "Write a test that it fails."
        )
    first, message = next(iter(said.items()))
    if _plain(answer.hint) not in _plain(message):
        wrong = f"the hint meant for it is '{answer.hint}', and {first}, the first to fail, says: {_short(message)}"
        raise answer.fault(
            2, wrong, "Let that test tell this mistake from others, or name the hint that it gives."
        )
    if answer.only not in (None, set(failed)):
        listed = ", ".join(map(str, failed))
        raise answer.fault(3, f"the tests that fail are {listed}.", f"Fix {folder.tests.name}, or this line.")
    return message


def _messages(folder: Folder, answer: Answer, result: Result) -> dict[str, str | None]:
    """By the name of each test, in order, what it says of the answer; None where it passes."""
    if result.error:
        raise answer.fault(1, f"under the tests, {result.error['text']}.")
    cases = list(ElementTree.fromstring(result.values[0]).iter("testcase"))
    said: dict[str, str | None] = {}
    for case in cases:
        fault = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        if fault is not None and fault.get("message") == "collection failure":
            raise answer.fault(1, f"no test can run: {_short((fault.text or '').strip().split(chr(10))[-1])}")
        message = None if fault is None else (fault.get("message") or fault.text or "")
        said[case.get("name", "")] = said.get(case.get("name", "")) or message
    names = [test.name for test in folder.named]
    if set(said) != set(names):
        odd = sorted(set(said) ^ set(names))[0]
        cure = "Write each test as a function of its own, at the top level and without parameters."
        raise folder.tests.fault(1, f"{odd} is not one test.", cure)
    return {name: said[name] for name in names}


def _plain(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    return textwrap.shorten(_plain(text), 240, placeholder=" ...")
