"""A small package with everything that a reference has to show, and the tests that belong to it."""

import re
import textwrap
from pathlib import Path

from hooks.execution.cache import ResultCache
from hooks.reference import index as reference

PACKAGE = {
    "__init__.py": '''
        """A small package. It has two sentences.

        Shapes are written in these letters:

            B   sequences in a batch    T   tokens

        Heads come second.

        The rooms, ground floor first:

            scores  layers  kit/  more/
        """
    ''',
    "scores.py": '''
        """Scores: how well two things fit."""

        from collections.abc import Callable

        Score = Callable[[int], int]  # one number in, one out
        TABLE = {"a": 1}  # noqa: E501
        # Worked out by hand
        # on paper.
        LONG = ["a long one", "a long one", "a long one", "a long one", "a long one", "a long one", "a long one", "a long one", "a long one"]

        def fit(query, key, /, *, scale: float = 1e-5, name: str = "dot") -> tuple[int, int]:
            r"""Compare <s> with </s>; True means "may look".

            $$\\frac{q \\cdot k}{\\sqrt{d}}, \\qquad
            k^2$$

            Written as PE(p + k), for a d_model that is even.

            Args:
                query: (..., T, D), what is asked.
                key: what answers;
                    see layers.Layer for its place.
                scale: see `fit`.

            Returns:
                (T, D): angles -> turns.

            Raises:
                ValueError: too long.

            Source: A and B 2017,
            equation 1.
            """
            return _check(query)

        def _check(x):
            return x
    ''',
    "layers.py": '''
        """Layers."""

        from dataclasses import dataclass

        from pk.scores import Score, fit


        class Layer:
            """Calls fit() once, not the other.

            Args:
                width: D.
            """

            def __init__(self, width: int, score: Score = fit):
                self.width = width

            @property
            def double(self) -> int:
                """Twice the width."""
                return 2 * self.width

            @classmethod
            def wide(cls) -> "Layer":
                """A wide one."""

            def forward(self, x, *more, **named): ...

            def __len__(self) -> int:
                """Its width."""

            def __eq__(self, other): ...

            def _own(self): ...


        class Twin(Layer):
            """The same.

            Args:
                width: D.
            """


        @dataclass(frozen=True)
        class Found:
            """What came of it."""

            size: int  # in tokens
            rate: float = 0.5
    ''',
    "kit/__init__.py": '''
        """A kit whose face is one function."""

        from pk.kit.draw import draw
        from pk.scores import fit

        __all__ = ["draw"]
    ''',
    "kit/draw.py": 'from pk.more.tiled import tile\n\n\ndef draw(): "Draws."\n\n\ndef inner(): ...\n',
    "more/__init__.py": '"""More rooms in one.\n\n    tiled     in pieces\n    a ... b   the rest\n"""\n',
    "more/tiled.py": '"""Tiles."""\n\nfrom ..layers import Layer\n\n\ndef tile(layer: Layer): ...\n',
    "_hidden.py": "def hidden(): ...\n",
    "__main__.py": "import pk.layers\n",
}
TESTS = {
    "core/test_scores.py": "def test_a_score_is_one_number():\n    ...\n",
    "core/test_scores_by_hand.py": "class TestHand:\n    def test_one_and_one(self): ...\n",
    "core/more/test_tiled.py": "def test_x(): ...\n",
    "kit/test_kit_draws.py": "def test_it_draws(): ...\n",
}


def write(repo: Path) -> None:
    """Put package and tests into a folder that stands for the repository."""
    for folder, files in (("pk", PACKAGE), ("tests", TESTS)):
        for name, text in files.items():
            file = repo / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


def change(repo, old, new, file="pk/scores.py"):
    text = (repo / file).read_text()
    assert old in text
    (repo / file).write_text(text.replace(old, new, 1))


def render(made, name, taught=()):
    found = reference.page(
        made, made.page_of(name), list(taught), ResultCache(made.repo / ".cache", made.repo)
    )
    return found, " ".join(found.page.slots.values())


def entry(made, anchor):
    return next(one for module in made.package.modules.values() for one in module.all if one.anchor == anchor)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
