"""What the template shows of an exercise: its files as code and to download, its tests, the mistakes it knows."""

from collections.abc import Callable

from directives.directive import PageView
from directives.exercise.folder import Answer, Folder
from hooks.base import parts, templates
from hooks.base.highlight import coloured


def anchor(data: dict) -> str:
    """The id of an exercise's element on its page."""
    return f"exercise-{data['id']}"


def view(
    data: dict, folder: Folder | None, messages: dict[str, str], page: PageView, html: Callable[[str], str]
) -> dict:
    """The template's data.

    Args:
        data: what the block says.
        folder: its files.
        messages: the message that each known mistake gets, by mistake.
        page: gets the listings as pieces of their own.
        html: Markdown to HTML.
    """
    place = anchor(data)
    shown = {
        "place": place,
        "minutes": data["minutes"],
        "task": html(data["task"]),
        "hints": [html(hint) for hint in data.get("hints", [])],
        "solution": html(data["solution"]) if "solution" in data else None,
        "starter": None,
        "tests": None,
    }
    if not folder:
        return shown

    def file(answer: Answer, role: str) -> dict:
        return {"name": answer.name, "role": role, "url": page.root + answer.path.removeprefix("docs/")}

    def listed(answer: Answer, role: str) -> dict:
        id = f"{place}-{answer.name.removesuffix('.py')}"
        listing = templates.fill(
            "listing", page.root, id=id, html=coloured(answer.text), lines=answer.text.splitlines()
        )
        path = f"{answer.path.removeprefix('docs/')}.html"
        parts.add(page.files, path, answer.name, listing)
        return {**file(answer, role), "listing": page.root + path}

    others = f"{folder.solution.path.removeprefix('docs/')}.others.html"
    title = f"{data['title']}: wrong answers"
    parts.add(page.files, others, title, templates.fill("wrong_answers", page.root, messages=messages))
    return {
        **shown,
        "starter": listed(folder.starter, "to start from"),
        "tests": file(folder.tests, "tests"),
        "named": [{"name": test.name, "title": test.title} for test in folder.named],
        "answer": listed(folder.solution, "solution"),
        "others": {"count": len(messages), "listing": page.root + others},
    }
