"""What `parts/exercise.html` shows of an exercise: its files as code and to download, its tests, the mistakes it knows."""

from collections.abc import Callable

from directives.exercise import folder as exercises
from hooks.base import templates


def view(
    data: dict,
    folder: exercises.Folder | None,
    told: dict[str, str],
    root: str,
    html: Callable[[str], str],
    code: Callable[[str], str],
) -> dict:
    """The template's data.

    Args:
        data: the fence's; told: the message that each known mistake gets, by mistake.
        html: Markdown to HTML; code: Python to HTML.
    """
    place = exercises.anchor(data)
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

    def file(answer: exercises.Answer, role: str) -> dict:
        id = f"{place}-{answer.name.removesuffix('.py')}"
        listing = templates.fill("listing", root, id=id, html=code(answer.text), lines=answer.text.splitlines())
        url = root + answer.path.removeprefix("docs/")
        return {"name": answer.name, "role": role, "url": url, "html": listing}

    return {
        **shown,
        "starter": file(folder.starter, "to start from"),
        "tests": file(folder.tests, "tests"),
        "named": [{"name": test.name, "title": test.title} for test in folder.named],
        "answer": file(folder.solution, "solution"),
        "told": told,
    }
