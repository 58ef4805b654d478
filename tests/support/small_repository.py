"""A small repository with every kind of result, and a program that changes one input after the other.

Run as a program inside a copy of the build steps: it prints, for each change, the results that were made again.
"""

import json
import shutil
import sys
from importlib import invalidate_caches
from pathlib import Path

TORCH = "def set_num_threads(count): ...\n"  # in place of the real one: importing that takes seconds
PAGE = """\
---
id: part1-a
title: A
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can A.
rubric:
  - {level: 1, name: Say, can: I can say A.}
---

## First { #first data-mode=learn data-minutes=20 }

```python run id=reader
from pathlib import Path
from transformer_core.words import WORDS
print(WORDS, open(DATA).read())
```

```python run id=plain
print("nothing else")
```

It gives {= 1 + 1 =}.

```yaml exercise
id: half
title: Halve it
minutes: 5
folder: exercises/half
task: Halve.
```
"""
EXERCISE = {
    "half_exercise.py": "def half(x):\n    raise NotImplementedError\n",
    "half_solution.py": "def half(x):\n    return x / 2\n",
    "test_half_exercise.py": "from half_exercise import half\n\n\ndef test_1_it_halves():\n    assert half(8) == 4\n",
    "wrong/doubled.py": '"""Doubled\nassert\n"""\n\n\ndef half(x):\n    return 2 * x\n',
    "wrong/kept.py": '"""Kept\nassert\n"""\n\n\ndef half(x):\n    return x\n',
    "wrong/squared.py": '"""Squared\nassert\n"""\n\n\ndef half(x):\n    return x * x\n',
}
PACKAGE = {
    "__init__.py": '"""A small package."""\n',
    "words.py": '"""Words."""\n\nWORDS = "two words"\n\n\ndef count():\n    """How many."""\n    return 2\n',
    "other.py": '"""Another thing."""\n\n\ndef other():\n    """Other."""\n',
    "figures/__init__.py": '"""Figures."""\n',
}
VERSION = "stub/lib-1.dist-info/METADATA"


