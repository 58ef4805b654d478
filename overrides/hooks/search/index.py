"""The index of the search, made by Pagefind: the browser asks for the pieces that a query needs, and for nothing before.

A record is a small page of its own to Pagefind, so that sections, not pages, are compared with each other.
"""

import html
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from hooks.base.errors import BuildError, MissingFileError
from hooks.execution import cache
from hooks.execution.cache import ResultCache
from hooks.search.records import Record

FOLDER = "assets/search"
_BUNDLED = ("--max-fragments", "100")  # files of results; there is no need for one for each
# Pagefind's own dialogs, which the site does not use.
_UNUSED = ("pagefind-*ui*", "pagefind-highlight.js", "wasm.unknown.pagefind")
_PAGE = """<html lang="en"><body><main data-pagefind-body data-pagefind-filter="kind:{kind}" {meta}>
<p data-pagefind-weight="8" data-pagefind-meta="title">{title}</p>
<p data-pagefind-weight="2">{page}</p>
<div>{text}</div></main></body></html>"""


def write(records: Iterable[Record], target: Path, node_modules: Path, kept: ResultCache) -> None:
    """Write Pagefind's index and module into the folder `target`, in place of what is there.

    Raises:
        MissingFileError: Pagefind is missing.
        BuildError: it refuses the records.
    """
    program, pages = _program(node_modules), [astuple(record) for record in records]
    key = cache.key("search index", [cache.sha256(program), pages], [Path(__file__)])
    packed = kept.file(key, ".tar", lambda file: _pack(program, [Record(*page) for page in pages], file))
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(packed) as opened:
        opened.extractall(target, filter="data")


def _pack(program: Path, records: list[Record], packed: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="running-transformer-") as folder:
        pages, made = Path(folder, "pages"), Path(folder, "made")
        pages.mkdir()
        for number, record in enumerate(records):
            (pages / f"{number}.html").write_text(_page(record), encoding="utf-8")
        command = [program, "--site", pages, "--output-path", made, "--silent", *_BUNDLED]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise BuildError(f"the search cannot be indexed:\n{(done.stderr or done.stdout).strip()}")
        for pattern in _UNUSED:
            for file in made.glob(pattern):
                file.unlink()
        with tarfile.open(packed, "w") as opened:
            opened.add(made, ".")


def _page(record: Record) -> str:
    said = {"url": record.url, "page": record.page, "mode": record.mode, "minutes": record.minutes}
    known = {name: html.escape(str(value)) for name, value in said.items() if value}
    data = " ".join(f'data-{name}="{value}"' for name, value in known.items())
    named = ", ".join(f"{name}[data-{name}]" for name in known)
    return _PAGE.format(
        kind=record.kind,
        meta=f'{data} data-pagefind-meta="{named}"' if known else "",
        title=html.escape(record.title),
        page=html.escape(record.page),
        text=html.escape(record.text),
    )


def _program(node_modules: Path) -> Path:
    """The program of this machine: npm installs the one that fits."""
    for name in ("bin/pagefind_extended", "bin/pagefind_extended.exe", "bin/pagefind.exe"):
        for program in (node_modules / "@pagefind").glob(f"*/{name}"):
            return program
    raise MissingFileError(
        f"{node_modules / '@pagefind'}: the search's indexer is missing; run `make setup` to install the npm packages"
    )
