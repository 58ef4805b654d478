"""What MkDocs loads. Translates its events to one `hooks.build.Build` for each build, and knows nothing else."""

import logging
import tempfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from hooks.base.errors import BuildError, PageError
from hooks.build import Build

REPO = Path(__file__).parents[1]
log = logging.getLogger("mkdocs.hooks.course")


def _one_sentence(step):
    """A BuildError ends the build with its own sentence, and MkDocs exits with 1."""

    def wrapped(*args, **kwargs):
        try:
            return step(*args, **kwargs)
        except BuildError as error:
            raise PluginError(str(error)) from None

    wrapped.__name__ = step.__name__
    return wrapped


class Events:
    """MkDocs' events; holds the build that is going on. Each build has its own, made in `on_config`."""

    build: Build
    executed: tempfile.TemporaryDirectory  # notebooks with their outputs, as files for mkdocs-jupyter

    def __init__(self):
        self._serving = False

    def on_startup(self, command: str, dirty: bool) -> None:
        """Called once, before the first build."""
        self._serving = command == "serve"

    @_one_sentence
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """A new build; the navigation follows from the course."""
        if not config.use_directory_urls:
            written = (
                Path(config.config_file_path).read_text(encoding="utf-8").partition("use_directory_urls")
            )
            line = written[0].count("\n") + 1 if written[1] else 1
            raise PageError(
                "mkdocs.yml", line, "use_directory_urls is false.", "Drop it: addresses here end in a slash."
            )
        self.build = Build(REPO, Path(config.docs_dir), log.info, protected=not self._serving)
        self.executed = tempfile.TemporaryDirectory(prefix="running-transformer-")
        config.nav = self.build.nav()
        config.extra["version"] = self.build.version()
        if not config.repo_url:
            config.edit_uri = None  # without a repository MkDocs takes it for a whole address
        return config

    @event_priority(100)
    @_one_sentence
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Notebooks are replaced by executed ones; fonts, npm's modules and pages of the reference join the site."""
        folder = Path(self.executed.name)
        for path, text in self.build.notebooks([file.src_uri for file in files]):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            files.remove(files.src_uris[path])
            files.append(File(path, str(folder), config.site_dir, config.use_directory_urls))
        for path, source in self.build.files_added().items():
            files.append(File.generated(config, path, abs_src_path=str(source)))
        for path, text in self.build.texts_added().items():
            files.append(File.generated(config, path, content=text))
        return files

    @_one_sentence
    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Run the code of all pages at once, before the first page is built."""
        on_site = InclusionLevel.is_in_serve if self._serving else InclusionLevel.is_included
        self.build.run(file.src_uri for file in files if on_site(file.inclusion))
        return nav

    @_one_sentence
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """The page with the results of its code."""
        markdown, meta = self.build.markdown(page.file.src_uri, markdown)
        page.meta = {**page.meta, **meta}
        return markdown

    @_one_sentence
    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """The page between header and footer."""
        return self.build.content(page.file.src_uri, html)

    @event_priority(-100)
    @_one_sentence
    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """The whole page, with its policy."""
        return self.build.output(page.file.src_uri, output)

    @_one_sentence
    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        """Pages of the theme's own, such as 404.html."""
        return self.build.protect(output, template_name) if template_name.endswith(".html") else output

    @event_priority(-100)
    @_one_sentence
    def on_post_build(self, config: MkDocsConfig) -> None:
        """The checks that need all pages, and the files beside them."""
        self.build.check()
        for path, text in self.build.files().items():
            file = Path(config.site_dir) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.build.index(Path(config.site_dir))
        self.executed.cleanup()


EVENTS = Events()  # MkDocs takes functions of this module for its events: those of one object
on_startup = EVENTS.on_startup
on_config = EVENTS.on_config
on_files = EVENTS.on_files
on_nav = EVENTS.on_nav
on_page_markdown = EVENTS.on_page_markdown
on_page_content = EVENTS.on_page_content
on_post_page = EVENTS.on_post_page
on_post_template = EVENTS.on_post_template
on_post_build = EVENTS.on_post_build
