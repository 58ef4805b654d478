"""Text for a terminal: aligned columns, bars and short numbers, in whatever its encoding can show."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence

EIGHTHS = "▏▎▍▌▋▊▉█"


def shown(text: str) -> str:
    r"""The text as the terminal can show it; what its encoding lacks becomes \u6771."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def cells(text: str) -> int:
    """How many columns a text takes: two for a wide letter, none for an accent on the one before."""
    return sum(_cells(letter) for letter in text)


def bar(share: float, size: int) -> str:
    """A bar of share * size columns, by eighths where the encoding has them, else of #."""
    eighths = round(min(max(share, 0), 1) * size * 8)
    full, rest = divmod(eighths, 8)
    blocks = EIGHTHS[-1] * full + (EIGHTHS[rest - 1] if rest else "")
    return blocks if shown(blocks) == blocks else "#" * round(eighths / 8)


def table(rows: Iterable[Sequence[object]], *, right: Iterable[int] = (), indent: int = 2, gap: int = 2) -> str:
    """Lines of aligned columns.

    Args:
        rows: of equally many entries.
        right: the columns whose entries end together, as numbers should.
        indent: spaces before each line.
        gap: spaces between columns.
    """
    written = [[shown(str(entry)) for entry in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(*written, strict=True)]
    right = set(right)
    lines = []
    for row in written:
        padded = []
        for number, (entry, width) in enumerate(zip(row, widths, strict=True)):
            room = " " * (width - cells(entry))
            padded.append(room + entry if number in right else entry + room)
        lines.append(" " * indent + (" " * gap).join(padded).rstrip())
    return "\n".join(lines)


def in_bytes(count: float) -> str:
    """320 KiB, 1.25 GiB: powers of 1024."""
    return _short(count, 1024, ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"))


def in_words(count: float) -> str:
    """124 million, 6.74 billion: powers of 1000."""
    return _short(count, 1000, ("", "thousand", "million", "billion", "trillion")).strip()


def _short(count: float, step: int, names: Sequence[str]) -> str:
    """Three digits that count, and the name of their power."""
    size = 0
    while count >= step - 0.5 and size < len(names) - 1:  # 999.6 thousand is 1 million
        count, size = count / step, size + 1
    digits = 0 if count == int(count) or count >= 100 else 1 if count >= 10 else 2
    return f"{count:,.{digits}f} {names[size]}"


def _cells(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
