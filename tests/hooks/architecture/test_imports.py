"""Folders and what they import, on a small repository and on this one."""

import re
from pathlib import Path

import pytest

from hooks.architecture import drawing, imports

REPO = Path(__file__).parents[3]
FILES = {
    "transformer_core/__init__.py": "",
    "transformer_core/nn/__init__.py": '"""Parts.\n\nMore."""',
    "transformer_core/nn/layers.py": "import torch",
    "transformer_core/models/__init__.py": "",
    "transformer_core/models/build.py": "from transformer_core.nn.layers import Norm\nfrom transformer_core.nn import layers",
    "transformer_core/cli/run.py": "def f():\n    from transformer_core.models import build\n    import transformer_core.nn.layers",
    "overrides/main.py": "from hooks.build import Build",
    "overrides/hooks/build.py": "from directives.quiz import view\nfrom hooks.base import errors",
    "overrides/hooks/base/errors.py": "",
    "overrides/directives/quiz/view.py": "from hooks.base.errors import PageError",
    "overrides/directives/quiz/test_quiz.py": "from hooks.build import Build",
    "overrides/directives/quiz/view.mjs": 'import { a } from "../../js/dom/a.mjs";',
    "overrides/js/app.mjs": 'import("./dom/a.mjs"); import("../directives/quiz/view.mjs");',
    "overrides/js/dom/a.mjs": "",
}


@pytest.fixture
def repo(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_folders_import_what_their_modules_import(repo):
    package, build, browser = imports.read(repo)
    assert {name: one.imports for name, one in package.folders.items()} == {
        "nn": (),
        "models": ("nn",),
        "cli": ("models", "nn"),
    }
    assert package.folders["nn"] == imports.Folder("nn", "Parts.", 1, ())
    assert {name: one.imports for name, one in build.folders.items()} == {
        "base": (), "directives": ("base",), "build": ("base", "directives"), "main": ("build",),
    }  # fmt: skip
    assert {name: one.imports for name, one in browser.folders.items()} == {
        "dom": (), "directives": ("dom",), "app": ("directives", "dom"),
    }  # fmt: skip


def test_a_folder_stands_above_all_that_it_imports_and_what_follows_is_not_drawn(repo):
    package = imports.read(repo)[0]
    assert package.floors() == [["nn"], ["models"], ["cli"]]
    assert package.direct("cli") == ["models"]  # nn follows


def test_a_drawing_has_a_box_for_each_folder_inside_its_width_and_no_two_overlap():
    for part in imports.read(REPO):
        svg = drawing.draw(part)
        boxes = [
            tuple(map(float, box))
            for box in re.findall(r'<rect x="([\d.-]+)" y="([\d.]+)" width="([\d.]+)"', svg)
        ]
        assert len(boxes) == len(part.folders) >= 8
        for x, y, width in boxes:
            assert x >= 0 and x + width <= drawing.WIDTH
            assert not [one for one in boxes if one[1] == y and x < one[0] < x + width]


def test_every_folder_of_the_package_and_of_the_build_says_what_it_is_for():
    package, build, _ = imports.read(REPO)
    assert all(folder.says.endswith(".") for part in (package, build) for folder in part.folders.values())
