"""Text as editors and Git leave it."""

import pytest

from hooks.base import files
from hooks.base.errors import PageError


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"\xef\xbb\xbfa\n", "a\n"),
        (b"a\r\nb\rc", "a\nb\nc"),
        ("π".encode(), "π"),
        (b"a\n=======\n", "a\n=======\n"),
    ],
)
def test_what_editors_add_is_not_part_of_the_text(tmp_path, written, read):
    (tmp_path / "a.md").write_bytes(written)
    assert files.text(tmp_path / "a.md", "docs/a.md") == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a\nKöln".encode("latin-1"), "docs/a.md:2: byte 4 is no text in UTF-8. Save the file as UTF-8."),
        ("a\n".encode("utf-16"), "docs/a.md:1: byte 1 is no text in UTF-8."),
        (b"a\n<<<<<<< HEAD\nb\n=======\n", "docs/a.md:2: a merge conflict was left here. Keep one side"),
        (b"a\n\n>>>>>>> other\n", "docs/a.md:3: a merge conflict was left here."),
    ],
)
def test_what_cannot_be_read_right_is_refused_with_its_line(tmp_path, written, said):
    (tmp_path / "a.md").write_bytes(written)
    with pytest.raises(PageError) as error:
        files.text(tmp_path / "a.md", "docs/a.md")
    assert str(error.value).startswith(said)
