"""What only the whole course can tell of its questions."""

import pytest
from support.quiz_course import FIRST, FRONT, REPO, docs_in, read, refused

from directives.quiz import lint
from hooks.course import course


@pytest.fixture
def docs(tmp_path):
    return docs_in(tmp_path)


def quiz(rights: list[int], texts: list[str] | None = None) -> str:
    """A page of single choices with the right option at these places."""
    questions = []
    for number, right in enumerate(rights):
        words = texts or ["some words", "more words", "last words", "what words"]
        options = "".join(
            f"    - {'right' if at == right else 'wrong'}: {text}\n      why: w\n"
            for at, text in enumerate(words)
        )
        questions.append(
            f'- id: q{number}\n  kind: single\n  teaches: "#first"\n  ask: Q\n  options:\n{options}'
        )
    return FRONT + "```yaml quiz\n" + "".join(questions) + "```\n"


def test_right_options_may_be_anywhere_evenly(docs):
    read(docs, quiz([0, 1, 2, 3] * 5))
    read(docs, quiz([0, 1, 2, 3, 0, 0]))  # 3 of 6, where chance gives 1.5 and the rule 3


def test_one_place_that_is_right_too_often_is_refused_over_all_pages(docs):
    message = refused(docs, quiz([1, 1, 0, 1, 2, 1]))
    assert message.startswith(
        f"docs/part1/a.md:{FIRST + 6 + 5 * 13 + 2}: question 'q5': over the whole course"
    )
    assert "the right option is at place 2 in 4 of 6 questions; at most 3 may, half as many again" in message
    assert f"Move it up or down, here or in docs/part1/a.md:{FIRST + 1}, " in message
    other = quiz([1, 2, 0]).replace("part1-a", "part1-c").replace("part1-old", "part1-older")
    (docs / "part1" / "c.md").write_text(other)
    read(docs, quiz([1, 1, 0]))
    assert "is at place 2 in 4 of 6 questions" in refused(docs, quiz([1, 1, 1]))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["short one", "a longer option than others", "short two", "short six"], "longest"),
        (["some words more", "words", "some words here", "some words too"], "shortest"),
    ],
)
def test_right_options_are_not_told_by_their_length(docs, words, what):
    places = [0, 1, 2, 3, 0, 2]

    def page(right_words: list[str]) -> str:
        """The odd word out is the right one, wherever it stands."""
        made = quiz(places, ["W0", "W1", "W2", "W3"])
        for place in places:
            plain = [w for w in right_words if w != right_words[1]]
            made = made.replace(f"right: W{place}", f"right: {right_words[1]}", 1)
            for at in range(4):
                made = (
                    made.replace(f"wrong: W{at}", f"wrong: {plain[at % 3]} {at}", 1) if at != place else made
                )
        return made

    message = refused(docs, page(words))
    assert f"the right option is the {what} in 6 of 6 questions; at most 3 may" in message


def test_length_is_what_a_reader_sees():
    assert lint.visible("**bold** `code`") == len("bold code")
    assert lint.visible("[a link](https://example.org/long)") == len("a link")
    assert lint.visible(r"$\frac{1}{d_k}$") == len("x1d_k")
    assert lint.visible("{= weights[0, 1].item() =}") == 4


def test_the_courses_own_questions_are_of_every_kind():
    loaded = course.load(REPO / "docs")
    asked = loaded.topics["part1-transformer-architecture"]["questions"]
    assert len(asked) >= 8 and {one["kind"] for one in asked} == {"single", "multiple", "numeric", "predict"}
    assert len(loaded.check_blocks()) == len(asked)
