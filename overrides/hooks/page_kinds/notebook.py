"""The page of a notebook, executed when the site is built."""

import json
import re
from html import unescape
from pathlib import Path

from hooks.base import fences, files, links, maths, project, templates
from hooks.execution import notebooks
from hooks.page_kinds.kind import PageKind
from hooks.search import records

SUFFIX = ".ipynb"
_MATHS = re.compile(
    r"(?P<other><(pre|code)\b.*?</\2>|<[^>]+>)|\$\$(?P<display>.+?)\$\$|"
    r"(?P<environment>\\begin\{(\w+\*?)\}.*?\\end\{\5\})|\$(?P<inline>(?!\s)[^$<]+?(?<!\s))\$(?!\d)",
    re.DOTALL,
)


class Notebook(PageKind):
    """mkdocs-jupyter renders it; here it is executed before, and cleaned after."""

    def has(self, path: str) -> bool:
        return path.endswith(SUFFIX)

    def _written(self, path: str) -> str:
        return files.text(self.site.docs / path, f"docs/{path}")

    def executed(self, path: str) -> str:
        """The notebook with its outputs."""
        text = with_wheel(self._written(path), self.site.repo)
        return notebooks.execute(text, f"docs/{path}", self.site.cache, self.site.say)

    def found_as(self, path: str) -> str:
        return records.TRY

    def content(self, path: str, html: str) -> str:
        own = self.site.links(path)
        written = self._written(path)
        for cell in json.loads(written)["cells"]:
            words = "".join(cell["source"]).lstrip("\n") if cell["cell_type"] == "markdown" else ""
            if words:
                line = notebooks.line_of(written, words.split("\n")[0])
                self.site.anchors += own.resolve(fences.Text(words), line)[1]
        lines, _ = own.resolve(fences.Text(with_maths(clean(html), f"docs/{path}", written)), 1)
        return (
            "\n".join(lines)
            + templates.fill("download", links.root(path), name=Path(path).name)
            + templates.fill("observations", "", id=f"lab-{Path(path).stem}")
        )


def with_wheel(text: str, repo: Path) -> str:
    """A notebook whose first cell knows the address of the package's wheel, where the site knows its own."""
    if not (address := project.address()):
        return text
    return text.replace(_wheel_line(""), _wheel_line(address + project.read(repo).wheel), 1)


def _wheel_line(address: str) -> str:
    """The line that names it, as the notebook's file has it."""
    return json.dumps(f'wheel = "{address}"')[1:-1]


def with_maths(html: str, name: str, written: str) -> str:
    """The LaTeX of the notebook's words as MathML; a fault in it names the line of the file.

    Raises:
        PageError: LaTeX that is wrong.
    """

    def formula(match: re.Match) -> str:
        if match["other"]:
            return match[0]
        tex = unescape(match["display"] or match["environment"] or match["inline"])
        line = notebooks.line_of(written, tex.strip().split("\n")[0])
        made = maths.located(tex, name, line, display=not match["inline"])
        return made if match["inline"] else f"</p>{made}<p>"

    cells = re.split(r'(?=<div [^>]*class="[^"]*\bjp-Cell )', html)
    words = [_MATHS.sub(formula, cell) if "jp-MarkdownCell" in cell[:200] else cell for cell in cells]
    return re.sub(r"<p>\s*</p>", "", "".join(words))


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
