"""What is published of the browser's modules: those of js/ and of the directives, and nothing beside them."""

from hooks.site_files import browser


def test_modules_are_published_so_that_relative_imports_hold(tmp_path):
    for path in (
        "js/app.mjs",
        "js/dom/elements.mjs",
        "directives/quiz/view.mjs",
        "directives/quiz/directive.py",
        "js/notes.txt",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    published = browser.files(tmp_path)
    assert list(published) == [
        "assets/directives/quiz/view.mjs",
        "assets/js/app.mjs",
        "assets/js/dom/elements.mjs",
    ]
    assert published["assets/js/app.mjs"] == tmp_path / "js" / "app.mjs"
