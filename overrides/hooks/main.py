"""What MkDocs calls, and when. The work is done by the modules beside this one, which know nothing of MkDocs."""

import json
import logging
import re
import shutil
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

HOOKS = Path(__file__).parent
sys.path.insert(0, str(HOOKS.parent))

from hooks import (
    approved,
    course,
    fonts,
    labs,
    links,
    maths,
    pages,
    parts,
    paths,
    policy,
    quiz_lint,
    raw_pages,
    reference,
    renderer,
    runner,
    snippets,
    vendored,
)
from hooks.errors import PageError
from hooks.site_files import browser, styles

REPO = HOOKS.parents[1]
CACHE = REPO / ".cache"
PACKAGE = REPO / "transformer_core"
APPROVED = REPO / "tests" / "approved"
OVERRIDES = REPO / "overrides"
REFERENCE = runner.Kept(CACHE / "reference")
log = logging.getLogger("mkdocs.hooks.course")


class Build:
    """What one build knows; made anew by each."""

    serving = False

    def __init__(self, docs: Path):
        self.docs = docs
        self.course = course.load(docs)
        self.reference = reference.read(PACKAGE, REPO)
        self.lessons: dict[str, list[dict]] = {}
        self.explained: dict[str, reference.Made] = {}
        self.plans: dict[str, snippets.Plan] = {}
        self.results: dict[str, runner.Result] = {}
        self.pages: dict[str, pages.Page] = {}
        self.files: set[str] = set()
        self.anchors: list[links.Anchor] = []
        self.ids: dict[str, set[str]] = {}


build: Build


def _stops(step):
    """A page's error ends the build with its own sentence, and MkDocs exits with 1."""

    def wrapped(*args, **kwargs):
        try:
            return step(*args, **kwargs)
        except PageError as error:
            raise PluginError(str(error)) from None
        except FileNotFoundError as error:
            raise PluginError(str(error)) from None

    wrapped.__name__ = step.__name__
    return wrapped


def on_startup(command: str, dirty: bool) -> None:
    Build.serving = command == "serve"


@_stops
def on_config(config):
    """Read the course; the navigation follows from it."""
    global build
    build = Build(Path(config.docs_dir))
    written = [topic for topic in build.course.topics.values() if not topic["planned"]]
    learn = [{"Home": "index.md"}]
    for part in build.course.parts:
        if mine := [topic["path"] for topic in written if topic["part"] == part["number"]]:
            learn.append({f"{part['number']} {part['title']}": mine})
    notebooks = sorted(file.relative_to(build.docs).as_posix() for file in build.docs.glob("labs/*.ipynb"))
    measured = sorted(p for p in build.course.sources if p.startswith("reference/") and p != links.TOPIC_MAP)
    config.nav = [
        {"Learn": learn},
        *([{"Labs": notebooks}] if notebooks else []),
        *([{"Paths": "paths.md"}] if "paths.md" in build.course.sources else []),
        *([{"Measured": measured}] if measured else []),
        {"Reference": build.reference.nav()},
        {"Topic map": links.TOPIC_MAP},
        *([{"Review": "review.md"}] if "review.md" in build.course.sources else []),
        {"Dashboard": "dashboard.md"},
    ]
    return config


@event_priority(100)
@_stops
def on_files(files, config):
    """Notebooks are swapped for executed ones; fonts, browser modules and the style sheet join the site."""
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        name = f"docs/{file.src_uri}"
        executed = labs.execute(Path(file.abs_src_path), name, runner.Kept(CACHE / "labs"), log.info)
        folder = CACHE / "notebooks"
        (folder / file.src_uri).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(executed, folder / file.src_uri)
        files.remove(file)
        files.append(File(file.src_uri, str(folder), config.site_dir, config.use_directory_urls))
    for path, file in fonts.build(REPO / "node_modules", CACHE / "fonts").items():
        files.append(File.generated(config, path, abs_src_path=str(file)))
    for path, file in vendored.files(REPO / "node_modules").items():
        files.append(File.generated(config, path, abs_src_path=str(file)))
    for path in build.reference.pages:
        files.append(File.generated(config, path, content=""))
    for path, file in browser.files(OVERRIDES).items():
        files.append(File.generated(config, path, abs_src_path=str(file)))
    sheet = CACHE / "site.css"
    sheet.write_text(styles.join(OVERRIDES, _figure_css()), encoding="utf-8")
    files.append(File.generated(config, styles.PATH, abs_src_path=str(sheet)))
    return files


def _figure_css() -> str:
    """From the package's source as it is now: `mkdocs serve` lives longer than one version of it."""
    for name in [name for name in sys.modules if name.startswith("transformer_core.figures")]:
        del sys.modules[name]
    from transformer_core.figures import figure_css

    return figure_css()


