"""Pieces of a page that weigh much: each is a small page beside it, fetched when it is opened or comes into view."""

from hooks.base import templates


def add(files: dict[str, str], path: str, title: str, html: str) -> None:
    """Put a piece among the files of a page.

    Args:
        files: text of each file by its path from the site's root.
        path: of the piece, from the site's root; ends in .html.
    """
    files[path] = templates.fill("part", "../" * path.count("/"), title=title, html=html)
