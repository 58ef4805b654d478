"""One build of the site: everything that it knows, and its steps in order. Knows nothing of MkDocs."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from hooks.base import links, project
from hooks.base.errors import PageError
from hooks.course import course, paths
from hooks.execution import approved, cache, runner
from hooks.lesson import snippets
from hooks.lesson.page import untranslated
from hooks.lesson.renderer import Renderer
from hooks.page_kinds.kind import PageKind, Site
from hooks.page_kinds.kinds import KINDS
from hooks.page_kinds.notebook import SUFFIX, Notebook
from hooks.reference import index, places
from hooks.search import index as search
from hooks.search import records, synonyms
from hooks.site_files import assistant_pages, browser, csp, fonts, spaces, styles, vendored, wheel

RECORD_SCHEMA = Path(__file__).parent / "site_files" / "record.schema.json"


class Build:
    """What one build knows. Its steps: `nav`, `files_added`, `texts_added`, `notebooks`, `run`, then each page, then `check`, `files` and `index`.

    Args:
        repo: the repository.
        docs: the folder of all pages.
        say: told of progress, and of outputs that are not the approved ones.
        protected: whether pages get their Content-Security-Policy: not while they are served for writing, because
            the server adds a script of its own.
    """

    def __init__(self, repo: Path, docs: Path, say: Callable[[str], None] = print, *, protected: bool = True):
        kept = cache.users(repo)
        package = places.read(repo / "transformer_core", repo, kept)
        self.site = Site(repo, course.load(docs), package, kept, say)
        self._protected = protected
        self._kinds = [kind(self.site) for kind in KINDS]
        self._ids: dict[str, set[str]] = {}
        self._records: list[records.Record] = []

    # --- before any page

    def nav(self) -> list:
        """The navigation, as MkDocs writes it; it follows from the course."""
        known = self.site.course
        written = [topic for topic in known.topics.values() if not topic["planned"]]
        learn: list[dict[str, Any]] = [{"Home": "index.md"}]
        learn += [{"Set up": "setup.md"}] if "setup.md" in known.sources else []
        for part in known.parts:
            if mine := [topic["path"] for topic in written if topic["part"] == part["number"]]:
                learn.append({f"{part['number']} {part['title']}": mine})
        labs = sorted(file.relative_to(known.docs).as_posix() for file in known.docs.glob(f"labs/*{SUFFIX}"))
        measured = sorted(p for p in known.sources if p.startswith("reference/") and p != links.TOPIC_MAP)
        return [
            {"Learn": learn},
            *([{"Labs": labs}] if labs else []),
            *([{"Paths": "paths.md"}] if "paths.md" in known.sources else []),
            *([{"Experiments": measured}] if measured else []),
            {"Reference": self.site.reference.nav()},
            {"Topic map": links.TOPIC_MAP},
            *([{"Review": "review.md"}] if "review.md" in known.sources else []),
            {"Dashboard": "dashboard.md"},
        ]

    def files_added(self) -> dict[str, Path]:
        """Site path of every file that is copied to the site from elsewhere, and where it is."""
        modules = self.site.repo / "node_modules"
        changes = {"about/changelog.md": self.site.repo / "CHANGELOG.md"}
        return {
            **fonts.build(modules, self.site.cache),
            **vendored.files(modules),
            **wheel.files(self.site.repo, self.site.cache),
            **changes,
        }

    def version(self) -> str:
        """Of the package and the site together."""
        return project.read(self.site.repo).version

    def texts_added(self) -> dict[str, str]:
        """The same for what is made here: style sheet, script, and pages of the reference, which have no file in docs/."""
        overrides = self.site.repo / "overrides"
        modules = self.site.repo / "node_modules"
        pages = dict.fromkeys(self.site.reference.pages, "")
        style = browser.compact(styles.join(overrides), modules)
        return {**pages, styles.PATH: style, browser.PATH: browser.bundle(overrides, modules)}

    def notebooks(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Every notebook among these paths, executed: its path and its text.

        Raises:
            PageError: a cell failed.
        """
        for path in paths:
            kind = self._kind(path)
            if isinstance(kind, Notebook):
                yield path, kind.executed(path)

    def run(self, files: Iterable[str]) -> None:
        """Read all pages and run their code at once. `files`: every file that a page may link to.

        Raises:
            PageError: what an author has to fix; see the steps.
        """
        site = self.site
        site.files = set(files)
        self._refuse_lost()
        for path, source in site.course.sources.items():
            if path not in site.files:
                continue
            plan = snippets.plan(source, site.repo, site.links(path))
            site.plans[path] = plan
            site.anchors += plan.anchors
        site.anchors += site.course.check_blocks()
        site.paths, places_named = paths.load(site.course)
        site.anchors += places_named
        index.link_sources(site.reference, site.plans)
        site.lessons = index.lessons(site.reference, site.course, site.plans)
        tasks = {task.key: task for plan in site.plans.values() for task in plan.tasks()}
        site.results = runner.run(list(tasks.values()), site.cache, site.say)

    def _refuse_lost(self) -> None:
        """What would be no page of the site: a topic that MkDocs leaves out, and one of two files with one address."""
        site = self.site
        notebooks = (file.relative_to(site.docs).as_posix() for file in site.docs.rglob(f"*{SUFFIX}"))
        at = {links.url(path): "a page of the reference" for path in site.reference.pages}
        for path in sorted([*site.course.sources, *notebooks]):
            address = links.url(path)
            if address in at:
                wrong = f"{at[address]} has this address too: {address or 'the first page'}."
                raise PageError(f"docs/{path}", 1, wrong, "Rename one of them.")
            at[address] = f"docs/{path}"
        for path, source in site.course.sources.items():
            if source.topic and path not in site.files:
                cure = (
                    "Look at exclude_docs and draft_docs in mkdocs.yml; a folder `templates` is left out too."
                )
                raise PageError(f"docs/{path}", 1, "MkDocs leaves this topic out of the site.", cure)

    # --- each page

    def markdown(self, path: str, text: str) -> tuple[str, dict]:
        """A page's Markdown, and what joins its front matter."""
        kind = self._kind(path)
        return kind.markdown(path, text) if kind else (text, {})

    def content(self, path: str, html: str) -> str:
        """The rendered page without header and navigation."""
        kind = self._kind(path)
        html = kind.content(path, html) if kind else html
        self._records += (
            kind.searched(path, html) if kind else records.read(links.url(path), html, records.SITE)
        )
        return html

    def output(self, path: str, html: str) -> str:
        """The whole page."""
        kind = self._kind(path)
        html = untranslated(kind.output(path, html) if kind else html)
        self._ids[path] = set(re.findall(r'\sid="(?!__)([^"]+)"', html))
        return spaces.drop(self.protect(html, f"docs/{path}"))

    def protect(self, html: str, name: str) -> str:
        """A page with its policy; `name` is what errors call it.

        Raises:
            PageError: the page holds what the policy would block.
        """
        return csp.protect(html, name) if self._protected else html

    # --- after all pages

    def check(self) -> None:
        """What only all built pages can tell; and what has drifted from the approved outputs is said.

        Raises:
            PageError: a link to a place that its page does not have.
        """
        sources = self.site.course.sources
        anchors = [  # a page written as HTML has places of its own: a link to another leads to its top
            one for one in self.site.anchors if not (one.target in sources and sources[one.target].is_raw)
        ]
        links.check_anchors(anchors, lambda path: self._ids.get(path, set()))
        for path, page in self.site.pages.items():
            if not approved.same(approved.read(self.site.approved, path), page.outputs):
                how = "`make test` shows how, `make approve` approves"
                self.site.say(f"docs/{path}: outputs differ from the approved ones; {how}")
        self.site.cache.trim()

    def files(self) -> dict[str, str]:
        """Site path and text of every file beside the pages."""
        pages = self.site.pages
        shared: dict[str, dict[str, Any]] = {}
        for page in pages.values():
            for file, entries in page.shared.items():
                shared.setdefault(file, {}).update(entries)
        outputs = {path: page.outputs for path, page in pages.items() if page.outputs}
        return {
            **{
                path: self.protect(text, path) if path.endswith(".html") else text
                for page in pages.values()
                for path, text in page.files.items()
            },
            **{file: json.dumps(entries, ensure_ascii=False) for file, entries in shared.items()},
            "assets/course.json": json.dumps(
                {**self.site.course.manifest(), "paths": self.site.paths}, ensure_ascii=False
            ),
            "assets/record.schema.json": RECORD_SCHEMA.read_text(encoding="utf-8"),
            "assets/outputs.json": json.dumps(outputs),
            **self._as_text(),
            "assets/synonyms.json": json.dumps(synonyms.load(self.site.docs), ensure_ascii=False),
        }

    def index(self, folder: Path) -> None:
        """Write the search's index into the folder of the built site."""
        search.write(self._records, folder / search.FOLDER, self.site.repo / "node_modules", self.site.cache)

    def _as_text(self) -> dict[str, str]:
        """Site path and text of every page in Markdown, and of their list."""
        site, course = self.site, self.site.course
        labs = [path for path in sorted(site.files) if path.endswith(SUFFIX)]
        pages = {
            **{path: assistant_pages.page(plan, self._renderer(plan)) for path, plan in site.plans.items()},
            **{path: assistant_pages.notebook((course.docs / path).read_text("utf-8")) for path in labs},
            **{
                path: assistant_pages.module(module.name, (site.repo / module.file).read_text("utf-8"))
                for path, module in site.reference.pages.items()
            },
        }
        return {
            **{assistant_pages.address(path): text for path, text in pages.items()},
            "llms.txt": assistant_pages.index(course, pages),
        }

    def _renderer(self, plan: snippets.Plan) -> Renderer:
        return Renderer(plan, self.site.results, self.site.course, {})

    def _kind(self, path: str) -> PageKind | None:
        return next((kind for kind in self._kinds if kind.has(path)), None)
