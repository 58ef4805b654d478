"""The page of a notebook, executed when the site is built."""

import re
from pathlib import Path

from hooks.base import fences, templates
from hooks.execution import notebooks
from hooks.page_kinds.kind import PageKind
from hooks.search import records

SUFFIX = ".ipynb"


class Notebook(PageKind):
    """mkdocs-jupyter renders it; here it is executed before, and cleaned after."""

    def has(self, path: str) -> bool:
        return path.endswith(SUFFIX)

    def executed(self, path: str) -> str:
        """The notebook with its outputs."""
        text = (self.site.docs / path).read_text(encoding="utf-8")
        return notebooks.execute(text, f"docs/{path}", self.site.cache, self.site.say)

    def found_as(self, path: str) -> str:
        return records.TRY

    def content(self, path: str, html: str) -> str:
        own = self.site.links(path)
        written = (self.site.docs / path).read_text(encoding="utf-8")
        self.site.anchors += own.resolve(fences.Text(written), 1)[1]
        lines, _ = own.resolve(fences.Text(clean(html)), 1)
        return (
            "\n".join(lines)
            + templates.fill("download", "", name=Path(path).name)
            + templates.fill("observations", "", id=f"lab-{Path(path).stem}")
        )


def clean(html: str) -> str:
    """A rendered notebook without the styles and scripts that come with it: the site has its own."""
    html = re.sub(
        r"<style\b.*?</style>|<script\b(?![^>]*application/json).*?</script>", "", html, flags=re.DOTALL
    )
    html = re.sub(r'(<[a-z][^<>]*?)\sstyle="[^"]*"', r"\1", html)
    button = r'<clipboard-copy\b[^>]*\bfor="([\w-]+)"[^>]*>.*?</clipboard-copy>'
    html = re.sub(button, _copy_button, html, flags=re.DOTALL)
    html = html.replace('<div class="fig-alone">', '<div class="fig-alone" data-directive="figure">')
    html = re.sub(r'(<div class="[^"]*jp-MarkdownCell[^"]*"[^>]*?) tabindex="\d"', r"\1", html)
    return re.sub(r"<link\b[^>]*>", "", html)


def _copy_button(match: re.Match) -> str:
    return templates.fill("copy_button", "", id=match[1], what="code")
