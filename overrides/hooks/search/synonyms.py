"""What learners type, and what the course calls it: `docs/reference/synonyms.yml`, checked."""

from pathlib import Path

from hooks.base.schemas import Schema

FILE = "reference/synonyms.yml"
_SCHEMA = Schema("synonyms", Path(__file__).with_name("synonyms.json"))


def load(docs: Path) -> dict[str, list[str]]:
    """By what is typed; empty where the site has no such file.

    Raises:
        PageError: a line that does not fit.
    """
    file = docs / FILE
    return _SCHEMA.read(file.read_text(encoding="utf-8"), f"docs/{FILE}", 1) if file.exists() else {}
