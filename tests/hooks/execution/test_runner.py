"""Code runs alone, once, and again whenever anything that it depends on has changed."""

import os
from pathlib import Path

import pytest

from hooks.base.errors import PageError
from hooks.course.topics import Source
from hooks.execution import cache, runner
from hooks.execution.cache import ResultCache
from hooks.execution.runner import Task
from hooks.lesson.snippets import plan


@pytest.fixture
def kept(tmp_path):
    return ResultCache(tmp_path / "kept", tmp_path)


def run_one(kept, code, expressions=(), **more):
    ran = []
    task = Task("docs/x.md:1", code, tuple(expressions), **more)
    return runner.run([task], kept, ran.append)[task.key], len(ran)


def test_output_and_values_come_back_exactly(kept):
    result, _ = run_one(
        kept, "import torch\nx = torch.tensor([1.5, 2.0])\nprint('a', 'b', sep='|')", ["x", "x.sum().item()"]
    )
    assert result.stdout == "a|b\n"
    assert result.values == [[1.5, 2.0], 3.5]


def test_output_below_python_is_seen_too(kept):
    assert run_one(kept, "import os; os.system('echo from a child')")[0].stdout == "from a child\n"


def test_fences_share_nothing(kept):
    tasks = [
        Task(
            f"x:{n}",
            f"import torch, os\nprint(sorted(os.listdir()), 'y' in globals(), torch.initial_seed())\ny = {n}\ntorch.manual_seed({n})\nopen('left-behind', 'w')",
        )
        for n in range(3)
    ]
    results = runner.run(tasks, kept, lambda line: None)
    assert len({result.stdout for result in results.values()}) == 1
    assert "False" in results[tasks[0].key].stdout and "left-behind" not in results[tasks[0].key].stdout


def test_nothing_runs_twice(kept):
    assert run_one(kept, "print(1)")[1] == 1
    assert run_one(kept, "print(1)")[1] == 0


def test_an_edited_module_runs_its_users_again(kept, tmp_path):
    module = tmp_path / "lesson_module.py"
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport lesson_module\nprint(lesson_module.x)"
    module.write_text("x = 1")
    assert run_one(kept, code)[0].stdout == "1\n"
    module.write_text("x = 22")
    assert run_one(kept, code)[0].stdout == "22\n"
    os.utime(module)
    assert run_one(kept, code)[1] == 0, "a new date on the same text is no change"


def test_changed_data_runs_its_readers_again(kept, tmp_path):
    data = tmp_path / "data.txt"
    data.write_text("old")
    assert run_one(kept, f"print(open({str(data)!r}).read())")[0].stdout == "old\n"
    data.write_text("new and longer")
    assert run_one(kept, f"print(open({str(data)!r}).read())")[0].stdout == "new and longer\n"


def test_a_damaged_kept_result_is_run_again(kept):
    run_one(kept, "print(1)")
    for file in kept.folder.glob("*/*"):
        file.write_text("{")
    assert run_one(kept, "print(1)")[1] == 1


def test_versions_are_part_of_the_key(monkeypatch):
    before = Task("x", "print(1)").key
    monkeypatch.setattr(cache, "versions", lambda: "3.11.0\ntorch==9.9")
    assert Task("x", "print(1)").key != before


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("x = 1\nprint(x / 0)\n", 13, "ZeroDivisionError: division by zero The line is: 'print(x / 0)'"),
        ("def f():\n    return missing\n\nf()\n", 13, "NameError: name 'missing' is not defined"),
        (
            "import os\nos.abort()\n",
            13,
            "the code ended with signal SIGABRT and no result The line is: 'os.abort()'",
        ),
        (
            "import os\n\ndef leave():\n    os._exit(3)\n\nleave()\n",
            15,
            "the code ended with status 3 and no result",
        ),
        (
            "import os\nos.kill(os.getpid(), 9)\n",
            11,
            "ended with signal SIGKILL and no result. It is the code of",
        ),
        (
            "x = 1\nwhile True:\n    print(x)\n",
            14,
            "the code printed more than 100,000 characters The line is: 'print(x)'",
        ),
        ("import sys\nsys.exit('no')\n", 13, "SystemExit: no"),
    ],
)
def test_failing_code_names_page_line_and_reason_and_is_not_kept(kept, code, line, said):
    made = plan(Source("x.md", f"```python run\n{code}```", 11, None), runner.WORKER.parents[3])
    (run,) = made.runs.values()
    for _ in range(2):
        results = runner.run(made.tasks(), kept, lambda text: None)
        with pytest.raises(PageError) as error:
            made.checked(run, results[made.task(run).key])
        assert str(error.value).startswith(f"docs/x.md:{line}: ")
        assert said in str(error.value)


def test_a_failing_expression_names_its_own_line(kept):
    made = plan(
        Source("x.md", "```python run\nx = [1]\n```\n\nSee {= x[3] =}.", 11, None), runner.WORKER.parents[3]
    )
    (run,) = made.runs.values()
    with pytest.raises(PageError, match=r"docs/x.md:15: IndexError: list index out of range, in 'x\[3\]'"):
        made.checked(run, runner.run(made.tasks(), kept, lambda text: None)[made.task(run).key])


def test_code_that_never_ends_is_stopped_where_it_is_with_all_that_it_has_started(kept, tmp_path):
    code = f"import subprocess\np = subprocess.Popen(['sleep', '600'])\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid))\nwhile True: pass"
    result, _ = run_one(kept, code, limit=2)
    assert result.error == {"line": 4, "text": "the code was stopped after 2 s"}
    started = Path(f"/proc/{(tmp_path / 'pid').read_text()}/stat")
    assert not started.exists() or started.read_text().split()[2] == "Z"


def test_output_comes_in_order_to_its_end_and_without_colours(kept):
    code = """
import atexit, subprocess, threading, time
atexit.register(print, "last")
print("\\x1b[31mfirst\\x1b[0m", end=" ")
subprocess.run(["echo", "second"])
threading.Thread(target=lambda: (time.sleep(0.1), print("third"))).start()
"""
    assert run_one(kept, code, ["print('not of the code')"])[0].stdout == "first second\nthird\nlast\n"


def test_output_of_megabytes_that_comes_at_once_is_refused_too(kept):
    result, _ = run_one(kept, "print('x' * 10_000_000)")
    assert result.error["text"] == "the code printed more than 100,000 characters" and not result.stdout
