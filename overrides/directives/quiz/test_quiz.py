"""Questions: what a teacher may write, where a fault is shown, and what the build makes of them."""

import json
import re

import pytest
from support.quiz_course import FIRST, FRONT, PAGE, QUIZ, docs_in, read, refused

from hooks.base.errors import PageError
from hooks.execution import runner
from hooks.execution.cache import ResultCache
from hooks.lesson import renderer


def line_of(text: str, pointed: str) -> int:
    """Where a line that reads so first stands in the quiz; "last ...": where it stands last."""
    wanted = pointed.removeprefix("last ")
    found = [at for at, line in enumerate(text.split("\n"), 1) if line.strip() == wanted and at > FIRST]
    return found[-1 if wanted != pointed else 0]


@pytest.fixture
def docs(tmp_path):
    return docs_in(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    return ResultCache(folder, folder)


def render(docs, kept, text: str):
    loaded, (plan,) = read(docs, text)
    results = runner.run(plan.tasks(), kept, lambda line: None)
    return renderer.Renderer(plan, results, loaded, {}).render()


def test_the_manifest_knows_each_question_its_section_and_its_older_ids(docs):
    loaded, _ = read(docs, PAGE)
    asked = loaded.manifest()["topics"][-1]["questions"]
    assert asked[0] == {
        "id": "part1-a.one",
        "kind": "single",
        "section": "part1/a/#first",
        "aliases": ["part1-old.one"],
    }
    assert asked[1]["aliases"] == ["part1-a.several", "part1-old.some"]
    assert [one["kind"] for one in asked] == ["single", "multiple", "numeric", "predict"]
    assert loaded.manifest()["topics"][0]["questions"] == [], "a planned topic asks nothing"


def test_each_question_has_its_entry_for_the_review(docs, kept):
    asked = render(docs, kept, PAGE).shared["assets/questions.json"]
    assert list(asked) == ["part1-a.one", "part1-a.some", "part1-a.sum", "part1-a.print"]
    shape = json.loads(json.dumps(asked["part1-a.one"]))
    assert set(shape) == {
        "topic", "topicTitle", "section", "url", "quizUrl", "kind", "ask", "code", "codeShown",
        "options", "answer", "why", "key", "tolerance", "unit", "mistakes",
    }  # fmt: skip
    assert shape["url"] == "part1/a/#first" and shape["quizUrl"] == "part1/a/#q-one"
    assert shape["section"] == "First" and asked["part1-a.some"]["section"] == "2. Sums: “sum” it up"
    assert "<math" in shape["ask"]
    assert [option["right"] for option in shape["options"]] == [False, True, False]
    assert shape["options"][1]["why"] == 'Count <code>len("ab")</code>.'
    assert 'href="part1/a/#2-sums-sum-it-up"' in shape["options"][2]["why"], "links start at the site's root"
    assert asked["part1-a.some"]["options"][2]["html"] == "Three, of 3"
    number = asked["part1-a.sum"]
    assert (number["key"], number["answer"], number["tolerance"], number["unit"]) == (
        2.0,
        "2.00 cm",
        0.01,
        "cm",
    )
    assert number["why"] == "Their sum is 6." and [one["given"] for one in number["mistakes"]] == [6, 7]
    printed = asked["part1-a.print"]
    assert printed["key"] == "[3, '<b>']" and "[3, &#39;&lt;b&gt;&#39;]" in printed["answer"]
    assert (
        printed["why"] == "It adds up to 3."
        and printed["mistakes"][0]["why"] == "Counting from 0, the last is 2."
    )
    assert printed["codeShown"] and "<pre" in printed["code"]


def test_the_page_shows_questions_with_their_answers_folded(docs, kept):
    (html,) = [slot for slot in render(docs, kept, PAGE).slots.values() if "data-quiz" in slot]
    assert html.count("<fieldset>") == html.count("<legend>") == html.count("<details") == 4
    assert html.count('type="radio"') == 3 and html.count('type="checkbox"') == 4
    assert re.findall(r'value="\w+" data-right', html) and html.count(" data-right") == 3
    assert 'data-key="[3, &#39;&lt;b&gt;&#39;]"' in html and 'data-key="2.0"' in html
    assert "<b>Answers:</b> <span>1: B</span>; <span>2: A, C</span>; <span>3: 2.00 cm</span>" in html
    assert 'Computed by <a href="#sums">' in html
    outputs = render(docs, kept, PAGE).outputs
    assert outputs["quiz-print"]["stdout"] == ["[3, '<b>']"], "keys are approved like every output"
    assert outputs["sums"]["values"]["sum(numbers) / len(numbers)"] == 2.0


def test_an_option_is_known_by_its_text_wherever_it_stands(docs, kept):
    def keys(text):
        return {
            o["html"]: o["key"]
            for o in render(docs, kept, text).shared["assets/questions.json"]["part1-a.some"]["options"]
        }

    moved = PAGE.replace("    - right: One\n      why: It is.\n", "")
    moved = moved.replace(
        "    - wrong: None that", "    - right: One\n      why: It is.\n    - wrong: None that"
    )
    assert keys(PAGE) == keys(moved) and len(set(keys(PAGE).values())) == 4


FAULTS = {
    "an unknown kind": ("kind: single", "kind: singel", 'kind: singel', "quiz.0.kind is 'singel'. Did you mean 'single'?"),
    "an unknown field": ("tolerance: 0.01", "tolerence: 0.01", "tolerence: 0.01", "unknown field 'tolerence' in quiz.2. Did you mean 'tolerance'?"),
    "an id of the wrong form": ("- id: one", "- id: One?", '- id: One?', "quiz.0.id is 'One?': it does not have the right form. The question's own id"),
    "an id twice": ("- id: some", "- id: one", 'last - id: one', "question 'one': the question on line 23 has this id too."),
    "an option without a why": ("      why: That is one of them.\n", "", '- wrong: The number one', "quiz.0.options.0 lacks the field 'why'. Markdown, shown to who chose it"),
    "an option that is neither": ("- wrong: Two", "- text: Two", '- text: Two', "unknown field 'text' in quiz.1.options.1. Known: right, why, wrong."),
    "an option that is both": ("- wrong: Two\n", "- wrong: Two\n      right: Two\n", '- wrong: Two', "option 2 is both right and wrong."),
    "an option without a text": ("- wrong: Two\n      why: It is even.", "- why: It is even.", '- why: It is even.', "option 2 is neither right nor wrong."),
    "a number as an option": ("right: The number two", "right: 2", '- right: 2', "quiz.0.options.1.right is 2: it should be string. Markdown: an option that is right; in quotes if"),
    "two options only": ("    - wrong: The number three\n      why: That is one more. See [sums](#2-sums-sum-it-up).\n", "", 'options:', "it needs at least 3. Three to six options"),
    "no right option": ("- right: The number two", "- wrong: The number two", 'options:', "question 'one': no option is right."),
    "two right options": ("- wrong: The number one", "- right: The number one", 'options:', "2 options are right. Keep one, or make it 'kind: multiple'."),
    "no wrong option": ("kind: multiple\n", "kind: multiple\n", "options:", "every option is right. Add one"),
    "the same option twice": ("wrong: The number three", "wrong: the number  ONE", '- wrong: the number  ONE', "options 1 and 3 are the same."),
    "all of the above": ("wrong: The number three", "wrong: All of the above", '- wrong: All of the above', "option 3 speaks of other options: 'All of the above'. They are shuffled"),
    "none of these": ("wrong: None that is here", "wrong: None of these answers", '- wrong: None of these answers', "option 4 speaks of other options"),
    "both A and B": ("wrong: The number three", "wrong: Both A and B", '- wrong: Both A and B', "option 3 speaks of other options: 'Both A and B'."),
    "no ask": ("  ask: Which are odd?\n", "", '- id: some', "question 'some': multiple lacks the field 'ask'."),
    "a field of another kind": ("  ask: Which are odd?\n", "  ask: Which are odd?\n  tolerance: 1\n", 'tolerance: 1', "multiple takes no 'tolerance'. It takes"),
    "a typed key": ("key: sum(numbers) / len(numbers)", 'key: "2.0"', 'key: "2.0"', "its key 2.0 is typed. Write the expression that computes it"),
    "a typed number": ("key: sum(numbers) / len(numbers)", "key: 2", 'key: 2', "quiz.2.key is 2: it should be string. numeric: a Python expression"),
    "two runs": ("  of: sums\n", "  of: sums\n  code: |\n    print(1)\n", 'of: sums', "'code' and 'of' name two runs."),
    "code on one line": ("  code: |\n    total = 0\n    for n in range(3):\n        total += n\n    print([total, \"<b>\"])\n", "  code: total = 0; n = 2; print(total)\n", 'code: total = 0; n = 2; print(total)', "its code has no lines of its own."),
    "a run that is not there": ("of: sums", "of: sumz", 'key: sum(numbers) / len(numbers)', "there is no run called 'sumz'. Did you mean 'sums'?"),
    "a wrong tolerance": ("tolerance: 0.01", "tolerance: 0", 'tolerance: 0', "quiz.2.tolerance is 0"),
    "no section": ('teaches: "#first"', 'teaches: "#frist"', 'teaches: "#frist"', "docs/part1/a.md has no section #frist. Did you mean 'first'?"),
    "a section without its sign": ('teaches: "#first"', "teaches: first", 'teaches: first', "quiz.0.teaches is 'first': it does not have the right form. The section that teaches it: '#its-heading'"),
    "no such page": ('teaches: "#first"', 'teaches: "c.md#first"', 'teaches: "c.md#first"', "there is no page docs/part1/c.md."),
    "a planned page": ('teaches: "#first"', 'teaches: "b.md#first"', 'teaches: "b.md#first"', "docs/part1/b.md is only planned. Link a section that is written."),
    "an id of the past": ("- id: one", "- id: gone", '- id: gone', "the id part1-a.gone was used before. Ids are permanent"),
    "an id that is an alias": ("- id: one", "- id: several", '- id: several', "the id part1-a.several was used before."),
    "text that is no YAML": ("ask: Which are odd?", "ask: Which: are odd?", 'ask: Which: are odd?', "mapping values are not allowed here."),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_build_with_its_line_the_reason_and_the_cure(docs, fault):
    right, wrong, pointed, said = FAULTS[fault]
    assert right in QUIZ, "this test no longer matches the page"
    page = FRONT + QUIZ.replace(right, wrong, 1)
    if fault == "no wrong option":
        page = page.replace("single", "multiple").replace("- wrong: The number", "- right: The number")
    message = refused(docs, page)
    assert said in message, message
    assert message.startswith(f"docs/part1/a.md:{line_of(page, pointed)}: "), message


BUILT = {
    "code that fails": ("        total += n\n", "        total += m\n", 'total += m', "NameError: name 'm' is not defined The line is: 'total += m'"),
    "code that prints nothing": ('    print([total, "<b>"])\n', "", 'code: |', "its code prints nothing."),
    "code that prints a novel": ('print([total, "<b>"])', 'print("x" * 999)', 'code: |', "its code prints 999 characters. Print at most 200"),
    "an expression that fails": ("sum(numbers) / len(numbers)", "sum(number) / 3", 'key: sum(number) / 3', "NameError: name 'number' is not defined, in 'sum(number) / 3'. It sees the names of the run 'sums'"),
    "a key that is no number": ("key: sum(numbers) / len(numbers)", "key: str(numbers)", 'key: str(numbers)', "its key gives '[1, 2, 3]', which is no number."),
    "a key that says how near to nobody": ("  tolerance: 0.01\n", "", 'key: sum(numbers) / len(numbers)', "its key is 2.0, and nothing says how near an answer must be."),
    "a mistake that is right": ("given: 7", "given: 2.001", '- given: 2.001', "the mistake 2.001 is the right answer."),
    "a printed mistake that is right": ("[6, '<b>']", "[{= total =}, '<b>']", '- {given: "[{= total =}, \'<b>\']", why: "Counting from 0, the last is {= n =}."}', "is the right answer."),
    "maths that is wrong": ("$1 + 1$", r"$\fracc{1}{2}$", 'ask: What is $\\fracc{1}{2}$?', 'maths: Unknown command "\\fracc"'),
}  # fmt: skip


@pytest.mark.parametrize("fault", BUILT)
def test_a_fault_that_only_running_shows_is_told_with_its_line_too(docs, kept, fault):
    right, wrong, pointed, said = BUILT[fault]
    assert right in QUIZ, "this test no longer matches the page"
    page = FRONT + QUIZ.replace(right, wrong, 1)
    with pytest.raises(PageError) as error:
        render(docs, kept, page)
    assert said in str(error.value), error.value
    assert str(error.value).startswith(f"docs/part1/a.md:{line_of(page, pointed)}: "), error.value


def test_a_quiz_belongs_to_a_topic(docs):
    (docs / "index.md").write_text("# Home\n\n" + QUIZ)
    assert refused(docs, FRONT).startswith("docs/index.md:3: a quiz is on the page of a topic.")