@_stops
def on_nav(nav, config, files):
    """Run the code of all pages at once, before the first page is built."""
    build.files = {file.src_uri for file in files}
    for path, source in build.course.sources.items():
        text, anchors = links.resolve(
            path, source.text, source.first_line, build.files, build.course.planned_at
        )
        build.anchors += anchors
        source = course.topics.Source(path, text, source.first_line, source.topic)
        build.plans[path] = snippets.plan(source, REPO)
    asked = [question for plan in build.plans.values() for question in plan.questions()]
    build.anchors += quiz_lint.check(asked, build.course)
    build.anchors += paths.load(build.docs, build.course)[1]
    plans = build.plans.values()
    tasks = {task.key: task for plan in plans for task in [*plan.tasks(), *plan.proofs(build.docs)]}
    reference.link_sources(build.reference, build.plans)
    build.lessons = reference.lessons(build.reference, build.course, build.plans, build.docs)
    build.results = runner.run(list(tasks.values()), runner.Kept(CACHE / "outputs"), log.info)
    return nav


@_stops
def on_page_markdown(markdown, page, config, files):
    path = page.file.src_uri
    if path in build.reference.pages:
        return _reference_markdown(path, page)
    if path not in build.plans:
        return markdown
    plan = build.plans[path]
    known = approved.read(APPROVED, path)
    made = renderer.Renderer(plan, build.results, build.course, known, links.root(path), build.docs).render()
    build.pages[path] = made
    if topic := plan.source.topic:
        page.meta = {**page.meta, "title": topic["title"], "description": topic["summary"], "topic": topic}
    return raw_pages.unwrap(made.markdown) if raw_pages.is_raw(plan.source.text) else made.markdown


def _reference_markdown(path, page) -> str:
    module = build.reference.pages[path]
    taught = build.lessons[module.name]
    made = reference.page(build.reference, path, taught, REFERENCE)
    build.explained[path], build.pages[path] = made, made.page
    build.anchors += made.anchors
    title = f"{build.reference.package.name}.{module.name}".rstrip(".")
    page.meta = {**page.meta, "title": title, "search": {"boost": 0.5}}  # in a search, lessons come first
    return made.page.markdown


@_stops
def on_page_content(content, page, config, files):
    path = page.file.src_uri
    if path.endswith(".ipynb"):
        written = (build.docs / path).read_text(encoding="utf-8")
        build.anchors += links.resolve(path, written, 1, build.files, build.course.planned_at)[1]
        content = links.resolve(path, labs.clean(content), 1, build.files, build.course.planned_at)[0]
        return (
            content
            + parts.fill("download", "", name=Path(path).name)
            + parts.fill("observations", "", id=f"lab-{Path(path).stem}")
        )
    if path in build.reference.pages:
        return pages.finish(content, build.pages[path])
    if path not in build.plans:
        return content
    source = build.plans[path].source
    content = maths.in_html(content, f"docs/{path}", source.text, source.first_line)
    content = pages.finish(content, build.pages[path])
    return pages.wrap(content, source, build.course, links.root(path))


@event_priority(-100)
@_stops
def on_post_page(output, page, config):
    if made := build.explained.get(page.file.src_uri):
        output = made.unfold(output)
    build.ids[page.file.src_uri] = set(re.findall(r'\sid="(?!__)([^"]+)"', output))
    return output if Build.serving else policy.protect(output, f"docs/{page.file.src_uri}")


@_stops
def on_post_template(output, template_name, config):
    if Build.serving or not template_name.endswith(".html"):
        return output
    return policy.protect(output, template_name)


@event_priority(-100)
@_stops
def on_post_build(config):
    """Files beside the pages, and the checks that need all pages."""
    links.check_anchors(build.anchors, lambda path: build.ids.get(path, set()))
    reference.forget(REFERENCE)
    site = Path(config.site_dir)
    made = {path: text for page in build.pages.values() for path, text in page.files.items()}
    made["assets/course.json"] = json.dumps(build.course.manifest(), ensure_ascii=False)
    made["assets/record.schema.json"] = (HOOKS / "schemas" / "record.json").read_text(encoding="utf-8")
    made["assets/questions.json"] = json.dumps(
        {id: question for page in build.pages.values() for id, question in page.questions.items()},
        ensure_ascii=False,
    )
    made["assets/outputs.json"] = json.dumps(
        {path: page.outputs for path, page in build.pages.items() if page.outputs}
    )
    for path, text in made.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    drifted = [
        path
        for path, page in build.pages.items()
        if not approved.same(approved.read(APPROVED, path), page.outputs)
    ]
    for path in drifted:
        log.info(
            "docs/%s: outputs differ from the approved ones; `make test` shows how, `make approve` approves",
            path,
        )
