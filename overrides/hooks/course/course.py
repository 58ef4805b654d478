"""The course: what topics there are, written and planned, and how they depend on each other.

`manifest()` is what the dashboard, the topic map and all progress count from, and nothing else is.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from directives import kinds
from directives.directive import Entry
from hooks.base import files, graph, links, schemas
from hooks.base.errors import PageError, suggest
from hooks.course.topics import Source, read

FIELDS = [
    "id",
    "title",
    "short",
    "part",
    "number",
    "count",
    "url",
    "planned",
    "study_mode",
    "time",
    "minutes",
    "modes",
    "sections",
    "summary",
    "assumes",
    "prerequisites",
    "opens",
    "next",
    "aliases",
    "rubric",
    *sorted(kind.manifest for kind in kinds.KINDS.values() if kind.manifest),
]
PLAN = "docs/course.yml"
SCHEMA = schemas.Schema("course", Path(__file__).with_name("course.json"))


@dataclass(frozen=True)
class Course:
    """All topics by id, in course order, and every page of the site as written."""

    parts: list[dict]
    topics: dict[str, dict]
    sources: dict[str, Source]  # by path from docs/
    tombstones: list[str]
    docs: Path = field(default=Path("docs"), repr=False)

    def manifest(self) -> dict:
        """All topics, as the browser counts from them."""
        return {"version": 1, "parts": self.parts, "topics": [_public(t) for t in self.topics.values()]}

    def excerpt(self, topic: dict) -> dict:
        """The manifest of one topic and its neighbours, for the topic's own page."""
        near = {topic["id"], *topic["prerequisites"], *topic["opens"], *topic["next"]}
        return {**self.manifest(), "topics": [_public(t) for t in self.topics.values() if t["id"] in near]}

    def check_blocks(self) -> list[links.Anchor]:
        """What each kind of block checks over the whole course; the places that pages must have when built.

        Raises:
            PageError: what a kind refuses.
        """
        blocks = [block for source in self.sources.values() for block in source.blocks]
        checked = [kind.check_course(kinds.of_kind(kind, blocks), self) for kind in kinds.KINDS.values()]
        return [anchor for anchors in checked for anchor in anchors]

    def planned_at(self, path: str) -> str | None:
        """The id of the planned topic whose page would be `path`."""
        return next((t["id"] for t in self.topics.values() if t["planned"] and t["path"] == path), None)


def _public(topic: dict) -> dict:
    return {field: topic[field] for field in FIELDS}


def load(docs: Path) -> Course:
    """Read `course.yml` and every page below `docs`.

    Raises:
        PageError: a field that does not fit the schema, a topic that is named and does not exist, a circle.
    """
    plan = SCHEMA.read(files.text(docs / "course.yml", PLAN), PLAN, 1)
    _check_plan(docs, plan)
    sources: dict[str, Source] = {}
    for file in sorted(docs.rglob("*.md")):
        path = file.relative_to(docs).as_posix()
        if not any(name.startswith(".") for name in path.split("/")):  # an editor's: MkDocs leaves them out
            sources[path] = read(path, files.text(file, f"docs/{path}"), docs)
    written = {}
    for source in sources.values():
        if source.topic:
            twin = written.setdefault(source.topic["id"], source.topic)
            if twin is not source.topic:
                wrong = f"the id {source.topic['id']} belongs to docs/{twin['path']} too."
                raise PageError(
                    f"docs/{source.path}",
                    _line(docs, source, source.topic["id"]),
                    wrong,
                    "Ids are unique: choose another.",
                )
    ordered = _order(docs, plan, sources, written)
    _check(docs, sources, ordered, plan.get("tombstones", []))
    parts = [{"number": part["number"], "title": part["title"]} for part in plan["parts"]]
    return Course(parts, ordered, sources, plan.get("tombstones", []), docs)


def _check_plan(docs: Path, plan: dict) -> None:
    """No part has the number of another, and no topic its id."""
    at = schemas.lines(files.text(docs / "course.yml", PLAN))
    numbers: set[int] = set()
    ids: set[str] = set()
    for place, part in enumerate(plan["parts"]):
        if part["number"] in numbers:
            line = at["parts", place, "number"] + 1
            raise PageError(PLAN, line, f"part {part['number']} is given twice.", "Give one another number.")
        numbers.add(part["number"])
        for inside, topic in enumerate(part["topics"]):
            if topic["id"] in ids:
                line = at["parts", place, "topics", inside, "id"] + 1
                wrong = f"the topic {topic['id']} is planned twice."
                raise PageError(PLAN, line, wrong, "Ids are unique: drop one, or choose another id.")
            ids.add(topic["id"])


