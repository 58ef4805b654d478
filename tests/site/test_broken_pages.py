"""What stops the build: each fault of an author, answered with its place, the reason and the cure."""

import re
from pathlib import Path

import pytest
from support.build_steps import steps
from support.built_site import build

from hooks.base.errors import PageError

TOPIC = "part1/transformer-architecture.md"
FAULTS = {
    "failing code": (TOPIC, 'print(encoding.tokens)\n', 'print(encoding.token)\n', r"AttributeError: .* 'token'.*The line is: 'print\(encoding.token\)'"),
    "failing expression": (TOPIC, "{= len(encoding.tokens) =}", "{= len(encoding.words_here) =}", r"AttributeError: .*in 'len\(encoding.words_here\)'. It sees the names of the run 'whole'"),
    "wrong field": (TOPIC, "study_mode: learn", "study_mode: lern", r"study_mode is 'lern'. Did you mean 'learn'\?"),
    "bad maths": (TOPIC, r"$$x_t = E_{\mathrm{id}_t}$$", r"$$x_t = \fracc{E}{2}$$", r'maths: Unknown command "\\fracc"'),
    "bad maths in a unit": (TOPIC, r"\operatorname{FFN}(x)", r"\operatornme{FFN}(x)", r'maths: Unknown command "\\operatornme"'),
    "dead link": (TOPIC, "(../labs/attention-heads.ipynb)", "(../labs/attention-head.ipynb)", r"the link ../labs/attention-head.ipynb leads nowhere"),
    "dead page link": ("index.md", "(part1/transformer-architecture.md#a-head", "(part1/transformer-architectures.md#a-head", r"leads nowhere.*Did you mean 'part1/transformer-architecture.md'\?"),
    "dead anchor": (TOPIC, "[reading them](#reading-maps)", "[reading them](#reading-map)", r"#reading-map leads nowhere.*Did you mean 'reading-maps'\?"),
    "missing topic": (TOPIC, "assumes:", "prerequisites: [part1-atention]\nassumes:", r"names the topic 'part1-atention', which does not exist."),
    "unknown slot": (TOPIC, "<!-- slot: prompts -->", "<!-- slot: promts -->", r"there is no slot 'promts'.*Did you mean 'prompts'\?"),
    "inline style": ("index.md", '<ul class="plain home-modes">', '<ul class="plain home-modes" style="color: red">', r"an inline style.*Give it a class"),
    "third party": ("index.md", "## Four ways", '<img src="https://example.org/x.png" alt="">\n\n## Four ways', r"a third-party resource: .*Readers' browsers ask nobody else"),
    "failing notebook cell": ("labs/attention-heads.ipynb", 'cat = tokens.index(\\"cat\\")', 'cat = tokens.index(\\"cow\\")', r"cell \d+: ValueError: 'cow' is not in list"),
    "notebook with outputs": ("labs/attention-heads.ipynb", '"outputs": []', '"outputs": [{"name": "stdout", "output_type": "stream", "text": ["old"]}]', r"the notebook holds outputs. Clear them"),
    "missing exercise folder": (TOPIC, "folder: exercises/attention-from-scratch", "folder: exercises/attention", r"there is no folder docs/part1/exercises/attention. Write its path"),
    "wrong answer with another hint": ("part1/exercises/attention-from-scratch/wrong/no_scale.py", "the scale is missing", "the scale is wrong", r"the hint meant for it is 'the scale is wrong', and test_3_the_weights_are_scaled, the first to fail, says: .*the scale is missing"),
    "failing quiz code": (TOPIC, "print(tuple(scores.shape))", "print(tuple(score.shape))", r"NameError: name 'score' is not defined The line is: 'print\(tuple\(score.shape\)\)'"),
    "unknown section of a question": (TOPIC, 'teaches: "#observability"', 'teaches: "#observation"', r"has no section #observation. Did you mean 'observability'\?"),
    "unknown module": ("course.yml", "modules: [nn.kv_cache]", "modules: [nn.kv_cash]", r"names the module 'nn.kv_cash', which transformer_core lacks. Did you mean 'nn.kv_cache'\?"),
}  # fmt: skip


# Where each of MkDocs' events stops the whole build; the others stop the step that the event calls.
EVENTS = {
    "on_config": "wrong field",
    "on_files": "failing notebook cell",
    "on_nav": "dead link",
    "on_page_markdown": "failing code",
    "on_page_content": "bad maths",
    "on_post_page": "inline style",
    "on_post_build": "dead anchor",
}
OF_THE_WHOLE_FILE = ("inline style", "third party", "notebook with outputs")


@pytest.fixture
def broken(docs, request) -> tuple[Path, str, str, str]:
    """The docs folder with the fault, the changed file, its text before and now."""
    path, right, wrong, _ = FAULTS[request.param]
    text = (docs / path).read_text(encoding="utf-8")
    assert right in text, "this test no longer matches the page"
    now = text.replace(right, wrong, 1)
    (docs / path).write_text(now, encoding="utf-8")
    return docs, path, text, now


def check(error: str, fault: str, path: str, text: str, now: str) -> None:
    """The error names the file, the line, the reason and the cure."""
    found = re.search(rf"docs/{re.escape(path)}:(\d+): (.*)", error)
    assert found, error[-2000:]
    assert re.search(FAULTS[fault][-1], found[2]), found[0]
    if fault not in OF_THE_WHOLE_FILE:
        pairs = enumerate(zip(text.split("\n"), now.split("\n"), strict=False), 1)
        changed = next(at for at, (old, new) in pairs if old != new)
        near = 25 if "exercise" in fault else 0  # a block is named by its first line
        assert changed - near <= int(found[1]) <= changed, found[0]


@pytest.mark.parametrize(
    "broken, fault", [(name, name) for name in EVENTS.values()], indirect=["broken"], ids=EVENTS
)
def test_the_whole_build_stops_at_every_event(site, broken, fault, tmp_path):
    docs, *change = broken
    built = build(docs, tmp_path / "site")
    assert built.returncode == 1
    assert "Traceback" not in built.stderr
    check(built.stderr, fault, *change)


STEPS = [name for name in FAULTS if name not in EVENTS.values()]


@pytest.mark.parametrize("broken, fault", [(name, name) for name in STEPS], indirect=["broken"], ids=STEPS)
def test_the_step_stops_and_says_where_why_and_how(site, broken, fault):
    docs, *change = broken
    with pytest.raises(PageError) as stopped:
        steps(docs, change[0] if change[0].endswith((".md", ".ipynb")) else TOPIC)
    check(str(stopped.value), fault, *change)
