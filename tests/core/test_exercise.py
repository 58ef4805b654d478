"""The exercise "attention from scratch": its tests let the right answer pass and name each wrong one."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from transformer_core.attention import causal_mask, scaled_dot_product_attention

EXERCISE = Path(__file__).parents[2] / "docs" / "part1" / "exercises" / "attention-from-scratch"
SOLUTION = (EXERCISE / "attention_solution.py").read_text(encoding="utf-8")


# Each folder's tests as a learner runs them, in a process of its own, forked once torch is imported.
RUN_EACH = """
import os, sys, pytest, torch
for folder in sys.argv[1:]:
    if os.fork() == 0:
        os.chdir("/")
        os.dup2(os.open(f"{folder}/report", os.O_WRONLY | os.O_CREAT), 1)
        pytest.main(["-q", "-p", "no:cacheprovider", f"{folder}/test_attention_exercise.py"])
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""


def put(answer, folder):
    """A learner's folder: their answer and, beside it, the tests."""
    folder.mkdir(exist_ok=True)
    (folder / "attention_exercise.py").write_text(answer, encoding="utf-8")
    shutil.copy(EXERCISE / "test_attention_exercise.py", folder)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What pytest tells the learner, by mistake, one line of text each."""
    folders = {mistake: tmp_path_factory.mktemp("answer") for mistake in WRONG}
    for mistake, folder in folders.items():
        put(changed(*WRONG[mistake][0]), folder)
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run([sys.executable, "-c", RUN_EACH, *folders.values()], check=True, env=alone)
    return {mistake: " ".join((folder / "report").read_text().split()) for mistake, folder in folders.items()}


def changed(*edits):
    """The solution with a mistake in it."""
    answer = SOLUTION
    for right, wrong in edits:
        assert answer.count(right) == 1, f"{right!r} is not in the solution once"
        answer = answer.replace(right, wrong)
    return answer


SOFTMAX = "torch.softmax(scores, dim=-1)"
HIDE = "scores = scores.masked_fill(~mask, -math.inf)"
ZERO = "weights = weights.masked_fill(~mask, 0)"
SCALE = "math.sqrt(query.shape[-1])"

# What people write: the mistake, the message meant for it, and the only tests that may fail.
WRONG = {
    "softmax over the wrong axis": ([("dim=-1", "dim=-2")], "down each column", None),
    "softmax over the heads' axis": ([("dim=-1", "dim=0")], "down each column", None),
    "no scale": ([(f" / {SCALE}", "")], "the scale is missing", {3}),
    "scale by Dk": ([(SCALE, "query.shape[-1]")], "you divide by Dk = 7", {3}),
    "scale by the length": ([(SCALE, "math.sqrt(key.shape[-2])")], "square root of the wrong axis", {3}),
    "multiplied": ([(f"/ {SCALE}", f"* {SCALE}")], "you multiply by the square root", {3}),
    "scale after softmax": (
        [(f" / {SCALE}", ""), (SOFTMAX, f"{SOFTMAX} / {SCALE}")],
        "Softmax is the last thing that happens",
        None,
    ),
    "inverted mask": (
        [(HIDE, HIDE.replace("~", "")), (ZERO, ZERO.replace("~", ""))],
        "the mask is inverted",
        {6, 7, 9},
    ),
    "mask after softmax": ([(HIDE, "pass")], "You mask after softmax", {6}),
    "mask multiplied": (
        [(HIDE, "scores = scores * mask"), (ZERO, "pass")],
        "A score of 0 is not nothing",
        {6, 7, 9},
    ),
    "mask used as an index": (
        [(HIDE, "scores[~mask] = -math.inf")],
        "masked_fill(~mask, ...) widens the mask by itself",
        {7},
    ),
    "mask forgotten": (
        [(HIDE, HIDE.removeprefix("scores = ")), (ZERO, "pass")],
        "the mask changes nothing",
        {6, 7, 9},
    ),
    "key.T": ([("key.transpose(-2, -1)", "key.T")], "only those: query @ key.transpose(-2, -1)", {5, 7}),
    "key not transposed": ([("key.transpose(-2, -1)", "key")], "shapes do not fit", None),
    "key times query": (
        [("query @ key.transpose(-2, -1)", "key @ query.transpose(-2, -1)")],
        "and only those: query @ key.transpose(-2, -1)",
        None,
    ),
    "key times query, all the way": (
        [("query @ key.transpose(-2, -1)", "key @ query.transpose(-2, -1)"), ("weights @", "weights.mT @")],
        "a row for each key and a column for each query",
        None,
    ),
    "exp without the maximum": (
        [(SOFTMAX, "scores.exp() / scores.exp().sum(-1, keepdim=True)")],
        "exp(1000000) is inf",
        {8},
    ),
    "a row of nothing is NaN": ([(ZERO, "pass")], "softmax makes 0/0", {9}),
    "a row of nothing is uniform": (
        [("-math.inf", "-1e9"), (ZERO, "pass")],
        "Equal low scores share equally",
        {9},
    ),
    "only the output": ([("return output, weights", "return output")], "returned one tensor", None),
    "the wrong order": ([("return output, weights", "return weights, output")], "wrong order", None),
    "nothing": ([("return output, weights", "pass")], "returned nothing", None),
    "scores times values": (
        [("weights @ value", "scores @ value")],
        "not your weights times the values",
        None,
    ),
    "in place": (
        [("# Step 1.", "query *= 1.5\n    query /= 3\n    query *= 2 # ")],
        "changes its inputs",
        {10},
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_each_wrong_answer_gets_the_message_meant_for_it(mistake, reports):
    _, message, failing = WRONG[mistake]
    report = reports[mistake]
    assert message in report, report
    failed = {int(number) for number in re.findall(r"FAILED \S+::test_(\d+)_", report)}
    assert failed and failing in (None, failed), report


def run_as_a_learner(folder):
    command = [sys.executable, "-m", "pytest", "-q", "test_attention_exercise.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_starter_fails_and_says_where_to_start(tmp_path):
    ran = run_as_a_learner(shutil.copytree(EXERCISE, tmp_path / "exercise"))
    assert ran.returncode == 1 and "10 failed" in ran.stdout
    assert "still as you got it. Start with step 1" in ran.stdout


def test_the_solution_passes(tmp_path):
    put(SOLUTION, tmp_path)
    ran = run_as_a_learner(tmp_path)
    assert ran.returncode == 0 and "10 passed" in ran.stdout, ran.stdout


def test_the_solution_equals_the_package():
    spec = importlib.util.spec_from_file_location("attention_solution", EXERCISE / "attention_solution.py")
    solution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(solution)
    query, key, value = torch.randn(3, 2, 3, 7, 11, dtype=torch.float64)
    mask = causal_mask(7)
    mask[4] = False
    for given in (None, mask):
        ours = scaled_dot_product_attention(query, key, value, mask=given)
        for mine, theirs in zip(ours, solution.attention(query, key, value, given), strict=True):
            torch.testing.assert_close(mine, theirs, atol=1e-12, rtol=0)
