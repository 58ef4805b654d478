"""Pages written as raw HTML: a Markdown page inside `<div data-topic-id="...">`, with inline script.

Such a page has no front matter. What ours says there is read from the page itself, and its parts get the
attributes that the browser modules look for. The page's text stays as it was written.
"""

import html
import re

from hooks.base import fences

_WRAPPER = re.compile(r'^<div[^>]*\sdata-topic-id="(?P<id>[^"]+)"[^>]*>\s*$', re.MULTILINE)
_LEVEL = re.compile(
    r"^- \[[ xX]\] \**Level (?P<level>[1-4])\s*(?:\((?P<name>[^)]+)\))?\**\s*:?\s*(?P<can>.+)$", re.MULTILINE
)
_TASK = re.compile(
    r'<li class="task-list-item"><label class="task-list-control"><input type="checkbox"(?P<state>[^>]*?) ?/?>'
    r'(?P<indicator><span class="task-list-indicator"></span>)</label>(?P<text>.*?)</li>',
    re.DOTALL,
)


def is_raw(text: str) -> bool:
    """Whether a page is a topic written as HTML."""
    return not text.startswith("---") and bool(_WRAPPER.search(text))


def _wrapper(text: str) -> re.Match[str]:
    found = _WRAPPER.search(text)
    assert found, "the caller has asked is_raw"
    return found


def topic(path: str, text: str) -> dict:
    """The topic that a raw page describes; what it does not say gets the plainest value."""
    prose = "\n".join(fences.prose_lines(text))
    title = re.search(r"^# +(.+?) *$", prose, re.MULTILINE)
    mode = re.search(r'class="[^"]*\bstudy-mode-(learn|practice|build|review)\b', prose)
    part = re.match(r"part(\d+)/", path)
    name = title[1] if title else path.rsplit("/", 1)[-1].removesuffix(".md")
    lead = re.search(r"^#+ What is .*\n+(?P<text>[^\n#<]+)", prose, re.MULTILINE)
    return {
        "id": _wrapper(text)["id"],
        "title": name,
        "short": name,
        "part": int(part[1]) if part else 1,
        "study_mode": mode[1] if mode else "learn",
        "time": _said(prose, "Estimated Time"),
        "summary": re.sub(r"[*_`]", "", lead["text"]) if lead else "",
        "assumes": _list(_said(prose, "Prerequisites")),
        "follows": _list(_said(prose, "Next Topics")),  # titles; the course finds their ids
        "prerequisites": [],
        "next": [],
        "aliases": [],
        "providers": [],
        "rubric": [
            {"level": int(m["level"]), "name": m["name"] or f"Level {m['level']}", "can": m["can"].strip()}
            for m in _LEVEL.finditer(prose)
        ],
        "path": path,
        "planned": False,
        "sections": [],
        "modes": {},
        "minutes": 0,
        "exercises": [],
    }


def _said(prose: str, label: str) -> str:
    match = re.search(rf"^\*\*{label}\*\*: *(.+?) *$", prose, re.MULTILINE)
    return match[1] if match else ""


def _list(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def unwrap(text: str) -> str:
    """The page without its wrapper: Markdown inside a `<div>` would be left as it is. The build wraps it again."""
    opened = _wrapper(text)
    prose = "\n".join(fences.prose_lines(text))
    depth, lines, at = 0, text.split("\n"), text.count("\n", 0, opened.start())
    for number, line in enumerate(prose.split("\n")):
        if number < at:
            continue
        depth += len(re.findall(r"<div\b", line)) - line.count("</div>")
        if number > at and depth == 0:
            lines[number] = lines[number].replace("</div>", "", 1)
            break
    lines[at] = ""
    return "\n".join(lines)


def finish(content: str, topic_id: str) -> str:
    """Give the page's own checkboxes and textarea what the browser modules and screen readers look for."""

    def task(match: re.Match) -> str:
        words = html.unescape(re.sub(r"<[^>]+>", "", match["text"])).strip()
        level = re.match(r"Level ([1-4])\b", words)
        data = f' data-level="{level[1]}"' if level else ""
        state = match["state"].replace("disabled", "").rstrip()
        return (
            f'<li class="task-list-item"><label class="task-list-control"><input type="checkbox"{data} '
            f'aria-label="{html.escape(words)}"{state}>{match["indicator"]}</label>{match["text"]}</li>'
        )

    content = _TASK.sub(task, content)
    with_levels = re.compile(r'<ul class="task-list">(?=(?:(?!</ul>).)*data-level=)', re.DOTALL)
    content = with_levels.sub(f'<ul class="task-list" data-rubric-for="{html.escape(topic_id)}">', content)
    unnamed = re.compile(r"<textarea(?=[^>]*\bdata-notes-for)(?![^>]*\baria-label)")
    return unnamed.sub('<textarea aria-label="Your notes on this topic"', content)
