"""A figure drawn from the values of a run, with its data as CSV and JSON beside it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from directives.directive import Block, Directive, Expression, PageView, Words, drawing_essence, fields
from hooks.base import parts

HEAVY = 7_000  # characters of a picture that comes with its page


class Figure(Directive):
    """`draw` is an expression that calls a function of `transformer_core.figures`."""

    def expressions(self, block: Block) -> Iterator[Expression]:
        yield Expression(block.data["draw"], block.line)

    def words(self, block: Block) -> Iterator[Words]:
        yield from fields(block, "title", "caption")

    def drawings(self, block: Block) -> Iterable[str]:
        return [block.data["draw"]]

    def essence(self, value: Any) -> Any:
        return drawing_essence(value)

    def render(self, block: Block, page: PageView) -> str:
        data = block.data
        drawn = page.value(block.run, data["draw"])
        if not isinstance(drawn, dict) or "html" not in drawn:
            cure = "Use a function of transformer_core.figures, such as heatmap(weights, tokens)."
            raise block.fault(f"draw gave no figure: {data['draw']!r}.", cure)
        stem = PurePosixPath("assets/figures", block.path.removeprefix("docs/")).with_suffix("") / data["id"]
        csv_path, json_path = f"{stem}.csv", f"{stem}.json"
        page.files[csv_path] = _csv(drawn["table"])
        page.files[json_path] = json.dumps(drawn["data"], ensure_ascii=False)
        assert block.run, "the plan refuses a figure without a run"
        name = f"Figure {page.number(self.kind)}"
        table = page.fill("figure_table", name=name, table=drawn["table"])
        parts.add(page.files, f"{stem}.table.html", f"{name}: its data", table)
        is_heavy = len(drawn["html"]) > HEAVY
        if is_heavy:
            parts.add(page.files, f"{stem}.html", name, drawn["html"])
        figure = {
            "id": data["id"],
            "name": name,
            "title": page.inline(data["title"], block),
            "html": "" if is_heavy else drawn["html"],
            "later": f"{page.root}{stem}.html",
            "caption": page.inline(data["caption"], block),
            "alt": drawn["alt"],
            "table": f"{page.root}{stem}.table.html",
            "csv": page.root + csv_path,
            "json": page.root + json_path,
            "made_by": f"#{page.run(block.run).place}",
        }
        return page.fill(self.kind, figure=figure)


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


DIRECTIVE = Figure(__file__)
