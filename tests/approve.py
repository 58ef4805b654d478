"""Accept the outputs of the last build as the right ones: look at `git diff tests/approved` before you commit it."""

import json
from pathlib import Path

from hooks.execution import approved

REPO = Path(__file__).parents[1]
FOLDER = REPO / "tests" / "approved"

if __name__ == "__main__":
    built = json.loads((REPO / "site" / "assets" / "outputs.json").read_text(encoding="utf-8"))
    for path, outputs in built.items():
        same = approved.same(approved.read(FOLDER, path), outputs)
        if not same:
            approved.write(FOLDER, path, outputs)
        print(f"docs/{path}: {'as approved' if same else 'approved again'}")
    for file in FOLDER.rglob("*.json"):
        if file.relative_to(FOLDER).with_suffix(".md").as_posix() not in built:
            file.unlink()
            print(f"{file.relative_to(REPO)}: its page runs no code any more, removed")
