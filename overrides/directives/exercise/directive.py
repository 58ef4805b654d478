"""A task to do by hand, with files that prove themselves: see `folder.py`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from directives.directive import Block, Directive, Entry, PageView, Words, fields
from directives.exercise import view
from directives.exercise.folder import Folder, folder_of, prove
from hooks.base import links
from hooks.execution.runner import Task


class Exercise(Directive):
    """`parsed` is its folder of files, or None."""

    def parse(self, block: Block, topic: dict | None, docs: Path) -> Folder | None:
        return folder_of(block.data, docs, block.path.removeprefix("docs/"), block.line)

    def entries(self, blocks: list[Block], topic: dict) -> list[Entry]:
        found: dict[str, Entry] = {}
        for block in blocks:
            entry = _entry(block, topic)
            if entry["id"] in found:
                wrong = f"two exercises have the id '{block.data['id']}'."
                raise block.fault(wrong, "Choose another for this one.")
            found[entry["id"]] = Entry(entry, block.lines[("id",)])
        return list(found.values())

    def words(self, block: Block) -> Iterator[Words]:
        yield from fields(block, "title", "task")
        for hint in block.data.get("hints", []):
            yield Words(hint, block.line)
        yield from fields(block, "solution")

    def tasks(self, block: Block) -> Iterable[Task]:
        return block.parsed.tasks() if block.parsed else ()

    def render(self, block: Block, page: PageView) -> str:
        assert page.topic, "an exercise needs a topic, see `of_topics`"
        folder = block.parsed
        messages = prove(folder, {task.key: page.proof(task) for task in folder.tasks()}) if folder else {}
        exercise = {
            "id": f"{page.topic['id']}.{block.data['id']}",
            "number": page.count(self.kind),
            "title": page.inline(block.data["title"], block),
            **view.view(block.data, folder, messages, page, lambda text: page.block(text, block)),
        }
        return page.fill(self.kind, exercise=exercise)

    def text(self, block: Block, page: PageView) -> str:
        """The task alone: hints and solution are for those who tried."""
        return f"**{page.filled(block.data['title'], block.run)}**\n\n{page.filled(block.data['task'], block.run)}"


def _entry(block: Block, topic: dict) -> dict:
    own = block.data["id"]
    page = block.path.removeprefix("docs/")
    return {
        "id": f"{topic['id']}.{own}",
        "title": block.data["title"],
        "total": len(block.parsed.named) if block.parsed else 0,
        "url": f"{links.url(page)}#{view.anchor(block.data)}",
        "aliases": [
            *block.data.get("aliases", []),
            *(f"{alias}.{own}" for alias in topic.get("aliases", [])),
        ],
    }


DIRECTIVE = Exercise(__file__, of_topics="an exercise is on the page of a topic.", manifest="exercises")
