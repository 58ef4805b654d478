"""Files that leave the browser: the record against its published schema, and the Markdown read by a CommonMark parser."""

import json
import re

import jsonschema
import pytest
from markdown_it import MarkdownIt
from support.exported_files import SCHEMA, faults
from support.generated import cases


def test_the_schema_is_a_schema_and_describes_every_field():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    undescribed = []

    def look(schema, path):
        for name, field in schema.get("properties", {}).items():
            if not field.get("description"):
                undescribed.append(f"{path}.{name}")
            look(field, f"{path}.{name}")
        for name, part in schema.get("$defs", {}).items():
            look(part, name)

    look(SCHEMA, "record")
    assert not undescribed


@pytest.mark.slow
def test_exported_records_keep_to_the_schema():
    for file in cases("shipped"):
        assert faults(file) == []
    for file in cases("records", 400):
        assert faults(file) == [], json.dumps(file)[:400]


@pytest.mark.slow
def test_what_the_schema_finds_right_is_read_whole():
    """But for more passed tests than there are, which no schema can say. Most other faults both find."""
    agreed = 0
    for case in cases("mutants", 600):
        if not faults(case["mutant"]):
            wrong = [path for path in case["wrong"] if not path.startswith("exercises.")]
            assert wrong == [] and case["problem"] is None, json.dumps(case)[:400]
        else:
            agreed += bool(case["wrong"] or case["problem"])
    assert agreed > 100


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda file: file.pop("notes"), "$"),
        (lambda file: file.update(version=1), "$.version"),
        (lambda file: file["notes"]["part1-bert-vs-gpt"].update(updated="yesterday"), "updated"),
        (lambda file: file["notes"]["part1-bert-vs-gpt"].pop("history"), "part1-bert-vs-gpt"),
        (lambda file: file["rubric"]["part1-transformer-architecture"]["1"].update(value="yes"), "value"),
        (lambda file: file["time"]["part1-transformer-architecture"].update({"2026-11-21 a": -5}), "2026-11-21"),
        (lambda file: file["notes"].update({"__proto__": file["notes"]["part1-bert-vs-gpt"]}), "$.notes"),
        (lambda file: next(iter(file["reviews"].values()))["log"][0].update(grade=5), "grade"),
    ],
)  # fmt: skip
def test_the_schema_says_what_is_wrong(change, path):
    file = cases("shipped")[-1]
    change(file)
    assert any(path in fault for fault in faults(file)), faults(file)


def one_line(text: str) -> str:
    """As the document shows a title: white space is one space."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()


def lines(text: str) -> str:
    """As CommonMark reads a text: one kind of line ending, and one at the end."""
    text = re.sub(r"\r\n?", "\n", text)
    return text if text.endswith("\n") else text + "\n"


def test_no_text_gets_out_of_its_place_in_the_markdown():
    """Headings are ours alone, each note is a fence that holds all of it, and there is no HTML, link or image."""
    for case in cases("documents", 300):
        tokens = MarkdownIt("commonmark").parse(case["markdown"])
        kinds = {token.type for token in tokens} | {
            child.type for token in tokens for child in token.children or []
        }
        assert not kinds & {
            "html_block",
            "html_inline",
            "link_open",
            "image",
            "blockquote_open",
            "hr",
            "code_block",
        }, case["markdown"]
        headings = [
            "".join(child.content for child in tokens[at + 1].children)
            for at, token in enumerate(tokens)
            if token.type == "heading_open"
        ]
        titles, notes = [one_line(title) for title in case["titles"]], case["notes"]
        noted = [bool(note.strip()) for note in notes]
        gone = [one_line(f"gone {case['stray']}")] * noted[2]
        shown = ["Notes and results", f"Part 1: {titles[0]}", titles[0], *[titles[1]] * noted[1]]
        rest = ["Labs, paths and what is no longer in the course"] * noted[2]
        assert headings == [one_line(title) for title in shown] + rest + gone, case["markdown"]
        fences = [token.content for token in tokens if token.type == "fence"]
        texts = [notes[0], case["old"], notes[1], notes[2]]
        assert fences == [lines(text) for text in texts if text.strip()], case["markdown"]
