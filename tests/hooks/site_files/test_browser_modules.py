"""The browser's modules as the site serves them: one file with the app, its views and those of the directives."""

import subprocess

import pytest
from support.generated import NODE, REPO

from hooks.base.errors import BuildError, MissingFileError
from hooks.site_files import browser

MODULES = REPO / "node_modules"
APP = """
import { name } from "./dom/name.mjs";
globalThis.said = [name];
for (const kind of ["quiz"]) import(`../directives/${kind}/view.mjs`).then(({ start }) => start());
"""


@pytest.fixture
def overrides(tmp_path):
    files = {
        "js/app.mjs": APP,
        "js/dom/name.mjs": 'export const name = "dom"; export const unused = "left out";',
        "directives/quiz/view.mjs": 'export function start() { globalThis.said.push("quiz"); console.log(said.join(" ")); }',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_one_file_does_what_the_modules_do(overrides):
    text = browser.bundle(overrides, MODULES)
    file = overrides / "alone" / "app.mjs"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([NODE, file], capture_output=True, encoding="utf-8")
    assert done.stdout == "dom quiz\n"
    assert "left out" not in text


def test_a_fault_is_told_with_its_file_and_line(overrides):
    (overrides / "js" / "dom" / "name.mjs").write_text("export const name =\n;", encoding="utf-8")
    with pytest.raises(BuildError, match=r"js/dom/name\.mjs:2:0"):
        browser.bundle(overrides, MODULES)
    (overrides / "js" / "dom" / "name.mjs").unlink()
    with pytest.raises(BuildError, match=r'Could not resolve "\./dom/name\.mjs"'):
        browser.bundle(overrides, MODULES)


def test_a_style_sheet_keeps_its_rules_and_a_fault_in_it_is_told():
    sheet = "/* why */\n.a {\n  color: var(--ink);\n}\n.a .b { margin: 0; }\n"
    assert browser.compact(sheet, MODULES).strip() == ".a{color:var(--ink)}.a .b{margin:0}"
    with pytest.raises(BuildError, match="style sheets have a fault"):
        browser.compact(".a { color red }", MODULES)


def test_a_missing_bundler_names_the_command_that_brings_it(overrides, tmp_path):
    with pytest.raises(MissingFileError, match="run `make setup`"):
        browser.bundle(overrides, tmp_path / "node_modules")