def write(repo: Path, overrides: Path) -> None:
    """Make the repository, with a copy of the build steps."""
    kept = shutil.ignore_patterns("__pycache__", "test_*", "*.css", "*.mjs")
    for folder in ("hooks", "directives", "templates"):
        shutil.copytree(overrides / folder, repo / "overrides" / folder, ignore=kept)
    files = {f"transformer_core/{name}": text for name, text in PACKAGE.items()}
    files |= {f"docs/part1/exercises/half/{name}": text for name, text in EXERCISE.items()}
    files["docs/course.yml"] = "parts:\n  - {number: 1, title: One, topics: []}\n"
    files["docs/part1/a.md"] = PAGE.replace(
        "DATA", 'Path(__import__("transformer_core").__file__).with_name("data.txt")'
    )
    files["transformer_core/data.txt"] = "some data"
    files["docs/labs/lab.ipynb"] = json.dumps(
        {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    files["stub/torch.py"] = TORCH
    files[VERSION] = "Metadata-Version: 2.1\nName: lib\nVersion: 1\n"
    for name, text in files.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text, encoding="utf-8")


def make(repo: Path) -> list[str]:
    """Everything that a build computes; the names of the results that were not in the cache."""
    from hooks.course import course
    from hooks.execution import cache, notebooks, runner
    from hooks.lesson import snippets
    from hooks.reference import index, places
    from hooks.site_files import fonts

    class Watched(cache.ResultCache):
        puts = 0

        def put(self, *args, **kwargs):
            self.puts += 1
            super().put(*args, **kwargs)

    kept = Watched(cache.users(repo).folder, repo)
    made: list[str] = []

    def note(name: str, compute) -> None:
        before = kept.puts
        compute()
        made.extend([name] if kept.puts > before else [])

    loaded = course.load(repo / "docs")
    plans = {path: snippets.plan(source, repo) for path, source in loaded.sources.items()}
    tasks = [task for plan in plans.values() for task in plan.tasks()]
    results = runner.run(tasks, kept, lambda said: made.append(said.split(": ")[1].split(" (")[0]))
    assert not [result.error for result in results.values() if result.error], results

    # A kernel takes seconds to start: that a real one records what it reads has a test of its own.
    words = repo / "transformer_core" / "words.py"
    notebooks._run = lambda notebook, text, name: {str(words): cache.sha256(words)}
    text = (repo / "docs/labs/lab.ipynb").read_text(encoding="utf-8")
    note("notebook", lambda: notebooks.execute(text, "docs/labs/lab.ipynb", kept, lambda said: None))
    note("package", lambda: places.read(repo / "transformer_core", repo, kept))
    known = places.read(repo / "transformer_core", repo, kept)
    for path, module in known.pages.items():
        note(f"page of {module.name or 'all'}", lambda path=path: index.page(known, path, [], kept))
    fonts.cut_maths = fonts.cut_text = lambda source, target, **_: target.write_bytes(source.read_bytes())
    note("font", lambda: fonts.build(repo / "node_modules", kept))
    return sorted(made)


def changes(repo: Path) -> dict[str, tuple[str, str, str]]:
    """What is changed: file, old text and new text ("" for the end of the file)."""
    steps, comment = "overrides/hooks", "\n# changed\n"
    return {
        "nothing": ("docs/part1/a.md", "", ""),
        "code": ("docs/part1/a.md", '"nothing else"', '"something else"'),
        "expression": ("docs/part1/a.md", "1 + 1", "1 + 2"),
        "prose": ("docs/part1/a.md", "It gives", "This gives"),
        "wrong answer": ("docs/part1/exercises/half/wrong/kept.py", "return x", "return 1 * x"),
        "imported module": ("transformer_core/words.py", "return 2", "return 1 + 1"),
        "data": ("transformer_core/data.txt", "some", "other"),
        "notebook": ("docs/labs/lab.ipynb", '"metadata": {}', '"metadata": {"a": 1}'),
        "test of a module": ("tests/core/test_words.py", "", "def test_it_counts(): ...\n"),
        "worker": (f"{steps}/execution/worker.py", "", comment),
        "recorder": (f"{steps}/execution/recorder.py", "", comment),
        "runner": (f"{steps}/execution/runner.py", "", comment),
        "notebooks": (f"{steps}/execution/notebooks.py", "", comment),
        "docstrings": (f"{steps}/reference/docstrings.py", "", comment),
        "maths": (f"{steps}/base/maths.py", "", comment),
        "renderer": (f"{steps}/lesson/renderer.py", "", comment),
        "template of the reference": ("overrides/templates/reference_entry.html", "", " "),
        "template inside another": ("overrides/templates/copy_button.html", "", " "),
        "template of the quiz": ("overrides/directives/quiz/template.html", "", " "),
        "fonts": (f"{steps}/site_files/fonts.py", "", comment),
        "whole font": (
            "node_modules/@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2",
            "",
            "2",
        ),
        "cache": (f"{steps}/execution/cache.py", "", comment),
        "version": (VERSION, "Version: 1\n", "Version: 2\n"),
    }


def main(repo: Path, clone: Path) -> None:
    """Print, for each change, what was made again; each is undone before the next."""
    from hooks.execution import cache
    from hooks.site_files import fonts

    for name in (*fonts.TEXTS.values(), *fonts.LICENCES.values(), fonts.MATHS_FILE):
        (repo / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / "node_modules" / name).write_text("a font", encoding="utf-8")
    (repo / "tests" / "core").mkdir(parents=True)
    (repo / "tests/core/test_words.py").write_text("def test_it(): ...\n", encoding="utf-8")
    found = {"first build": make(repo)}
    for name, (path, old, new) in changes(repo).items():
        file = repo / path
        before = file.read_text(encoding="utf-8")
        assert old in before, f"{name}: {path} does not hold {old!r}"
        file.write_text(before.replace(old, new, 1) if old else before + new, encoding="utf-8")
        _forget_versions(cache)
        found[name] = make(repo)
        file.write_text(before, encoding="utf-8")
        _forget_versions(cache)
    shutil.copytree(repo, clone)
    found["second clone"] = make(clone)
    print(json.dumps(found))


def _forget_versions(cache) -> None:
    """A process looks up versions once; here they change while it runs."""
    invalidate_caches()
    cache.versions.cache_clear()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
