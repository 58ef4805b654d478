"""Browser modules: readable ones in the repository, one file on the site.

The site serves `js/app.mjs` and everything that it imports, views of directives among them, as one minified module:
a page asks once in place of forty times. What npm delivers stays a file of its own, asked for when it is needed.
"""

import subprocess
from pathlib import Path

from hooks.base.errors import BuildError, MissingFileError
from hooks.site_files import vendored

PATH = "assets/js/app.mjs"
_VENDORED = "../" + vendored.FOLDER.rpartition("/")[2]  # from PATH
# Older browsers cannot read the modules at all.
_BROWSERS = "--target=es2022"


def bundle(overrides: Path, node_modules: Path) -> str:
    """The text of the site's module.

    Args:
        overrides: the folder that holds `js/` and `directives/`.
        node_modules: where npm put the bundler.

    Raises:
        MissingFileError: the bundler is missing.
        BuildError: a module has a fault, or imports one that is not there; the message names file and line.
    """
    command = [_bundler(node_modules), overrides / "js" / "app.mjs", "--bundle", "--format=esm", "--minify"]
    options = [_BROWSERS, "--log-level=warning", f"--external:{_VENDORED}/*"]
    for name in vendored.MODULES:
        options.append(f"--alias:{name}={_VENDORED}/{name}.mjs")
    done = subprocess.run([*command, *options], capture_output=True, encoding="utf-8")
    if done.returncode:
        raise BuildError(f"the browser's modules cannot be joined:\n{done.stderr.strip()}")
    return done.stdout


def compact(css: str, node_modules: Path) -> str:
    """A style sheet without comments and spaces; its rules stay as they are.

    Raises:
        MissingFileError: the bundler is missing.
        BuildError: the sheet has a fault.
    """
    command = [_bundler(node_modules), "--loader=css", "--minify-whitespace", "--log-level=warning"]
    done = subprocess.run(command, input=css, capture_output=True, encoding="utf-8")
    if done.returncode or done.stderr:
        raise BuildError(f"the style sheets have a fault:\n{done.stderr.strip()}")
    return done.stdout


def _bundler(node_modules: Path) -> Path:
    """The program of this machine: npm installs the one that fits."""
    for name in ("bin/esbuild", "esbuild.exe"):
        for program in (node_modules / "@esbuild").glob(f"*/{name}"):
            return program
    raise MissingFileError(
        f"{node_modules / '@esbuild'}: the bundler is missing; run `make setup` to install the npm packages"
    )
