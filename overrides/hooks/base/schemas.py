"""Check what authors write in YAML: every error names the line, what is wrong, and what would be right."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from hooks.base.errors import PageError, suggest


@dataclass(frozen=True)
class Schema:
    """A JSON schema in a file, and the name that errors use for what it describes."""

    name: str
    file: Path

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(json.loads(self.file.read_text(encoding="utf-8")))

    def read(self, text: str, path: str, first_line: int) -> Any:
        """Parse YAML and check it.

        Args:
            text: the YAML.
            path: the file that errors name.
            first_line: the line of that file on which the YAML starts, counted from 1.

        Raises:
            PageError: text that is not YAML, or YAML that does not fit the schema.
        """
        tree, data = parse(text, self.name, path, first_line)
        data = {} if data is None else data
        for error in sorted(self._validator.iter_errors(data), key=lambda e: list(map(str, e.absolute_path))):
            line = first_line + _line(tree, error.absolute_path, error)
            raise PageError(path, line, *_explain(self.name, error))
        return data

    def about(self, field: str) -> str:
        """What the schema says of a field; of a list's, of its items' field."""
        schema = self._validator.schema
        assert isinstance(schema, dict)
        return schema.get("items", schema)["properties"][field]["description"]


def parse(text: str, name: str, path: str, first_line: int) -> tuple[yaml.Node | None, Any]:
    """The nodes and the values of YAML; `name` says what it is, `path` and `first_line` where it stands.

    Raises:
        PageError: text that is not YAML, or a key that is given twice: YAML would take the last one.
    """
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # 2026-02-30 looks like a date and is none
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error) or "not YAML"
        cure = "Indent with spaces; put text that holds ': ' or starts with a sign in quotes."
        raise PageError(path, first_line + (mark.line if mark else 0), f"{name}: {what}.", cure) from None
    _refuse_twins(tree, name, path, first_line)
    return tree, data


def _refuse_twins(node: Any, name: str, path: str, first_line: int) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = first_line + key.start_mark.line
            if isinstance(key.value, str) and key.value in seen:
                wrong = f"{name}: '{key.value}' is given twice, first on line {seen[key.value]}."
                raise PageError(path, line, wrong, "Keep one of them.")
            if isinstance(key.value, str):
                seen[key.value] = line
            _refuse_twins(value, name, path, first_line)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twins(item, name, path, first_line)


def lines(text: str) -> dict[tuple, int]:
    """The line, counted from 0, of every value in YAML: `("options", 1, "why")` -> 7; of a field, where its name is."""
    found: dict[tuple, int] = {}

    def visit(node, steps: tuple, line: int) -> None:
        found[steps] = line
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                visit(value, (*steps, key.value), key.start_mark.line)
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                visit(item, (*steps, number), item.start_mark.line)

    visit(yaml.compose(text, Loader=yaml.SafeLoader), (), 0)
    return found


def _line(tree: Any, steps: Iterable, error: Any) -> int:
    """The line, counted from 0, of the value that an error is about."""
    node, line = tree, tree.start_mark.line if tree else 0
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode):
            node = node.value[step]
            line = node.start_mark.line
    if error.validator == "additionalProperties" and isinstance(node, yaml.MappingNode):
        known = error.schema.get("properties", {})
        line = next((key.start_mark.line for key, _ in node.value if key.value not in known), line)
    return line


def _explain(kind: str, error: Any) -> tuple[str, str]:
    steps = list(error.absolute_path)
    name = ".".join(map(str, [kind, *steps] if not steps or isinstance(steps[0], int) else steps))
    about = error.schema.get("description", "")
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        return f"unknown field '{unknown}' in {name}.", suggest(str(unknown), known)
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{name} lacks the field '{missing}'.", error.schema["properties"][missing].get(
            "description", ""
        )
    if error.validator == "enum":
        return f"{name} is {error.instance!r}.", suggest(str(error.instance), map(str, error.validator_value))
    return f"{name} is {_short(error.instance)}: {_fault(error)}.", about


def _short(value) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def _fault(error: Any) -> str:
    words = {
        "type": f"it should be {error.validator_value}",
        "pattern": "it does not have the right form",
        "minimum": f"it should be at least {error.validator_value}",
        "minItems": f"it needs at least {error.validator_value}",
        "minLength": "it is empty",
        "uniqueItems": "it names one thing twice",
    }
    return words[error.validator] if error.validator in words else str(error.message)
