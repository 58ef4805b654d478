"""One build of the site, and MkDocs' events as one object."""

from types import SimpleNamespace

import main
import pytest
from mkdocs.exceptions import PluginError
from support import small_repository

from directives.exercise import directive as exercise
from hooks.base import fences, templates
from hooks.base.errors import PageError
from hooks.build import Build
from hooks.execution import runner


@pytest.fixture
def repo(tmp_path, monkeypatch):
    small_repository.write(tmp_path, templates.OVERRIDES)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    (tmp_path / "docs" / "index.md").write_text("# Home\n\nSee [A](part1/a.md#first).\n")
    monkeypatch.setenv("RUNNING_TRANSFORMER_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def build(repo):
    return Build(repo, repo / "docs", lambda said: None)


def test_the_navigation_follows_from_the_course(build):
    learn, labs, reference, topic_map, dashboard = build.nav()
    assert learn == {"Learn": [{"Home": "index.md"}, {"1 One": ["part1/a.md"]}]}
    assert labs == {"Labs": ["labs/lab.ipynb"]}
    assert reference["Reference"][0] == {"transformer_core": "reference/api/index.md"}
    assert (topic_map, dashboard) == ({"Topic map": "reference/topic-map.md"}, {"Dashboard": "dashboard.md"})


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("reference/api/words.md", "ApiPage"),
        ("labs/lab.ipynb", "Notebook"),
        ("part1/a.md", "Topic"),
        ("index.md", "Plain"),
        ("part1/data.csv", "NoneType"),
    ],
)
def test_every_page_has_its_kind(build, path, kind):
    assert type(build._kind(path)).__name__ == kind


def test_a_page_of_no_kind_stays_as_it_is(build):
    assert build.markdown("x.md", "text") == ("text", {}) and build.content("x.md", "<p>") == "<p>"


def test_a_page_that_is_served_for_writing_has_no_policy(repo):
    page = "<head><meta charset=utf-8></head>"
    assert "Content-Security-Policy" in Build(repo, repo / "docs").output("x.md", page)
    assert Build(repo, repo / "docs", protected=False).output("x.md", page) == page


def test_a_second_build_in_one_process_starts_fresh(repo, monkeypatch):
    monkeypatch.setattr(main, "REPO", repo)
    events = main.Events()
    config = SimpleNamespace(
        use_directory_urls=True, repo_url="", docs_dir=str(repo / "docs"), nav=None, extra={}
    )
    events.on_config(config)
    assert config.extra == {"version": "1.2"}
    first = events.build
    first.site.anchors.append("left behind")
    (repo / "docs/course.yml").write_text("parts:\n  - {number: 1, title: Another, topics: []}\n")
    events.on_config(config)
    assert events.build is not first and events.build.site.anchors == []
    assert config.nav[0] == {"Learn": [{"Home": "index.md"}, {"1 Another": ["part1/a.md"]}]}


def test_a_fault_reaches_mkdocs_as_one_sentence(repo, monkeypatch):
    monkeypatch.setattr(main, "REPO", repo)
    (repo / "docs/course.yml").write_text("parts: none\n")
    with pytest.raises(PluginError, match=r"^docs/course.yml:1: parts is 'none': it should be array"):
        main.Events().on_config(
            SimpleNamespace(
                use_directory_urls=True, repo_url="", docs_dir=str(repo / "docs"), nav=None, extra={}
            )
        )


def test_an_unusable_cache_reaches_mkdocs_as_one_sentence(repo, monkeypatch):
    monkeypatch.setattr(main, "REPO", repo)
    monkeypatch.setenv("RUNNING_TRANSFORMER_CACHE", str(repo / "docs/index.md"))
    with pytest.raises(PluginError, match="results cannot be kept here: .*Set RUNNING_TRANSFORMER_CACHE"):
        main.Events().on_config(
            SimpleNamespace(
                use_directory_urls=True, repo_url="", docs_dir=str(repo / "docs"), nav=None, extra={}
            )
        )


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (
            "part1/a.ipynb",
            "docs/part1/a.md:1: docs/part1/a.ipynb has this address too: part1/a/. Rename one",
        ),
        ("README.md", "docs/index.md:1: docs/README.md has this address too: the first page."),
        (
            "reference/api/words.md",
            "docs/reference/api/words.md:1: a page of the reference has this address too",
        ),
    ],
)
def test_two_files_of_one_address_are_refused(repo, added, said):
    (repo / "docs" / added).parent.mkdir(parents=True, exist_ok=True)
    (repo / "docs" / added).write_text("# Another\n")
    with pytest.raises(PageError, match=f"^{said}"):
        Build(repo, repo / "docs").run([])


def test_a_topic_that_mkdocs_leaves_out_is_refused(build):
    with pytest.raises(
        PageError, match="^docs/part1/a.md:1: MkDocs leaves this topic out of the site. Look at"
    ):
        build.run(["index.md"])


def test_addresses_without_directories_are_refused(tmp_path):
    file = tmp_path / "mkdocs.yml"
    file.write_text("site_name: A\nuse_directory_urls: false\n")
    with pytest.raises(PluginError, match="^mkdocs.yml:2: use_directory_urls is false. Drop it"):
        main.Events().on_config(SimpleNamespace(use_directory_urls=False, config_file_path=str(file)))


def test_mkdocs_finds_every_event_of_the_one_object():
    names = [name for name in dir(main.Events) if name.startswith("on_")]
    assert names and all(getattr(main, name).__self__ is main.EVENTS for name in names)


def test_each_page_is_scanned_once_and_each_exercise_read_once(repo, monkeypatch):
    """From its file to the plan of what runs: no step reads again what another has read."""
    scanned, read = [], []
    find, folder_of = fences.find, exercise.folder_of
    monkeypatch.setattr(fences, "find", lambda lines: scanned.append(lines) or find(lines))
    monkeypatch.setattr(exercise, "folder_of", lambda *given: read.append(given) or folder_of(*given))
    monkeypatch.setattr(runner, "run", lambda tasks, kept, say: {})
    build = Build(repo, repo / "docs", lambda said: None)
    build.run(
        [
            *(path.relative_to(repo / "docs").as_posix() for path in (repo / "docs").rglob("*")),
            *build.site.reference.pages,
        ]
    )
    assert len(scanned) == len(build.site.course.sources) == 2
    assert len(read) == 1
