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
        rows, width = page.value(block.run, block.data["rows"]), len(block.data["columns"])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            cure = "Write an expression that gives a list with a list for each row."
            raise block.fault(f"rows gave no list of rows: {block.data['rows']!r}.", cure)
        for number, row in enumerate(rows, start=1):
            if len(row) != width:
                wrong = f"row {number} has {len(row)} cells, and there are {width} columns."
                raise block.fault(wrong, "Give each row a cell for each column.")
        table = {
            "number": page.number(self.kind),
            "columns": [page.inline(column, block) for column in block.data["columns"]],
            "rows": rows,
            "caption": page.inline(block.data["caption"], block),
        }
        return page.fill(self.kind, table=table)

    def text(self, block: Block, page: PageView) -> str:
        columns = [page.filled(column, block.run) for column in block.data["columns"]]
        rows = [columns, ["---"] * len(columns), *page.value(block.run, block.data["rows"])]
        lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
        return "\n".join([*lines, "", page.filled(block.data["caption"], block.run)])


DIRECTIVE = Table(__file__)
