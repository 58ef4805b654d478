"""A table whose rows come from a run."""

from collections.abc import Iterator

from directives.directive import Block, Directive, Expression, PageView, Words, fields


class Table(Directive):
    """`rows` is an expression; columns and caption are Markdown."""

    def expressions(self, block: Block) -> Iterator[Expression]:
        yield Expression(block.data["rows"], block.line)

    def words(self, block: Block) -> Iterator[Words]:
        yield from fields(block, "caption")
        for column in block.data["columns"]:
            yield Words(column, block.line)

    def render(self, block: Block, page: PageView) -> str:
        table = {
            "number": page.number(self.kind),
            "columns": [page.inline(column, block) for column in block.data["columns"]],
            "rows": page.value(block.run, block.data["rows"]),
            "caption": page.inline(block.data["caption"], block),
        }
        return page.fill(self.kind, table=table)


DIRECTIVE = Table(__file__)
