"""Build the real site from any docs folder, whole or by its steps; and the addresses of its pages."""

import os
import subprocess
import sys
from pathlib import Path

import markdown
from mkdocs.config import load_config

from hooks.build import Build

REPO = Path(__file__).parents[2]
PAGES = {
    "home": "",
    "topic": "part1/transformer-architecture/",
    "lab": "labs/attention-heads/",
    "map": "reference/topic-map/",
    "review": "review/",
    "dashboard": "dashboard/",
    "reference": "reference/api/",
    "module": "reference/api/nn/attention/",
    "benchmarks": "reference/benchmarks/",
    "training": "reference/training/",
    "scaling": "reference/scaling/",
    "shrinking": "reference/shrinking/",
    "not found": "404.html",
}
KINDS = ("home", "topic", "lab", "dashboard", "module", "benchmarks")  # one page of each kind


def build(docs: Path, site: Path) -> subprocess.CompletedProcess:
    """`mkdocs build --strict` of any docs folder, as a reader of the terminal sees it."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = {**os.environ, "DOCS_DIR": str(docs), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=REPO, env=environment, text=True, capture_output=True)


def has_run(docs: Path) -> Build:
    """A build as far as the code of all pages: what the cache holds is not run again.

    Raises:
        BuildError: as `mkdocs build` says it.
    """
    build = Build(REPO, docs, lambda line: None)
    build.nav()
    own = [file.relative_to(docs).as_posix() for file in docs.rglob("*") if file.is_file()]
    build.run([*own, *build.texts_added()])
    return build


def steps(docs: Path, path: str) -> None:
    """The build's own steps on one file, without MkDocs and its theme: as quick as the page.

    Raises:
        BuildError: as `mkdocs build` says it.
    """
    if path.endswith(".ipynb"):
        list(Build(REPO, docs, lambda line: None).notebooks([path]))
        return
    build = has_run(docs)
    if path.endswith(".md"):
        text, _ = build.markdown(path, (docs / path).read_text(encoding="utf-8"))
        config = load_config(str(REPO / "mkdocs.yml"))
        made = markdown.Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
        build.output(path, build.content(path, made.convert(text)))
