"""The reference: what belongs to the page of each module, lessons and tests, and the page itself from the cache."""

import ast
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from hooks.base import links
from hooks.base.errors import PageError, suggest
from hooks.course.course import Course
from hooks.course.topics import Source
from hooks.execution import cache
from hooks.execution.cache import ResultCache
from hooks.lesson.page import Page
from hooks.lesson.snippets import Plan, Run
from hooks.reference import docstrings
from hooks.reference import page as reference_page
from hooks.reference.package import Package
from hooks.reference.places import Reference


def link_sources(made: Reference, plans: dict[str, Plan]) -> None:
    """Where a page shows source of the package, the line that says so leads to the reference."""
    for plan in plans.values():
        for run in plan.runs.values():
            for source in run.sources:
                source["url"] = made.address(source["name"])


def lessons(made: Reference, course: Course, plans: dict[str, Plan]) -> dict[str, list[dict]]:
    """By module: the written topics whose code shows or imports it; else the planned ones that name it, or its room.

    Raises:
        PageError: docs/course.yml names a module that the package lacks.
    """
    known = made.package.modules
    written: dict[str, list[dict]] = {}
    planned: dict[str, list[dict]] = {}
    for topic in course.topics.values():
        if topic["planned"]:
            for name in topic.get("modules", []):
                if name not in known:
                    lines = (course.docs / "course.yml").read_text(encoding="utf-8").split("\n")
                    line = next((n for n, text in enumerate(lines, 1) if f"id: {topic['id']}," in text), 1)
                    wrong = (
                        f"the topic {topic['id']} names the module '{name}', which {made.package.name} lacks."
                    )
                    raise PageError("docs/course.yml", line, wrong, suggest(name, filter(None, known)))
                planned.setdefault(name, []).append({"title": topic["title"], "id": topic["id"]})
            continue
        for name, sections in _used(made, plans[topic["path"]]).items():
            lesson = {"title": topic["title"], "path": topic["path"], "sections": sections}
            written.setdefault(name, []).append(lesson)
    own = {name: written.get(name) or planned.get(name) for name in known}
    rooms = {name: planned.get(module.room) or written.get(module.room, []) for name, module in known.items()}
    return {name: own[name] or rooms[name] for name in known}


def _used(made: Reference, plan: Plan) -> dict[str, list[dict]]:
    """By module: the sections of a page whose code shows it, or uses it where none shows it."""
    shown: dict[str, dict[str, str]] = {}
    used: dict[str, dict[str, str]] = {}

    def note(where: dict, paths: set[str], line: int, id: str) -> None:
        for name in made.package.holding(paths):
            where.setdefault(name, {}).setdefault(_heading(plan.source, line), id)

    for run in plan.runs.values():
        note(shown, {source["name"] for source in run.sources}, run.line, run.place)
        note(used, _imported(run), run.line, run.place)
    for block in plan.blocks:
        for drawing in block.directive.drawings(block):  # what draws a figure needs no import
            drawn = made.short.get("figures." + drawing.strip().partition("(")[0], [])
            note(used, set(drawn), block.line, block.data["id"])
    both = used | shown
    return {name: [{"title": title, "id": id} for title, id in both[name].items()] for name in sorted(both)}


def _imported(run: Run) -> set[str]:
    """Dotted paths of what a run imports and uses; what only the source needs that it shows is not its subject."""
    lines = run.code.split("\n")
    own = [line for line, at in zip(lines, run.origin, strict=False) if run.origin.count(at) == 1]
    body = "\n".join(line for line in own if not re.match(r"\s*(?:from|import) ", line))
    names: dict[str, str] = {}
    for node in ast.walk(ast.parse(run.code)):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return {path for name, path in names.items() if re.search(rf"\b{re.escape(name)}\b", body)}


def _heading(source: Source, line: int) -> str:
    """The heading above a line of a page, without its number and attributes."""
    above = source.text.split("\n")[: line - source.first_line]
    found = [one for one in above if re.match(r"##+ ", one)]
    return re.sub(r"^#+ +(\d+\. +)?|\s*\{[^}]*\}\s*$", "", found[-1]) if found else ""


def tests_of(module: str, found: Package, repo: Path) -> list[Path]:
    """The files that test a module: test_<module>.py and test_<module>_<more>.py; else those in a folder of its name."""
    path, whole, last = module.replace(".", "/"), module.replace(".", "_"), module.rpartition(".")[2]
    others = {name.rpartition(".")[2] for name in found.modules} - {last}
    core, own = repo / "tests" / "core", []
    for folder in dict.fromkeys([core, (core / path).parent, core / path]):
        for file in sorted(folder.glob("test_*.py")):
            name = file.stem.removeprefix("test_")
            more = name.startswith((f"{last}_", f"{whole}_")) and name not in others
            if last and (name in (last, whole) or more):
                own.append(file)
    folders = [core / path, repo / "tests" / path] if module else []
    return own or [file for folder in folders for file in sorted(folder.glob("test_*.py"))]


def _proof(module: str, found: Package, repo: Path) -> list[dict]:
    """Each test file with its text and what its tests are called, as sentences."""
    proof = []
    for file in tests_of(module, found, repo):
        text, path = file.read_text(encoding="utf-8"), file.relative_to(repo).as_posix()
        names = re.findall(r"^ *(?:async )?def test_(\w+)", text, re.MULTILINE)
        says = [name.replace("_", " ") for name in names]
        proof.append({"path": path, "text": text, "says": [said[:1].upper() + said[1:] for said in says]})
    return proof


@dataclass(frozen=True)
class Made:
    """A page half built, the places that its links lead to, and the code that is folded away on it."""

    page: Page
    anchors: list[links.Anchor]
    code: dict[str, str]

    def unfold(self, output: str) -> str:
        """The built page with its folded code: it joins when the search has read the page, and is no part of it."""
        return re.sub(r'<div data-code="([^"]+)"></div>', lambda match: self.code[match[1]], output)


def page(made: Reference, path: str, taught: list[dict], kept: ResultCache) -> Made:
    """One page; kept until something that goes into it changes.

    Args:
        taught: its lessons, as `lessons` gives them.

    Raises:
        PageError: a docstring that cannot be read or documents what is not there, maths that is wrong.
    """
    module = made.pages[path]
    owner = (
        module.name if tests_of(module.name, made.package, made.repo) else module.room
    )  # a room's tests are shared
    files = sorted({entry.file for entry in module.entries} | {module.file})
    texts = {file: (made.repo / file).read_text(encoding="utf-8") for file in files}
    proof = _proof(owner, made.package, made.repo)
    others = [
        [one.name, docstrings.first_sentence(one.doc), one.imports] for one in made.package.modules.values()
    ]
    letters = made.package.modules[""].doc
    whole = [
        path,
        asdict(module),
        texts,
        owner,
        proof,
        taught,
        sorted(made.places.items()),
        others,
        letters,
    ]
    key = cache.key("reference page", whole, [Path(reference_page.__file__)])
    found = kept.get(key)
    if not found:
        writer = reference_page.Writer(made, path, texts)
        text = writer.module(taught, owner, proof) if module.name else writer.index()
        anchors = [list(vars(anchor).values()) for anchor in writer.anchors]
        found = {
            "text": text,
            "slots": writer.slots,
            "anchors": anchors,
            "code": writer.code,
        }
        kept.put(key, found)
    anchors = [links.Anchor(*anchor) for anchor in found["anchors"]]
    return Made(Page(found["text"], found["slots"]), anchors, found["code"])
