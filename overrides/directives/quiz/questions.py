"""Questions that a reader answers: a ```` ```yaml quiz ```` fence is a list of them, each checked when it is read.

From a question the build makes its entry in the manifest (`{id, kind, section, aliases}`), its place on the page
(`view.py`), and its entry in `assets/questions.json`, which the review page reads:

    {"part1-x.own-id": {
        "topic", "topicTitle",     of the page that asks
        "section", "url",          title and address of the section that teaches it
        "quizUrl",                 address of the question on its page
        "kind",                    single, multiple, numeric or predict
        "ask",                     HTML
        "code", "codeShown",       HTML or null; shown with the question, or only with the answer (numeric)
        "options": [{"key", "html", "right", "why"}],      empty for numeric and predict
        "answer", "why",           HTML; `why` is empty where each option has its own
        "key", "tolerance", "unit",                        numeric and predict; else null
        "mistakes": [{"given", "why"}]                     known wrong answers
    }}

Addresses in it, and links inside its HTML, start at the site's root. An option's key is a digest of its text, so an
answer that a learner stored still means that option after the options were put in another order.
"""

import ast
import re
from dataclasses import dataclass

from directives.directive import Block
from hooks.base import fences, links
from hooks.base.errors import PageError

CHOICES = ("single", "multiple")
_NEEDED = {
    "single": {"ask", "options"},
    "multiple": {"ask", "options"},
    "numeric": {"ask", "key", "why"},
    "predict": {"code", "why"},
}
_TAKEN = {
    "single": {"code", "of"},
    "multiple": {"code", "of"},
    "numeric": {"code", "of", "tolerance", "unit", "mistakes"},
    "predict": {"ask", "mistakes"},
}
_EVERY = {"id", "kind", "teaches", "aliases"}
_POINTS_AT_OTHERS = re.compile(
    r"\b(all|none|any|some|both|neither|either) of (the )?(above|below|these|others?|options|answers)\b"
    r"|\b(options?|answers?) ([A-F]\b|[1-6]\b|above|below)|^(both |neither |only )?[A-F] (and|or|nor) [A-F]\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """One question as written, and the line of the page for each of its parts."""

    data: dict
    path: str  # docs/part1/page.md
    topic: str  # the topic's id
    lines: dict[tuple, int]

    @property
    def id(self) -> str:
        """Permanent: answers are stored under it."""
        return f"{self.topic}.{self.data['id']}"

    @property
    def kind(self) -> str:
        """single, multiple, numeric or predict."""
        return self.data["kind"]

    @property
    def run(self) -> str | None:
        """The id of the run that its code makes, or of the one that it names."""
        return f"quiz-{self.data['id']}" if "code" in self.data else self.data.get("of")

    @property
    def place(self) -> str:
        """The id of its element on the page."""
        return f"q-{self.data['id']}"

    @property
    def taught(self) -> tuple[str, str]:
        """Page (from docs/) and id of the section that teaches it."""
        page, _, fragment = self.data["teaches"].partition("#")
        own = self.path.removeprefix("docs/")
        return (links.joined(own, page) if page else own), fragment

    @property
    def options(self) -> list[tuple[str, bool]]:
        """Text of each option, and whether it is right."""
        return [
            (o["right"], True) if "right" in o else (o.get("wrong", ""), False)
            for o in self.data.get("options", [])
        ]

    def line(self, *steps) -> int:
        """The line of a part, such as `("options", 1)`; of the nearest part around it where it has none."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines[steps]

    def fault(self, steps: tuple, wrong: str, cure: str) -> PageError:
        """An error that names the line of a part."""
        return PageError(self.path, self.line(*steps), f"question '{self.data['id']}': {wrong}", cure)

    def texts(self):
        """Every Markdown text in it, and its line."""
        data = self.data
        for name in ("ask", "why"):
            if name in data:
                yield data[name], self.line(name)
        for name in ("options", "mistakes"):
            for number, entry in enumerate(data.get(name, [])):
                for part in entry.keys() - ({"given"} if self.kind == "numeric" else set()):
                    yield str(entry[part]), self.line(name, number, part)

    def expressions(self):
        """Every Python expression that it asks of its run, and its line."""
        if self.kind == "numeric":
            yield self.data["key"], self.line("key")
            for number, mistake in enumerate(self.data.get("mistakes", [])):
                if isinstance(mistake["given"], str):
                    yield mistake["given"], self.line("mistakes", number, "given")

    def fence(self) -> tuple[fences.Fence, int] | None:
        """Its code as the fence that it would be on the page, and the line on which that would open."""
        if "code" not in self.data:
            return None
        body = self.data["code"].rstrip("\n")
        return fences.Fence(f"python run id={self.run}", body, 0, body.count("\n") + 2), self.line("code")


def read(block: Block, topic: str) -> list[Question]:
    """The questions of a block whose data fits the schema.

    Raises:
        PageError: fields that do not fit the kind of question, options that give the answer away.
    """
    questions = []
    for number, one in enumerate(block.data):
        mine = {steps[1:]: line for steps, line in block.lines.items() if steps[:1] == (number,)}
        question = Question(one, block.path, topic, mine)
        _check(question, block)
        questions.append(question)
    return questions


def _check(question: Question, block: Block) -> None:
    data, kind = question.data, question.kind
    for name in sorted(_NEEDED[kind] - data.keys()):
        cure = block.directive.schema.about(name)
        raise question.fault((), f"{kind} lacks the field '{name}'.", cure)
    for name in sorted(data.keys() - _NEEDED[kind] - _TAKEN[kind] - _EVERY):
        takes = ", ".join(sorted(_NEEDED[kind] | _TAKEN[kind]))
        raise question.fault((name,), f"{kind} takes no '{name}'.", f"It takes {takes}.")
    if "code" in data and "of" in data:
        raise question.fault(("of",), "'code' and 'of' name two runs.", "Keep one of them.")
    if "code" in data:
        opens = question.line("code") - block.line - 1
        if not re.search(r"code:\s*\|", block.body.split("\n")[opens]):
            raise question.fault(
                ("code",), "its code has no lines of its own.", "Write 'code: |' and the code below."
            )
    if kind in CHOICES:
        _check_options(question)
    if kind == "numeric":
        _check_key(question)


def _check_options(question: Question) -> None:
    seen: dict[str, int] = {}
    for number, option in enumerate(question.data["options"]):
        place = ("options", number)
        if ("right" in option) == ("wrong" in option):
            wrong = f"option {number + 1} is {'both right and wrong' if 'right' in option else 'neither right nor wrong'}."
            raise question.fault(place, wrong, "Write its text after 'right:' or after 'wrong:'.")
        text = question.options[number][0]
        plain = " ".join(text.lower().split())
        if found := _POINTS_AT_OTHERS.search(text):
            wrong = f"option {number + 1} speaks of other options: '{found[0]}'."
            raise question.fault(
                place, wrong, "They are shuffled, so write each so that it makes sense alone."
            )
        if plain in seen:
            raise question.fault(
                place, f"options {seen[plain] + 1} and {number + 1} are the same.", "Drop one."
            )
        seen[plain] = number
    right = sum(is_right for _, is_right in question.options)
    place = ("options",)
    if right == 0:
        raise question.fault(place, "no option is right.", "Write 'right:' before the one that is.")
    if question.kind == "single" and right > 1:
        raise question.fault(place, f"{right} options are right.", "Keep one, or make it 'kind: multiple'.")
    if right == len(question.options):
        raise question.fault(
            place, "every option is right.", "Add one that people believe and that is wrong."
        )


def _check_key(question: Question) -> None:
    try:
        ast.literal_eval(question.data["key"].strip())
    except (ValueError, SyntaxError):
        return
    cure = "Write the expression that computes it: from this page's code with 'of:', or from the question's own 'code:'."
    raise question.fault(("key",), f"its key {question.data['key']} is typed.", cure)
