"""Read what authors write, whichever editor has saved it."""

from pathlib import Path

from hooks.base.errors import PageError


def text(file: Path, name: str) -> str:
    """A text file without its byte order mark; `name` is what errors call it.

    Raises:
        PageError: the file is not UTF-8.
    """
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong = f"byte {error.start + 1} is no text in UTF-8."
        raise PageError(name, line, wrong, "Save the file as UTF-8.") from None
