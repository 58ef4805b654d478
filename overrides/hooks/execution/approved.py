"""Compare what code printed with what was approved: numbers within a tolerance, all else to the letter."""

import json
import math
import re
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
ABSOLUTE, RELATIVE = 2e-3, 2e-3  # float32 on another processor moves the last digit shown, no more


def same_text(one: str, other: str) -> bool:
    """Whether two outputs say the same. Whole numbers must be equal; fractions may differ by the tolerance."""
    if one == other:
        return True
    if [part.split() for part in NUMBER.split(one)] != [part.split() for part in NUMBER.split(other)]:
        return False
    return all(_close(a, b) for a, b in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True))


def _close(a: str, b: str) -> bool:
    whole = not any(sign in a + b for sign in ".eE")
    one, other = float(a.replace(",", "")), float(b.replace(",", ""))
    return one == other if whole else math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def same(one: Any, other: Any) -> bool:
    """The same for outputs and values of any JSON shape."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other or math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return isinstance(one, str) and isinstance(other, str) and same_text(one, other)


def rounded(value: Any) -> Any:
    """The value as it is kept: fractions to four places, so that a re-approval shows real changes alone.

    What is no number, and what is endless, is kept as "nan" and "inf": JSON has neither, and nan equals nothing.
    """
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else str(value)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def read(folder: Path, path: str) -> dict:
    """Approved outputs of a page by run id; empty where nothing was approved yet."""
    file = (folder / path).with_suffix(".json")
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def write(folder: Path, path: str, outputs: dict) -> None:
    """Accept these outputs of a page."""
    file = (folder / path).with_suffix(".json")
    file.parent.mkdir(parents=True, exist_ok=True)
    runs = [f"{json.dumps(id)}: {_one_run(run)}" for id, run in rounded(outputs).items()]
    file.write_text("{\n" + ",\n".join(runs) + "\n}\n", encoding="utf-8")


def _one_run(run: dict) -> str:
    """A run over several lines, a value a line: a diff shows which one moved."""
    values = ",\n".join(
        f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in run["values"].items()
    )
    stdout = json.dumps(run["stdout"], ensure_ascii=False, indent=4)
    return f'{{\n  "stdout": {stdout},\n  "values": {{\n{values}\n  }}\n}}'
