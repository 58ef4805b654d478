"""From the source of a small package to what it offers, and what of it stops the build."""

import pytest
from support import small_package
from support.small_package import change, entry, render

from hooks.base.errors import PageError
from hooks.reference import docstrings, places


@pytest.fixture
def repo(tmp_path):
    small_package.write(tmp_path)
    return tmp_path


@pytest.fixture
def made(repo):
    return places.read(repo / "pk", repo)


def test_public_names_have_a_place_and_private_ones_have_none(made):
    assert sorted(made.pages) == [
        f"reference/api/{name}.md"
        for name in ("index", "kit", "layers", "more/index", "more/tiled", "scores")
    ]
    assert [(one.kind, one.anchor) for one in made.package.modules["layers"].all] == [
        ("class", "Layer"), ("property", "Layer.double"), ("method", "Layer.wide"), ("method", "Layer.forward"),
        ("method", "Layer.len"), ("class", "Twin"), ("class", "Found"),
    ]  # fmt: skip
    assert [(one.name, one.doc) for one in made.package.modules["scores"].all if one.kind == "constant"] == [
        ("Score", "one number in, one out"),
        ("LONG", "Worked out by hand on paper."),
    ]
    assert made.address("pk.layers.Layer.forward") == "reference/api/layers/#Layer.forward"
    assert made.address("pk.scores._check") is None


def test_a_subpackage_with_a_list_of_its_names_is_one_page(made):
    assert [one.path for one in made.package.modules["kit"].all] == ["pk.kit.draw.draw"]
    assert made.package.modules["kit"].imports == ["more.tiled", "scores"], "what its files import too"


def test_a_name_imported_from_the_top_belongs_to_the_module_that_defines_it(repo):
    top = repo / "pk" / "__init__.py"
    top.write_text(top.read_text(encoding="utf-8") + "\nfrom pk.scores import fit\n", encoding="utf-8")
    assert places.read(repo / "pk", repo).package.holding(["pk.fit", "pk.layers.Layer"]) == [
        "layers",
        "scores",
    ]


@pytest.mark.parametrize(
    ("anchor", "written"),
    [
        (
            "fit",
            "def fit(\n    query,\n    key,\n    /,\n    *,\n    scale: float = 1e-5,\n"
            '    name: str = "dot",\n) -> tuple[int, int]',
        ),
        ("Layer", "class Layer(width: int, score: Score = fit)"),
        ("Twin", "class Twin(width: int, score: Score = fit)"),
        ("Found", "class Found(size: int, rate: float = 0.5)"),
        ("Layer.forward", "def forward(x, *more, **named)"),
        ("Layer.wide", "@classmethod\ndef wide() -> Layer"),
        ("Layer.double", "@property\ndouble: int"),
        ("Score", "Score = Callable[[int], int]"),
        ("LONG", "LONG = ..."),
    ],
)
def test_signatures_are_written_as_one_would_call(made, anchor, written):
    assert entry(made, anchor).signature == written


def test_each_room_stands_above_what_it_imports(made):
    assert made.package.floors() == [["scores"], ["layers"], ["more"], ["kit"]]
    assert made.package.uses("more.tiled") == ["layers"]
    assert made.package.used_by("layers") == ["more"]
    assert made.nav()[1:3] == [
        {"Ground floor": [{"scores": "reference/api/scores.md"}]},
        {"Floor 1": [{"layers": "reference/api/layers.md"}]},
    ]
    assert made.nav()[3] == {
        "Floor 2": [
            {"more": [{"more": "reference/api/more/index.md"}, {"tiled": "reference/api/more/tiled.md"}]}
        ]
    }


def test_a_circle_of_imports_is_drawn_and_not_run_in(repo):
    change(
        repo, "from collections.abc import Callable", "from collections.abc import Callable\nimport pk.layers"
    )
    assert sorted(sum(places.read(repo / "pk", repo).package.floors(), [])) == [
        "kit",
        "layers",
        "more",
        "scores",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "        scale: see",
            "        scael: see",
            "pk/scores.py:23: the docstring documents the argument 'scael', which the signature lacks. Did you mean 'scale'?",
        ),
        ("        query: (...", "        query (...", "pk/scores.py:20: docstring: Failed to get 'name: description' pair"),
        ("even.\n\n    Args", "even.\n    Args", "pk/scores.py:18: docstring: Possible section skipped"),
        (r"\sqrt{d}", r"\sqqrt{d}", 'pk/scores.py:14: maths: Unknown command "\\sqqrt"'),
        ("too long.", "[long](../part1/x.md).", "pk/scores.py:29: the link to ../part1/x.md leads nowhere from a docstring."),
        ("def _check(x):", "def _check(x:", "pk/scores.py:36: this is not Python"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(repo, old, new, said):
    change(repo, old, new)
    with pytest.raises(PageError) as error:
        render(places.read(repo / "pk", repo), "scores")
    assert str(error.value).startswith(said)


def test_a_list_of_names_with_one_that_is_not_there_is_refused(repo):
    change(repo, '["draw"]', '["draw", "drew"]', "pk/kit/__init__.py")
    with pytest.raises(PageError, match=r"pk/kit/__init__.py:6: __all__ names 'drew', which is not there."):
        places.read(repo / "pk", repo)


def test_a_class_is_held_to_its_constructor_and_open_arguments_to_nothing():
    text = "Does.\n\nArgs:\n    x, y: two.\n    **more: any."
    assert docstrings.read(text, "f", 1, {"x": "", "y": "", "more": ""}).arguments[0] == ("x, y", "two.")
    with pytest.raises(PageError, match="f:4: the docstring documents the argument 'y'"):
        docstrings.read(text, "f", 1, {"x": ""})
    assert docstrings.read(text, "f", 1, None).summary == "Does."


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One thing. And another.", "One thing."),
        ("By A et al. 2017, e.g. this\none. Then.", "By A et al. 2017, e.g. this one."),
        ("(T, T) bool: no end", "(T, T) bool: no end"),
        ("Para\ngraph\n\nTwo.", "Para graph"),
    ],
)
def test_the_first_sentence(text, first):
    assert docstrings.first_sentence(text) == first
