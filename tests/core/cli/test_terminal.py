"""terminal.py: columns, bars and sizes for a terminal."""

from transformer_core.cli import terminal
from transformer_core.cli.terminal import bar, cells, in_bytes, in_words, table


def test_bars_worked_by_hand(monkeypatch):
    assert [bar(share, 4) for share in (0, 1, 0.5, 0.53125, 0.03125)] == ["", "████", "██", "██▏", "▏"]
    assert bar(1.2, 4) == "████" and bar(-1, 4) == ""
    monkeypatch.setattr(terminal.sys, "stdout", type("Ascii", (), {"encoding": "ascii"}))
    assert [bar(share, 4) for share in (0, 1, 0.5, 0.6, 0.7)] == ["", "####", "##", "##", "###"]


def test_widths_of_letters():
    # Latin one column, Chinese two, an accent that joins the letter before none.
    assert [cells(letters) for letters in ("it", "東京", "e\u0301", "zu\u0308rich")] == [2, 4, 1, 6]


def test_a_table_lines_up_by_what_is_seen():
    rows = [("東", 1, "a"), ("it", 22, "b")]
    assert table(rows, right=(1,)) == "  東   1  a\n  it  22  b"


def test_sizes_in_words():
    assert [in_bytes(size) for size in (0, 1, 1023, 1024, 320 * 2**10, 1.25 * 2**30, 257 * 2**30)] == [
        "0 bytes", "1 bytes", "1,023 bytes", "1 KiB", "320 KiB", "1.25 GiB", "257 GiB",
    ]  # fmt: skip
    assert [in_words(count) for count in (768, 1000, 124_439_808, 6_738_415_616, 999_999_999, 3 * 10**15)] == [
        "768", "1 thousand", "124 million", "6.74 billion", "1.00 billion", "3,000 trillion",
    ]  # fmt: skip
