"""Questions to answer: checked when the course is loaded, shown with what their code gave."""

from collections.abc import Iterator
from pathlib import Path

from directives.directive import Block, CourseView, Directive, Entry, Expression, PageView, Words
from directives.quiz import lint, view
from directives.quiz.questions import Question, read
from hooks.base import links, markdown
from hooks.base.fences import Fence

FILE = "assets/questions.json"  # the questions of all pages, for the review


class Quiz(Directive):
    """A list of questions; each may have code of its own, and an answer that the code computes."""

    def parse(self, block: Block, topic: dict | None, docs: Path) -> list[Question]:
        assert topic, "a quiz needs a topic, see `of_topics`"
        return read(block, topic["id"])

    def entries(self, blocks: list[Block], topic: dict) -> list[Entry]:
        by_id: dict[str, Question] = {}
        for question in _questions(blocks):
            if twin := by_id.get(question.id):
                wrong = f"the question on line {twin.line()} has this id too."
                raise question.fault(("id",), wrong, "Ids are unique on a page: choose another.")
            by_id[question.id] = question
        return [Entry(_entry(question, topic), question.line("id")) for question in by_id.values()]

    def check_course(self, blocks: list[Block], course: CourseView) -> list[links.Anchor]:
        return lint.check(_questions(blocks), course)

    def run_of(self, block: Block) -> str | None:
        return None  # each question names its own

    def code(self, block: Block) -> Iterator[tuple[Fence, int, str]]:
        for question in block.parsed:
            if fence := question.fence():
                yield *fence, question.place

    def expressions(self, block: Block) -> Iterator[Expression]:
        for question in block.parsed:
            for text, line in question.expressions():
                yield Expression(text, line, question.run)

    def words(self, block: Block) -> Iterator[Words]:
        for question in block.parsed:
            for text, line in question.texts():
                yield Words(text, line, question.run)

    def render(self, block: Block, page: PageView) -> str:
        shown = [self._question(question, block, page) for question in block.parsed]
        return page.fill(self.kind, questions=shown)

    def text(self, block: Block, page: PageView) -> str:
        """Questions and options, without the answers: a reader may want to be asked."""
        shown = []
        for question in block.parsed:
            data, run = question.data, question.run or block.run
            code = [f"```python\n{data['code'].strip()}\n```"] if "code" in data else []
            options = [
                f"- {page.filled(one.get('right') or one['wrong'], run)}" for one in data.get("options", [])
            ]
            asked = page.filled(data.get("ask", view.PREDICT), run)
            shown.append(
                "\n\n".join(
                    ["**Question.** " + asked, *code, *(["\n".join(sorted(options))] if options else [])]
                )
            )
        return "\n\n".join(shown)

    def _question(self, question: Question, block: Block, page: PageView) -> dict:
        run = question.run or block.run
        ran = view.Ran(
            html=lambda text, line: page.inline(text, block, line=line, run=run),
            filled=lambda text: page.filled(text, run),
            value=lambda expression: page.value(run, expression),
            stdout=page.result(run).stdout if run else "",
            made_by=page.run(run).place if run else None,
        )
        seen = view.view(question, page.count("question"), ran)
        path, fragment = question.taught
        title = markdown.plain(page.course.sources[path].sections[fragment])
        here = f"docs/{path}" == block.path
        href = f"#{fragment}" if here else f"{page.root}{links.url(path)}#{fragment}"
        page.shared[FILE][question.id] = view.entry(seen, question, page.topic or {}, title)
        return {**seen, "section": title, "href": href}


def _questions(blocks: list[Block]) -> list[Question]:
    return [question for block in blocks for question in block.parsed]


def _entry(question: Question, topic: dict) -> dict:
    own = question.data["id"]
    return {
        "id": question.id,
        "kind": question.kind,
        "section": f"{links.url(question.taught[0])}#{question.taught[1]}",
        "aliases": [
            *question.data.get("aliases", []),
            *(f"{alias}.{own}" for alias in topic.get("aliases", [])),
        ],
    }


DIRECTIVE = Quiz(
    __file__,
    of_topics="a quiz is on the page of a topic.",
    manifest="questions",
    shared_files=(FILE,),
)
