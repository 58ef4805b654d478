"""What the tests share: kinds are found, heavy things are made once, modules are handed out whole."""

import pytest
from support import kinds, schedule
from support.once import Once

from hooks.execution import runner


def runs_by_a_helper():
    return helper()


def helper():
    return [runner.run([], None, print) for _ in range(2)]


def only_names_it():
    return runner.Result


def test_code_that_runs_pages_is_found_through_helpers():
    assert kinds.runs_code(helper, set()) and kinds.runs_code(runs_by_a_helper, set())
    assert not kinds.runs_code(only_names_it, set())


def test_what_a_test_needs_is_marked(request):
    here = {mark.name for mark in request.node.iter_markers()}
    assert not here & {"browser", "site", "runs_code"}


def test_a_folder_is_made_once_for_all_workers(tmp_path):
    calls = []

    def make(folder):
        calls.append(folder)
        (folder / "page.html").write_text("made", encoding="utf-8")

    one, other = Once(tmp_path), Once(tmp_path)
    assert one("site", make) == other("site", make) == tmp_path / "site"
    assert calls == [tmp_path / "site"] and (tmp_path / "site" / "page.html").is_file()


def test_what_failed_is_not_tried_again_and_says_the_same(tmp_path):
    def fail(folder):
        raise ValueError("no theme")

    with pytest.raises(ValueError, match="no theme"):
        Once(tmp_path)("site", fail)
    with pytest.raises(AssertionError, match="site could not be made: ValueError.*no theme"):
        Once(tmp_path)("site", fail)


class Item:
    def __init__(self, nodeid):
        self.nodeid = nodeid


def test_the_longest_modules_come_first_and_stay_whole(monkeypatch):
    monkeypatch.setattr(schedule, "LONGEST", {"tests/b.py": 9})
    items = [
        Item(id) for id in ("tests/a.py::one[x::y]", "tests/b.py::one", "tests/a.py::two", "tests/b.py::two")
    ]
    schedule.order(items)
    assert [item.nodeid for item in items] == [
        "tests/b.py::one", "tests/b.py::two", "tests/a.py::one[x::y]", "tests/a.py::two"
    ]  # fmt: skip
    assert schedule.module_of("tests/a.py::one[x::y]") == "tests/a.py"
