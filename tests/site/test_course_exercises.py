"""The course's own exercises: proven as the build proves them, run as a learner runs them, equal to the package."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from directives.exercise import folder as exercises
from hooks.course import course
from hooks.execution import cache, runner
from transformer_core.nn.attention import causal_mask, scaled_dot_product_attention
from transformer_core.pretrained import load_pretrained, load_tokenizer
from transformer_core.weights import fetch

REPO = Path(__file__).parents[2]
DOCS = REPO / "docs"
PAGE = "part1/transformer-architecture.md"


def found():
    """Every exercise of the course that has a folder, by id."""
    blocks = [block for source in course.load(DOCS).sources.values() for block in source.blocks]
    return {block.data["id"]: block.parsed for block in blocks if isinstance(block.parsed, exercises.Folder)}


FOLDERS = found()
MAPS, ATTENTION = FOLDERS["attention-maps"], FOLDERS["attention-from-scratch"]


@pytest.mark.parametrize("id", FOLDERS)
def test_every_exercise_proves_itself(site, id):
    """Starter fails, solution passes, each wrong answer gets its hint; what the build proved is not run again."""
    folder = FOLDERS[id]
    results = runner.run(folder.tasks(), cache.users(REPO), lambda line: None)
    told = exercises.prove(folder, results)
    assert len(told) == len(folder.wrong) >= 12
    assert not [mistake for mistake, message in told.items() if "During handling of" in message]


def load(answer):
    """A file of an exercise, as a module."""
    spec = importlib.util.spec_from_file_location(Path(answer.name).stem, REPO / answer.path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_as_a_learner(folder, answer, place):
    """Starter and tests beside each other, and the command from the page."""
    (place / folder.starter.name).write_text(answer.text, encoding="utf-8")
    shutil.copy(REPO / folder.tests.path, place)
    command = [sys.executable, "-m", "pytest", "--junitxml=result.xml", folder.tests.name]
    return subprocess.run(command, cwd=place, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("attention-from-scratch", "attention_exercise.py is still as you got it. Start with step 1."),
        ("attention-maps", "maps_of() is still as you got it: replace its last line."),
    ],
)
def test_the_starter_says_where_to_start(id, said, tmp_path):
    folder = FOLDERS[id]
    ran = run_as_a_learner(folder, folder.starter, tmp_path)
    assert ran.returncode == 1 and f"{len(folder.named)} failed" in ran.stdout
    assert said in ran.stdout and (tmp_path / "result.xml").is_file()


@pytest.mark.parametrize("id", FOLDERS)
def test_tests_ask_for_nothing_but_torch_and_pytest(id):
    """A learner need not have the course's package to run them."""
    folder = FOLDERS[id]
    names = re.findall(r"^(?:import|from) (\w+)", folder.tests.text, re.MULTILINE)
    assert set(names) <= {"math", "torch", "pytest", Path(folder.starter.name).stem}


def test_attention_from_scratch_equals_the_package():
    solution = load(ATTENTION.solution)
    query, key, value = torch.randn(3, 2, 3, 7, 11, dtype=torch.float64)
    mask = causal_mask(7)
    mask[4] = False
    for given in (None, mask):
        ours = scaled_dot_product_attention(query, key, value, mask=given)
        for mine, theirs in zip(ours, solution.attention(query, key, value, given), strict=True):
            torch.testing.assert_close(mine, theirs, atol=1e-12, rtol=0)


@pytest.fixture(scope="module")
def real():
    """The real model's attentions for two sentences, and the tokens of the first."""
    folder = fetch("all-MiniLM-L6-v2")
    tokenizer, model = load_tokenizer(folder), load_pretrained(folder)
    sentences = [tokenizer.encode(text) for text in ("The cat sat on the mat", "The dog ran to the box")]
    with torch.no_grad():
        return model.trace(torch.tensor([one.ids for one in sentences])).attentions, sentences[0].tokens


def test_the_maps_of_the_real_model_give_the_pages_answers(real):
    """Read off one weight at a time, without any of the solution's indexing."""
    attentions, tokens = real
    solution = load(MAPS.solution)
    maps = solution.maps_of(attentions, 0)
    layers, heads, length, _ = maps.shape
    cat, mat = tokens.index("cat"), tokens.index("mat")

    def weight(layer, head, query, key):
        return attentions[layer, 0, head, query, key].item()

    every = [(layer, head) for layer in range(layers) for head in range(heads)]
    for key, share in enumerate(solution.looks(maps, cat).tolist()):
        assert share == pytest.approx(sum(weight(*place, cat, key) for place in every) / len(every), abs=1e-5)
    assert solution.strongest(maps, cat, mat) == max(every, key=lambda place: weight(*place, cat, mat))
    back = solution.one_back(maps)
    for place in every:
        share = sum(weight(*place, query, query - 1) for query in range(1, length)) / (length - 1)
        assert back[place].item() == pytest.approx(share, abs=1e-5)
    for layer, share in enumerate(solution.received(maps, 0).tolist()):
        given = [weight(layer, head, query, 0) for head in range(heads) for query in range(1, length)]
        assert share == pytest.approx(sum(given) / len(given), abs=1e-5)


def test_the_last_step_of_exercise_1_prints_an_answer_to_each_question(tmp_path):
    """The starter's closing lines are the solution's: they wait for the learner's functions alone."""
    main = 'if __name__ == "__main__":'
    assert MAPS.starter.text.partition(main)[2] == MAPS.solution.text.partition(main)[2]
    ran = subprocess.run(
        [sys.executable, REPO / MAPS.solution.path], cwd=tmp_path, capture_output=True, text=True
    )
    said = ran.stdout.splitlines()
    assert ran.returncode == 0 and len(said) == 4, ran.stderr
    assert said[0].startswith("cat looks at [CLS] 0.6") and said[1] == "cat -> mat, most: layer 5, head 3"
    assert said[2].startswith("one token back: from 0.0") and said[3].startswith("[CLS] receives 0.3")
