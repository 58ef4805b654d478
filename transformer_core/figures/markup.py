"""Elements as text: everything that is not markup already is escaped."""

import json
from collections.abc import Iterable
from html import escape

NO_CONTENT = {"br", "col", "circle", "line", "path", "rect"}


class Markup(str):
    """Text that is HTML or SVG already."""


def text(value: object) -> Markup:
    """The value as escaped text; markup stays as it is."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def join(parts: Iterable[object]) -> Markup:
    """The parts one after the other; None is left out."""
    return Markup("".join(text(part) for part in parts if part is not None))


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """One element. `class_` is class, `data_row` is data-row; True is the attribute alone, None is none."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str("" if value is True else value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in NO_CONTENT:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{join(content)}</{name}>")


def svg(*content: object, **attributes: object) -> Markup:
    """A drawing that is decoration beside its text: readers hear the text only."""
    return tag("svg", *content, aria_hidden="true", focusable="false", **attributes)


def hidden(content: object) -> Markup:
    """Text for screen readers alone."""
    return tag("span", content, class_="fig-heard")


def data_script(data: object) -> Markup:
    """Data that rides beside a picture. Signs of markup are written as codes: no text can end the script."""
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        raw = raw.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/json">{raw}</script>')
