"""Read what authors write, whichever editor has saved it."""

import re
from pathlib import Path

from hooks.base.errors import PageError

_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


def text(file: Path, name: str) -> str:
    """A text file without its byte order mark; `name` is what errors call it.

    Raises:
        PageError: the file is not UTF-8, or holds an unfinished merge.
    """
    raw = file.read_bytes()
    try:
        read = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong = f"byte {error.start + 1} is no text in UTF-8."
        raise PageError(name, line, wrong, "Save the file as UTF-8.") from None
    if conflict := _CONFLICT.search(read):
        line = read.count("\n", 0, conflict.start()) + 1
        raise PageError(name, line, "a merge conflict was left here.", "Keep one side, and drop the marks.")
    return read
