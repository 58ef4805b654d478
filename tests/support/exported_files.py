"""Exported files against their published schema."""

import json

import jsonschema

from support.generated import REPO

SCHEMA = json.loads(
    (REPO / "overrides" / "hooks" / "site_files" / "record.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def faults(file: dict) -> list[str]:
    return [f"{error.json_path}: {error.message[:120]}" for error in VALIDATOR.iter_errors(file)]
