"""Build the real site from any docs folder, and serve it."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    "module": "reference/api/attention/",
    "benchmarks": "reference/benchmarks/",
    "training": "reference/training/",
    "scaling": "reference/scaling/",
    "shrinking": "reference/shrinking/",
    "not found": "404.html",
}


def build(docs: Path, site: Path) -> subprocess.CompletedProcess:
    """`mkdocs build --strict` of any docs folder, as a reader of the terminal sees it."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = {**os.environ, "DOCS_DIR": str(docs), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=REPO, env=environment, text=True, capture_output=True)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def send_error(self, code, message=None, explain=None):
        """Unknown addresses get the site's own 404 page, as hosts serve it."""
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@contextmanager
def serve(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
