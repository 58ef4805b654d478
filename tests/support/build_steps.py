"""The steps of a build, without MkDocs and its theme: as quick as the pages that they are for."""

from pathlib import Path

import markdown
from mkdocs.config import load_config

from hooks.build import Build
from support.built_site import REPO


def has_run(docs: Path) -> Build:
    """A build as far as the code of all pages: what the cache holds is not run again.

    Raises:
        BuildError: as `mkdocs build` says it.
    """
    build = Build(REPO, docs, lambda line: None)
    build.nav()
    own = [file.relative_to(docs).as_posix() for file in docs.rglob("*") if file.is_file()]
    build.run([*own, *build.site.reference.pages])
    return build


def steps(docs: Path, path: str) -> str:
    """The build's own steps on one file, without MkDocs and its theme: as quick as the page.

    Returns:
        The page's HTML, where it is written in Markdown.

    Raises:
        BuildError: as `mkdocs build` says it.
    """
    if path.endswith(".ipynb"):
        list(Build(REPO, docs, lambda line: None).notebooks([path]))
        return ""
    build = has_run(docs)
    if path.endswith(".md"):
        text, _ = build.markdown(path, (docs / path).read_text(encoding="utf-8"))
        config = load_config(str(REPO / "mkdocs.yml"))
        made = markdown.Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
        return build.output(path, build.content(path, made.convert(text)))
    return ""
