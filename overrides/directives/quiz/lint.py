"""What only the whole course can tell of its questions: ids, the sections that teach them, and whether the right
options can be guessed from their place or their length."""

import math
import re
from collections.abc import Callable, Iterable

from directives.directive import CourseView
from directives.quiz.questions import Question
from hooks.base import links
from hooks.base.errors import suggest

RULE = "half as many again as chance would give, rounded up"


def check(questions: list[Question], course: CourseView) -> list[links.Anchor]:
    """Check them all; the anchors are the places that must exist when the pages are built.

    Raises:
        PageError: a section that is not there, right options that can be guessed.
    """
    for question in questions:
        _check_section(question, course)
    _check_balance(questions)
    return [links.Anchor(question.path, question.line("teaches"), *question.taught) for question in questions]


def _check_section(question: Question, course: CourseView) -> None:
    page, fragment = question.taught
    place = ("teaches",)
    if page not in course.sources:
        planned = course.planned_at(page)
        wrong = f"docs/{page} is only planned." if planned else f"there is no page docs/{page}."
        cure = "Link a section that is written." if planned else suggest(page, course.sources)
        raise question.fault(place, wrong, cure)
    known = course.sources[page].sections
    if fragment not in known:
        wrong = f"docs/{page} has no section #{fragment}."
        raise question.fault(place, wrong, suggest(fragment, known))


def _check_balance(questions: Iterable[Question]) -> None:
    chosen = [question for question in questions if question.options]
    for place in range(max((len(question.options) for question in chosen), default=0)):
        _check_share(
            chosen,
            lambda options, place=place: place if place < len(options) else None,
            f"the right option is at place {place + 1}",
            "Move it up or down",
        )
    _check_share(
        chosen, _extreme(1), "the right option is the longest", "Shorten it, or say more in a wrong one"
    )
    _check_share(
        chosen, _extreme(-1), "the right option is the shortest", "Say more in it, or less in a wrong one"
    )


def _check_share(questions: list[Question], pick: Callable[[list], int | None], what: str, cure: str) -> None:
    """Whether the option that a guesser would `pick` in each question is right more often than chance allows."""
    picked = [(question, place) for question in questions if (place := pick(question.options)) is not None]
    even = sum(sum(right for _, right in q.options) / len(q.options) for q, _ in picked)
    hits = [(question, place) for question, place in picked if question.options[place][1]]
    most = math.ceil(1.5 * even)
    if len(hits) <= most:
        return
    question, place = hits[-1]
    wrong = f"over the whole course, {what} in {len(hits)} of {len(picked)} questions; at most {most} may, {RULE}."
    others = ", ".join(f"{other.path}:{other.line()}" for other, _ in hits[:-1][-3:])
    raise question.fault(("options", place), wrong, f"{cure}, here or in {others}.")


def _extreme(sign: int) -> Callable[[list], int | None]:
    """Where the one longest (1) or the one shortest (-1) option stands; None where two share that."""

    def pick(options: list) -> int | None:
        sizes = [sign * visible(text) for text, _ in options]
        return sizes.index(max(sizes)) if sizes.count(max(sizes)) == 1 else None

    return pick


def visible(text: str) -> int:
    """About how many characters a reader sees of a piece of Markdown."""
    text = re.sub(r"\{=.*?=\}", "0.00", text)
    text = re.sub(r"\]\([^)]*\)|\\(operatorname|mathrm|text|query|key|value)\b", "", text)
    return len(re.sub(r"[`*$\[\]{}^]", "", re.sub(r"\\[a-zA-Z]+", "x", text)))
