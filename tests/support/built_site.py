"""Build the real site from any docs folder; and the addresses of its pages."""

import os
import subprocess
import sys
from pathlib import Path

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
