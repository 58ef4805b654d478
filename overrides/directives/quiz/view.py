"""A question as a reader meets it: what the template shows, and its entry in `assets/questions.json`."""

import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from directives.quiz.questions import Question
from hooks.base import links
from hooks.base.highlight import coloured

LONGEST = 200  # characters that a reader may be asked to type

PREDICT = "What does this print?"  # where a question says nothing else


@dataclass(frozen=True)
class Ran:
    """What the page gives a question: its texts as HTML, and what came of the run that it belongs to."""

    html: Callable[[str, int], str]  # of a sentence of Markdown, with its line
    filled: Callable[[str], str]  # a text with its computed values
    value: Callable[[str], Any]  # of an expression that the question asked
    stdout: str  # of the question's own code
    made_by: str | None  # id of the element on the page that shows the run from which a key comes


def view(question: Question, number: int, ran: Ran) -> dict:
    """What the template `quiz.html` shows of a question.

    Raises:
        PageError: a key that is no number, a tolerance that is missing, code that prints nothing to predict.
    """
    data = question.data

    def html(text: str, *steps) -> str:
        return ran.html(text, question.line(*steps))

    options = [
        {
            "key": hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8],
            "letter": "ABCDEF"[at],
            "html": html(text, "options", at),
            "right": right,
            "why": html(data["options"][at]["why"], "options", at, "why"),
        }
        for at, (text, right) in enumerate(question.options)
    ]
    key, answer, short = _key(question, ran, options)
    return {
        "id": question.id,
        "own": data["id"],
        "number": number,
        "kind": question.kind,
        "ask": html(data.get("ask", PREDICT), "ask"),
        "code": coloured(data["code"]) if "code" in data else None,
        "wide": max(map(len, data.get("code", "").split("\n"))) > 36,
        "code_shown": question.kind != "numeric",
        "made_by": ran.made_by if question.kind == "numeric" and "code" not in data else None,
        "options": options,
        "key": key,
        "lines": str(key).count("\n") + 1,
        "answer": answer,
        "short": short,
        "why": html(data["why"], "why") if "why" in data else "",
        "tolerance": data.get("tolerance"),
        "unit": data.get("unit"),
        "mistakes": _mistakes(question, ran, key),
    }


def entry(view: dict, question: Question, topic: dict, section: str) -> dict:
    """The same for `assets/questions.json`, whose addresses start at the site's root."""
    page = links.url(topic["path"])
    root = links.root(topic["path"])

    def at_root(html: str) -> str:
        html = html.replace(f'href="{root}', 'href="')
        return re.sub(r'href="(?=#)', f'href="{page}', html)

    taught, fragment = question.taught
    return {
        "topic": topic["id"],
        "topicTitle": topic["title"],
        "section": section,
        "url": f"{links.url(taught)}#{fragment}",
        "quizUrl": f"{page}#q-{view['own']}",
        "kind": view["kind"],
        "ask": at_root(view["ask"]),
        "code": view["code"] and f'<pre class="code"><code>{view["code"]}</code></pre>',
        "codeShown": bool(view["code"]) and view["code_shown"],
        "options": [
            {"key": o["key"], "html": at_root(o["html"]), "right": o["right"], "why": at_root(o["why"])}
            for o in view["options"]
        ],
        "answer": at_root(view["answer"]),
        "why": at_root(view["why"]),
        "key": view["key"],
        "tolerance": view["tolerance"],
        "unit": view["unit"],
        "mistakes": [{"given": m["given"], "why": at_root(m["why"])} for m in view["mistakes"]],
    }


def _key(question: Question, ran: Ran, options: list[dict]) -> tuple[float | str | None, str, str]:
    """What a typed answer is compared with; the answer as HTML; the answer as a line on paper."""
    if options:
        right = [option for option in options if option["right"]]
        if len(right) == 1:
            return None, right[0]["html"], right[0]["letter"]
        items = "".join(f"<li>{option['html']}</li>" for option in right)
        return None, f"<ul>{items}</ul>", ", ".join(option["letter"] for option in right)
    if question.kind == "numeric":
        key = ran.value(question.data["key"])
        _check_number(question, key)
        key = _tidy(key, question.data.get("tolerance"))
        shown = _shown(key, question.data.get("tolerance"))
        unit = f" {question.data['unit']}" if "unit" in question.data else ""
        return key, str(escape(shown + unit)), shown + unit
    printed = "\n".join(line.rstrip() for line in ran.stdout.strip("\n").split("\n"))
    if not printed.strip():
        raise question.fault(("code",), "its code prints nothing.", "Print what the reader should predict.")
    if len(printed) > LONGEST:
        wrong = f"its code prints {len(printed)} characters."
        raise question.fault(("code",), wrong, f"Print at most {LONGEST}: the reader has to type it.")
    return printed, f'<pre class="code"><code>{escape(printed)}</code></pre>', " / ".join(printed.split("\n"))


def _check_number(question: Question, key: Any) -> None:
    if isinstance(key, bool) or not isinstance(key, (int, float)) or not math.isfinite(key):
        wrong = f"its key gives {key!r}, which is no number."
        raise question.fault(
            ("key",), wrong, "Write an expression for one number, such as weights.max().item()."
        )
    if isinstance(key, float) and "tolerance" not in question.data:
        wrong = f"its key is {key}, and nothing says how near an answer must be."
        raise question.fault(("key",), wrong, "Add 'tolerance: 0.01', or make the key an int.")


def _tidy(number: float, tolerance: float | None) -> float:
    """Without the noise of the arithmetic: two decimals more than the tolerance has use for."""
    return number if isinstance(number, int) else round(number, _decimals(tolerance or 1e-4) + 2)


def _decimals(tolerance: float) -> int:
    return max(0, math.ceil(-math.log10(tolerance)))


def _shown(number: float, tolerance: float | None) -> str:
    """With as many decimals as the tolerance has use for."""
    return str(number) if isinstance(number, int) else f"{number:.{_decimals(tolerance or 1e-4)}f}"


def _mistakes(question: Question, ran: Ran, key: Any) -> list[dict]:
    made = []
    for at, mistake in enumerate(question.data.get("mistakes", [])):
        place = ("mistakes", at, "given")
        given = mistake["given"]
        if question.kind == "numeric":
            given = ran.value(given) if isinstance(given, str) else given
            tolerance = question.data.get("tolerance")
            if isinstance(given, bool) or not isinstance(given, (int, float)):
                raise question.fault(place, f"the mistake {given!r} is no number.", "Write one.")
            given = _tidy(given, tolerance)
            shown, same = _shown(given, tolerance), abs(given - key) <= (tolerance or 0)
        else:
            given = shown = ran.filled(str(given))
            same = given.split() == key.split()
        if same:
            raise question.fault(place, f"the mistake {given!r} is the right answer.", "Drop or fix it.")
        why = ran.html(mistake["why"], question.line("mistakes", at, "why"))
        made.append({"given": given, "shown": shown, "why": why})
    return made