def _order(docs: Path, plan: dict, sources: dict, written: dict) -> dict[str, dict]:
    """Topics as the plan orders them; pages that it does not name come last in their part."""
    known = {part["number"] for part in plan["parts"]}
    for topic in written.values():
        if topic["part"] not in known:
            source = sources[topic["path"]]
            wrong = f"part is {topic['part']}."
            raise PageError(
                f"docs/{topic['path']}",
                _line(docs, source, "part:"),
                wrong,
                f"docs/course.yml has parts {sorted(known)}.",
            )
    ordered = {}
    for part in plan["parts"]:
        ids = [topic["id"] for topic in part["topics"]]
        planned = {topic["id"]: _planned(topic, part["number"]) for topic in part["topics"]}
        ids += [id for id, topic in written.items() if topic["part"] == part["number"] and id not in ids]
        ids = [id for id in ids if id not in written or written[id]["part"] == part["number"]]
        for number, id in enumerate(ids, start=1):
            place = {"part_title": part["title"], "number": number, "count": len(ids)}
            ordered[id] = written.get(id) or planned[id]
            ordered[id] |= place
    titles = {topic["title"].lower(): id for id, topic in ordered.items()}
    for topic in ordered.values():
        follows = topic.pop("follows", [])
        topic["next"] = topic["next"] or [titles[t.lower()] for t in follows if t.lower() in titles]
        topic["url"] = None if topic["planned"] else links.url(topic["path"])
        topic["opens"] = [other["id"] for other in ordered.values() if topic["id"] in other["prerequisites"]]
    return ordered


def _planned(topic: dict, part: int) -> dict:
    name = topic["id"].removeprefix(f"part{part}-")
    listed = [kind.manifest for kind in kinds.KINDS.values() if kind.manifest]
    empty = {name: [] for name in ("assumes", "next", "aliases", "providers", "rubric", "sections", *listed)}
    return {
        "short": topic["title"], "prerequisites": [], **topic, **empty, "part": part, "path": f"part{part}/{name}.md",
        "planned": True, "time": "", "minutes": 0, "modes": {}, "summary": "",
    }  # fmt: skip


def _line(docs: Path, source, needle: str, after: str = "") -> int:
    """The first line of a page's file that holds `needle`, counted from 1; `after`: from the line that holds it on."""
    lines = files.text(docs / source.path, f"docs/{source.path}").split("\n")
    first = next((at for at, line in enumerate(lines) if after in line), 0)
    return next((at for at, line in enumerate(lines[first:], start=first + 1) if needle in line), 1)


def _check(docs: Path, sources: dict, ordered: dict, tombstones: list[str]) -> None:
    aliases: dict[str, dict] = {}
    for topic in ordered.values():
        for alias in topic["aliases"]:
            twin = aliases.setdefault(alias, topic)
            if twin is not topic:
                line = _line(docs, sources[topic["path"]], alias)
                wrong = f"the alias {alias} belongs to docs/{twin['path']} too."
                raise PageError(
                    f"docs/{topic['path']}", line, wrong, "Progress goes to one of them: keep that one."
                )
    for topic in ordered.values():
        source = None if topic["planned"] else sources[topic["path"]]
        where = "docs/course.yml" if topic["planned"] else f"docs/{topic['path']}"
        for name in ("prerequisites", "next"):
            for id in topic[name]:
                if id not in ordered:
                    line = _line(docs, source, id) if source else _plan_line(docs, topic["id"])
                    raise PageError(
                        where,
                        line,
                        f"{name} names the topic '{id}', which does not exist.",
                        suggest(id, ordered),
                    )
        if topic["id"] in tombstones or topic["id"] in aliases:
            line = _line(docs, source, topic["id"]) if source else _plan_line(docs, topic["id"])
            raise PageError(
                where, line, f"the id {topic['id']} was used before.", "Ids are permanent: choose a new one."
            )
    _check_entries(sources, tombstones)
    _refuse_circle(docs, sources, ordered)


def _check_entries(sources: dict[str, Source], tombstones: list[str]) -> None:
    """What the manifest lists of blocks has ids of its own, and none of the past."""
    listed = [
        (source, entry)
        for source in sources.values()
        if source.topic
        for entries in source.entries.values()
        for entry in entries
    ]
    gone = set(tombstones)
    for source, entry in listed:
        for alias in entry.data["aliases"]:
            if alias in gone:
                wrong = f"the alias {alias} belongs to something else, or is a tombstone."
                raise PageError(
                    f"docs/{source.path}", entry.line, wrong, "An old id leads to one thing: drop it."
                )
            gone.add(alias)
    seen: dict[str, tuple[Source, Entry]] = {}
    for source, entry in listed:
        id, where = entry.data["id"], f"docs/{source.path}"
        if id in gone:
            cure = "Ids are permanent: choose a new one."
            raise PageError(where, entry.line, f"the id {id} was used before.", cure)
        if id in seen:
            other, twin = seen[id]
            wrong = f"the id {id} belongs to docs/{other.path}:{twin.line} too."
            raise PageError(where, entry.line, wrong, "Ids are unique: choose another.")
        seen[id] = (source, entry)


def _plan_line(docs: Path, id: str) -> int:
    lines = files.text(docs / "course.yml", PLAN).split("\n")
    return next((at for at, line in enumerate(lines, start=1) if re.search(rf"\bid: *{id}\b(?!-)", line)), 1)


def _refuse_circle(docs: Path, sources: dict, ordered: dict) -> None:
    if circle := graph.circle({id: topic["prerequisites"] for id, topic in ordered.items()}):
        wrong = f"prerequisites go in a circle: {' needs '.join(circle)}."
        topic = ordered[circle[0]]
        if topic["planned"]:
            raise PageError(PLAN, _plan_line(docs, circle[0]), wrong, "Drop one.")
        line = _line(docs, sources[topic["path"]], circle[1], after="prerequisites:")
        raise PageError(f"docs/{topic['path']}", line, wrong, "Drop one.")
