"""The cache of results: what it keeps, what it drops, and what happens where it cannot write."""

import os
import shutil
import threading

import pytest

from hooks.base.errors import CacheError
from hooks.execution import cache
from hooks.execution.cache import ResultCache


@pytest.fixture
def repo(tmp_path):
    (tmp_path / "repo").mkdir()
    return tmp_path / "repo"


@pytest.fixture
def kept(tmp_path, repo):
    return ResultCache(tmp_path / "kept", repo)


def files(kept):
    return sorted(kept.folder.glob("*/*"))


def test_a_result_comes_back_until_a_file_changes_and_again_when_that_is_undone(kept, repo):
    data = repo / "data.txt"
    data.write_text("one")
    kept.put("ab1", {"x": "é"}, {str(data): cache.sha256(data)})
    assert kept.get("ab1") == {"x": "é"} and kept.get("ab2") is None
    data.write_text("other")
    assert kept.get("ab1") is None
    kept.put("ab1", {"x": 2}, {str(data): cache.sha256(data)})
    assert kept.get("ab1") == {"x": 2}
    data.write_text("one")
    assert kept.get("ab1") == {"x": "é"}, "two clones with different files share the cache"
    data.unlink()
    assert kept.get("ab1") is None


def test_a_second_clone_finds_what_the_first_has_made(kept, repo, tmp_path):
    (repo / "data.txt").write_text("one")
    kept.put("ab1", {"x": 1}, {str(repo / "data.txt"): cache.sha256(repo / "data.txt")})
    clone = tmp_path / "clone"
    shutil.copytree(repo, clone)
    assert ResultCache(kept.folder, clone).get("ab1") == {"x": 1}
    assert str(repo) not in files(kept)[0].read_text()
    (clone / "data.txt").write_text("changed")
    assert ResultCache(kept.folder, clone).get("ab1") is None and kept.get("ab1") == {"x": 1}


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-9], lambda whole: whole.replace(b"1}", b"2}"), lambda whole: b""]
)
def test_a_damaged_result_is_not_used(kept, damage):
    kept.put("ab1", {"x": 1})
    (file,) = files(kept)
    file.write_bytes(damage(file.read_bytes()))
    assert kept.get("ab1") is None


def test_a_file_is_made_once_and_again_where_it_is_damaged(kept):
    made = []

    def make(target):
        made.append(target)
        target.write_text("font")

    path = kept.file("ab1", ".woff2", make)
    assert path.read_text() == "font" and path.suffix == ".woff2"
    assert kept.file("ab1", ".woff2", make) == path and len(made) == 1
    path.write_text("damaged")
    assert kept.file("ab1", ".woff2", make).read_text() == "font" and len(made) == 2


def test_the_least_recently_used_go_when_there_is_too_much(kept):
    for number, key in enumerate(("aa1", "bb2", "cc3")):
        kept.put(key, {"text": "x" * 1000})
        os.utime(next(kept.folder.glob(f"*/{key}-*")), (number, number))
    assert kept.get("aa1")  # used now
    kept.largest = 2500
    kept.trim()
    assert kept.get("aa1") and kept.get("cc3") and kept.get("bb2") is None
    kept.largest = 0
    kept.trim()
    assert files(kept) == []


def test_many_may_write_at_once(kept):
    wrong = []

    def write(number):
        for _ in range(50):
            kept.put("ab1", {"text": "x" * 10_000})
            if kept.get("ab1") != {"text": "x" * 10_000}:
                wrong.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and len(files(kept)) == 1, "nothing unfinished is left behind"


def test_a_folder_that_cannot_be_made_names_the_cure(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        CacheError,
        match=r"file/cache: results cannot be kept here: Not a directory\. Set RUNNING_TRANSFORMER_CACHE to a folder",
    ):
        ResultCache(tmp_path / "file" / "cache", tmp_path)


def test_a_folder_that_cannot_be_written_names_the_cure(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(CacheError, match=r"Permission denied\. Set RUNNING_TRANSFORMER_CACHE"):
        ResultCache(tmp_path, tmp_path)


def test_a_disk_that_fills_up_names_the_cure(kept, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.tempfile, "mkstemp", full)
    with pytest.raises(CacheError, match=r"No space left on device\. .* or free some space"):
        kept.put("ab1", {})


def test_an_environment_variable_moves_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNNING_TRANSFORMER_CACHE", str(tmp_path / "here"))
    assert cache.users(tmp_path).folder == tmp_path / "here"
    monkeypatch.delenv("RUNNING_TRANSFORMER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert cache.users(tmp_path).folder.name == "running-transformer"


def test_a_key_holds_kind_inputs_code_and_versions(tmp_path, monkeypatch):
    maker = tmp_path / "maker.py"
    maker.write_text("import beside\n")
    (tmp_path / "beside.py").write_text("x = 1\n")
    keys = {cache.key("run", [1], [maker])}
    keys |= {cache.key("page", [1], [maker]), cache.key("run", [2], [maker])}
    (tmp_path / "beside.py").write_text("x = 22\n")
    keys.add(cache.key("run", [1], [maker]))
    maker.write_text("import beside  # changed\n")
    keys.add(cache.key("run", [1], [maker]))
    monkeypatch.setattr(cache, "versions", lambda: "3.99")
    keys.add(cache.key("run", [1], [maker]))
    assert len(keys) == 6


def test_the_code_behind_a_reference_page_is_found_from_its_imports():
    from hooks.reference import page

    found, waiting = set(), [cache.Path(page.__file__)]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += cache.needs(file, *cache._mark(file))
    names = {file.name for file in found}
    assert {
        "docstrings.py",
        "package.py",
        "maths.py",
        "templates.py",
        "listing.html",
        "copy_button.html",
    } <= names
    assert not {"renderer.py", "worker.py", "dashboard.html"} & names
