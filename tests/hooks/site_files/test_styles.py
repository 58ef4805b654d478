"""Every style sheet of the site is in the joined one, once, and in the order that styles.py states."""

from pathlib import Path

from hooks.site_files import styles

OVERRIDES = Path(__file__).parents[3] / "overrides"


def test_every_sheet_is_joined_once():
    sheets = styles.sheets(OVERRIDES)
    assert len(sheets) == len(set(sheets))
    assert set(sheets) == {*(OVERRIDES / "css").rglob("*.css"), *(OVERRIDES / "directives").rglob("*.css")}


def test_the_sheet_of_a_new_directive_is_found_by_its_folder(tmp_path):
    for path, text in {"css/base/print.css": "p", "directives/b/style.css": "b", "directives/a/style.css": "a"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert styles.join(tmp_path, "f") == "a\nb\nf\np"
