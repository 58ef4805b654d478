"""One page of the reference: from what a module offers to Markdown with slots, and the HTML of each slot."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hooks.base import highlight, links, markdown, templates
from hooks.reference import docstrings, package
from hooks.reference.package import Entry
from hooks.reference.places import Reference

SECTIONS = 4  # of a lesson that are named
_LETTERS = re.compile(r"(?:^|\s)([A-Z][a-z]?) {2,}(\S.*?)(?= +[A-Z][a-z]? {2,}|\s*$)")


@dataclass
class Writer:
    """Writes one page; remembers the places that its links lead to.

    Args:
        made: the Reference; path: the page, from docs/.
        texts: the source files that the page shows.
    """

    made: Reference
    path: str
    texts: dict[str, str]
    slots: dict[str, str] = field(default_factory=dict)
    anchors: list[links.Anchor] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)  # folded away: HTML by the id of its fold

    def __post_init__(self):
        self.here, self.package = self.made.pages[self.path], self.made.package
        self.root = links.root(self.path)

    # --- pages -----------------------------------------------------------------------------------------

    def module(self, taught: list[dict], owner: str, proof: list[dict]) -> str:
        """A module's page. `owner`: the module that the proof is of, this one or its room."""
        here = self.here
        head = {
            **self._opening(),
            "floor": package.floor_name(self.package.floor_of(here.room)),
            "lessons": [self._lesson(topic) for topic in taught],
            "tests": sum(len(file["says"]) for file in proof),
            "proof": self._to(self.made.page_of(owner), "proven-by") if proof else None,
            "owner": owner if owner != here.name else None,
            "uses": self._rooms(self.package.uses(here.name)),
            "used_by": self._rooms(self.package.used_by(here.name)),
            "inner": [self._room(name) for name in self.package.inside(here.name)],
            "contents": [
                {"name": e.name, "href": f"#{e.anchor}", "says": self._says(e)} for e in here.entries
            ],
            "letters": self._letters(),
        }
        text = self._slot("head", "reference_head", head=head)
        for one in here.all:
            level = "###" if one.kind in ("method", "property") else "##"
            text += f"{level} `{one.name}` {{ #{one.anchor} .ref-name }}\n\n"
            text += self._slot(f"entry-{one.anchor}", "reference_entry", entry=self._entry(one))
        if here.helpers:
            text += "## The rest of the file { #rest data-search-exclude }\n\n" + self._rest()
        if proof and owner == here.name:
            text += "## Proven by { #proven-by data-search-exclude }\n\n" + self._proof(proof)
        return text

    def index(self) -> str:
        """The package itself: its rooms, floor by floor, and how its code is read."""
        text = self._slot("head", "reference_index", head=self._opening(), count=len(self.package.rooms))
        for number, floor in enumerate(self.package.floors()):
            rooms = [
                {
                    **self._room(room),
                    "uses": self._rooms(self.package.uses(room)),
                    "inner": [self._room(name) for name in self.package.inside(room)],
                }
                for room in floor
            ]
            text += f"## {package.floor_name(number)} {{ #floor-{number} data-search-exclude }}\n\n"
            text += self._slot(f"floor-{number}", "reference_rooms", rooms=rooms)
        text += "## Shapes and conventions { #shapes }\n\n"
        body = self._words(self.here).block(self._conventions())
        return text + self._slot("shapes", "reference_letters", letters=self._all_letters(), body=body)

    def _slot(self, name: str, part: str, **data) -> str:
        name = name.replace(".", "-")
        self.slots[name] = templates.fill(part, self.root, **data)
        return f'<div data-slot="{name}"></div>\n\n'

    def _fold(self, title: str, id: str, code: str) -> dict:
        """Code to be folded away under a title."""
        self.code[id] = templates.fill(
            "listing", self.root, id=id, html=highlight.coloured(code), lines=code.splitlines()
        )
        return {"title": title, "id": id}

    # --- words and links -------------------------------------------------------------------------------

    def _words(self, one, own: Iterable[str] = ()) -> docstrings.Writer:
        """What turns the docstring of a module or entry into HTML."""
        return docstrings.Writer(
            one.doc, one.file, one.doc_line, self._finder(one.file, one.doc_line), frozenset(own)
        )

    def _says(self, one) -> str:
        return self._words(one).inline(docstrings.first_sentence(one.doc))

    def _finder(self, file: str, line: int) -> Callable[[str], str | None]:
        """From a name as prose writes it to its address: this module's own first, else the only one there is."""

        def find(name: str) -> str | None:
            own = f"{self.package.name}.{self.here.name}.{name}"
            found = [own] if own in self.made.places else self.made.short.get(name, [])
            return self._to(*self.made.places[found[0]], file, line) if len(found) == 1 else None

        return find

    def _to(self, page: str, anchor: str, file: str = "", line: int = 1) -> str:
        if anchor:
            self.anchors.append(links.Anchor(file or self.here.file, line, page, anchor))
        if page == self.path and anchor:
            return f"#{anchor}"
        return self.root + links.url(page) + f"#{anchor}" * bool(anchor)

    def _rooms(self, names: Iterable[str]) -> list[dict]:
        return [{"name": name, "href": self._to(self.made.page_of(name), "")} for name in names]

    def _room(self, name: str) -> dict:
        return {
            "name": name,
            "href": self._to(self.made.page_of(name), ""),
            "says": self._says(self.package.modules[name]),
        }

    def _lesson(self, topic: dict) -> dict:
        if "path" not in topic:
            href = self._to(links.TOPIC_MAP, topic["id"])
            return {"title": topic["title"], "planned": True, "href": href, "sections": [], "more": 0}
        sections = [
            {"title": markdown.inline(one["title"]), "href": self._to(topic["path"], one["id"])}
            for one in topic["sections"][:SECTIONS]
        ]
        more = len(topic["sections"]) - len(sections)
        href = self._to(topic["path"], "")
        return {"title": topic["title"], "planned": False, "href": href, "sections": sections, "more": more}

    # --- parts -----------------------------------------------------------------------------------------

    def _opening(self) -> dict:
        read = docstrings.read(self.here.doc, self.here.file, self.here.doc_line)
        words = self._words(self.here)
        return {
            "package": self.package.name,
            "name": self.here.name,
            "lead": words.inline(read.summary),
            "body": [words.block(text) for _, text in read.body],
            "source": words.inline(read.source),
        }

    def _entry(self, one: Entry) -> dict:
        known = None if one.takes_any else one.parameters
        read = docstrings.read(one.doc, one.file, one.doc_line, known)
        words = self._words(one, one.parameters)
        documented = {name for names, _ in read.arguments for name in re.split(r", *", names)}
        fields = [(name, said) for name, said in one.parameters.items() if said and name not in documented]
        groups = (
            ("Arguments", read.arguments + fields),
            ("Attributes", read.attributes),
            ("Raises", read.raises),
        )
        cut = one.kind == "constant" and one.signature.endswith("...")
        shown = cut or one.kind in ("function", "class")
        code = self._lines(one.file, one.first, one.last) if shown else ""
        where = "" if one.file == self.here.file else f" of {one.file}"
        place = f"Source, lines {one.first}–{one.last}{where}"
        return {
            "kind": one.kind,
            "signature": self._signature(one),
            "bases": [{"name": base, "href": self._path(one.names.get(base), one)} for base in one.bases],
            "summary": words.inline(read.summary),
            "body": [{"title": title, "html": words.block(text)} for title, text in read.body],
            "groups": [{"label": label, "rows": words.rows(rows)} for label, rows in groups if rows],
            "returns": words.inline(read.returns or read.yields),
            "returns_label": "Yields" if read.yields else "Returns",
            "source": words.inline(read.source),
            "fold": self._fold(place, f"{one.anchor}-source", code) if code else None,
        }

    def _signature(self, one: Entry) -> list[str]:
        """Highlighted line by line; types and defaults of the package are links."""

        def linked(match: re.Match) -> str:
            href = self._path(one.names.get(match[1]), one)
            return f'<a href="{href}">{match[1]}</a>' if href else match[0]

        name = re.compile(r'<span class="n">(\w+)</span>')
        return highlight.coloured(one.signature, lambda code: name.sub(linked, code)).rstrip("\n").split("\n")

    def _path(self, path: str | None, one: Entry) -> str | None:
        return self._to(*self.made.places[path], one.file, one.first) if path in self.made.places else None

    def _lines(self, file: str, first: int, last: int) -> str:
        return "\n".join(self.texts[file].split("\n")[first - 1 : last]) + "\n"

    def _rest(self) -> str:
        title = "What it keeps to itself: " + ", ".join(name for name, _, _ in self.here.helpers)
        code = "\n\n".join(self._lines(self.here.file, first, last) for _, first, last in self.here.helpers)
        return self._slot("rest", "reference_rest", helpers=self._fold(title, "helpers-source", code))

    def _proof(self, proof: list[dict]) -> str:
        files = []
        for number, file in enumerate(proof):
            title = f"{file['path']}, {file['text'].count(chr(10))} lines"
            files.append({**file, "fold": self._fold(title, f"tests-{number}", file["text"])})
        folders = {file["path"].rpartition("/")[0] for file in proof}
        whole = len(proof) > 2 and len(folders) == 1 and folders != {"tests/core"}
        what = folders.pop() if whole else " ".join(file["path"] for file in proof)
        count = sum(len(file["says"]) for file in proof)
        command = f".venv/bin/pytest {what}"
        return self._slot("proof", "reference_proof", count=count, files=files, command=command)

    def _letters(self) -> list[tuple[str, str]]:
        """What the shape letters on this page mean."""
        docs = [one.doc for one in self.here.all]
        used = set(re.findall(r"\b[A-Z][a-z]?\b", " ".join(re.findall(r"\([^()]*\)", " ".join(docs)))))
        return [(letter, means) for letter, means in self._all_letters() if letter in used]

    def _all_letters(self) -> list[tuple[str, str]]:
        whole = self.package.modules[""]
        return [(letter, self._words(whole).inline(means)) for letter, means in letters(whole.doc)]

    def _conventions(self) -> str:
        """What the package says of itself besides its letters, drawn as a table, and its rooms, listed above."""
        left: list[str] = []
        for paragraph in re.split(r"\n[ \t]*\n", self.here.doc.strip())[1:]:
            named = set(self.package.rooms) & set(re.findall(r"\w+", paragraph))
            if paragraph.startswith("    ") and (_LETTERS.search(paragraph) or len(named) > 2):
                left = left[:-1]  # with the sentence that leads to it
            else:
                left.append(paragraph)
        return "\n\n".join(left)


def letters(doc: str) -> list[tuple[str, str]]:
    """The table of shape letters in a docstring, column by column."""
    rows = [_LETTERS.findall(line) for line in doc.split("\n") if line.startswith("    ")]
    width = max(map(len, rows), default=0)
    return [(row[n][0], row[n][1].strip()) for n in range(width) for row in rows if n < len(row)]
