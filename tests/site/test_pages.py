"""The built pages as files: policy, addresses, and the outputs that they show."""

import difflib
import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.build_steps import has_run
from support.built_site import PAGES, REPO

from hooks.execution import approved
from hooks.site_files import csp

TOPIC = PAGES["topic"]


def text_of(element: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", element))


@pytest.fixture(scope="session")
def topic(site) -> str:
    return (site / TOPIC / "index.html").read_text(encoding="utf-8")


def test_every_page_carries_a_policy_that_knows_its_scripts(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 6
    for file in pages:
        page = file.read_text(encoding="utf-8")
        meta = re.search(
            r'<meta charset=[^>]+><meta http-equiv="Content-Security-Policy" content="([^"]+)">', page
        )
        assert meta, f"{file} has no policy right after its charset"
        assert "default-src 'none'" in meta[1] and "style-src 'self';" in meta[1] and "unsafe" not in meta[1]
        for source in csp.hashes(page):
            assert source in meta[1], f"{file}: an inline script is missing from the policy"


def test_no_style_attribute_and_no_foreign_resource(site):
    for file in site.rglob("*.html"):
        page = re.sub(r"<script.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"<[a-z][^<>]*\sstyle=", page), file
        assert not re.search(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(?:https?:)?//", page), file


def test_style_sheets_ask_nobody_else(site):
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8")), (
            sheet
        )


def test_machinery_stays_out_of_the_site(site):
    names = [file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()]
    assert not [
        name
        for name in names
        if name.startswith(("hooks/", "directives/", "templates/", "partials/", "js/", "css/"))
        or name.endswith((".yml", ".pyc", "main.html"))
        or (name.endswith(".py") and "/exercises/" not in name)  # those are for the learner
    ]


def test_outputs_are_the_approved_ones(site):
    """Where this fails and the new numbers are right, `make approve` accepts them."""
    built = json.loads((site / "assets" / "outputs.json").read_text(encoding="utf-8"))
    assert built
    for path, outputs in built.items():
        known = approved.read(REPO / "tests" / "approved", path)
        for run in sorted(known.keys() | outputs.keys()):
            old, new = (
                json.dumps(side.get(run), indent=1, ensure_ascii=False).split("\n")
                for side in (known, outputs)
            )
            drift = "\n".join(
                list(difflib.unified_diff(old, new, "approved", "built", lineterm="", n=1))[:40]
            )
            assert approved.same(known.get(run), outputs.get(run)), (
                f"docs/{path}, run '{run}' drifted:\n{drift}"
            )


def test_the_page_says_that_outputs_are_as_approved(topic, copied):
    assert topic.count("Same output as approved") == len(copied.keys() - TIMED)
    assert "Output differs" not in topic


TIMED = {"slow", "measure"}


@pytest.fixture(scope="module")
def copied(topic) -> dict[str, tuple[str, str]]:
    """By id of a run, the text under its copy button and the output that the page shows."""
    code = dict(re.findall(r'<code id="([\w-]+?)(?:-run)?-code">(.*?)</code>', topic, re.DOTALL))
    shown = dict(re.findall(r'<code id="([\w-]+?)(?:-run)?-output">(.*?)</code>', topic, re.DOTALL))
    assert len(code) > 20 and set(code) >= TIMED
    return {id: (text_of(code[id]), text_of(shown.get(id, ""))) for id in code}


def test_every_copied_text_is_the_one_that_ran_and_its_output_is_shown(copied):
    """The results are found again by the text: each came from a fresh interpreter that ran this text alone."""
    build = has_run(REPO / "docs")
    plan = build.site.plans["part1/transformer-architecture.md"]
    for id, (text, shown) in copied.items():
        run = plan.runs[id]
        assert text.rstrip() == run.code.rstrip(), id
        printed = build.site.results[plan.task(run).key].stdout
        assert approved.same_text(printed.rstrip(), shown.rstrip()), f"{id} printed\n{printed}"


def paste(id: str, text: str, shown: str, folder: Path) -> None:
    """The text in an empty folder, in a fresh interpreter, beside the installed package."""
    folder.mkdir()
    (folder / "pasted.py").write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["OMP_NUM_THREADS"] = "1"  # others run at the same time
    ran = subprocess.run(
        [sys.executable, "pasted.py"], cwd=folder, env=environment, text=True, capture_output=True
    )
    assert ran.returncode == 0, f"{id}: {ran.stderr}"
    if id not in TIMED:
        assert approved.same_text(ran.stdout.rstrip(), shown.rstrip()), f"{id} printed\n{ran.stdout}"


def test_a_copied_text_runs_alone_and_prints_what_the_page_shows(copied, tmp_path):
    id = min(copied.keys() - TIMED, key=lambda id: (not copied[id][1], len(copied[id][0])))
    paste(id, *copied[id], tmp_path / id)


@pytest.mark.long
def test_every_copied_text_runs_alone_and_prints_what_the_page_shows(copied, tmp_path):
    for id, (text, shown) in copied.items():
        paste(id, text, shown, tmp_path / id)


def test_figures_bring_their_data(site, topic):
    ids = re.findall(r'<figure class="figure" id="([\w-]+)"', topic)
    assert len(ids) >= 9
    for id in ids:
        data = json.loads(
            (site / "assets/figures" / TOPIC.strip("/") / f"{id}.json").read_text(encoding="utf-8")
        )
        rows = (
            (site / "assets/figures" / TOPIC.strip("/") / f"{id}.csv")
            .read_text(encoding="utf-8")
            .splitlines()
        )
        assert data and len(rows) > 2


def test_attention_that_is_shown_is_attention(site):
    """Rows of every map on the page add up to 1, and nothing is below 0."""
    folder = site / "assets/figures" / TOPIC.strip("/")
    files = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")}
    maps = {
        name: data["weights"] for name, data in files.items() if isinstance(data, dict) and "tokens" in data
    }
    for layer, heads in enumerate(maps.pop("all-heads")):
        maps |= {f"head {layer} {head}": weights for head, weights in enumerate(heads)}
    maps |= {f"layer {one['layer']}": one["data"]["weights"] for one in files["layers"]}
    assert {"it-to-cat", "previous-token", "causal-map", "layer 5"} <= maps.keys()
    for name, weights in maps.items():
        assert all(abs(sum(row) - 1) < 1e-3 and min(row) >= 0 for row in weights), name
    causal = maps["causal-map"]
    assert not any(causal[query][key] for query in range(5) for key in range(query + 1, 5))


def test_exercise_files_are_there_to_download(site, topic):
    for name in ("attention", "maps", "counts"):
        for file in (f"{name}_exercise.py", f"test_{name}_exercise.py", f"{name}_solution.py"):
            (link,) = re.findall(rf'href="([^"]+/{file})"', topic)
            assert (site / TOPIC / link).resolve().is_file()


def test_wrong_answers_are_told_and_not_shipped(site, topic):
    assert not list(site.rglob("wrong"))
    (link,) = re.findall(r'data-later="([^"]+/attention_solution\.py\.others\.html)"', topic)
    others = (site / TOPIC / link).resolve().read_text(encoding="utf-8")
    assert "Step 2: the scale is missing." in others


def test_the_manifest_says_where_each_exercise_is_and_how_many_tests_it_has(site):
    manifest = json.loads((site / "assets" / "course.json").read_text(encoding="utf-8"))
    listed = {one["id"]: one for topic in manifest["topics"] for one in topic["exercises"]}
    assert {id: one["total"] for id, one in listed.items()} == {
        "part1-transformer-architecture.attention-maps": 8,
        "part1-transformer-architecture.attention-from-scratch": 10,
        "part1-transformer-architecture.compare-architectures": 7,
    }
    for id, one in listed.items():
        page, _, place = one["url"].partition("#")
        html = (site / page / "index.html").read_text(encoding="utf-8")
        assert f'id="{place}"' in html and f'data-exercise="{id}"' in html


def test_the_notebook_is_rendered_lean_and_can_be_downloaded(site):
    lab = (site / PAGES["lab"] / "index.html").read_text(encoding="utf-8")
    assert len(lab) < 200_000 and "<style" not in lab
    (link,) = re.findall(r'href="([^"]+\.ipynb)" download', lab)
    notebook = json.loads((site / PAGES["lab"] / link).read_text(encoding="utf-8"))
    assert all(
        cell["outputs"] or any(quiet in "".join(cell["source"]) for quiet in ("def ", "find_spec"))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    )


def test_published_ids_are_never_lost(site):
    """Every id that was ever published is alive, an alias, or a tombstone; a new one is written down."""
    ledger = REPO / "tests" / "ids.txt"
    manifest = json.loads((site / "assets" / "course.json").read_text(encoding="utf-8"))
    written = [topic for topic in manifest["topics"] if not topic["planned"]]
    alive = {topic["id"] for topic in written}
    alive |= {exercise["id"] for topic in written for exercise in topic["exercises"]}
    alive |= {question["id"] for topic in written for question in topic["questions"]}
    from hooks.course import course, paths

    walked, _ = paths.load(course.load(REPO / "docs"))
    alive |= {path["id"] for path in walked}
    alive |= {step["id"] for path in walked for step in path["steps"] if step["topic"] is None}
    alive |= {f"lab-{file.stem}" for file in (REPO / "docs" / "labs").glob("*.ipynb")}
    remembered = {alias for topic in written for alias in topic["aliases"]} | set(
        course.load(REPO / "docs").tombstones
    )
    for entry in [entry for topic in written for entry in (*topic["questions"], *topic["exercises"])]:
        remembered |= set(entry.get("aliases", []))
    known = set(ledger.read_text(encoding="utf-8").split())
    assert known <= alive | remembered, (
        f"lost: {known - alive - remembered}; add them to aliases: or tombstones:"
    )
    assert alive <= known, f"add to {ledger.name}: {alive - known}"


def test_every_question_is_there_for_the_review_and_leads_to_its_section(site):
    """The manifest and questions.json name the same ones; address and section exist; keys are as computed here."""
    manifest = json.loads((site / "assets" / "course.json").read_text(encoding="utf-8"))
    asked = json.loads((site / "assets" / "questions.json").read_text(encoding="utf-8"))
    named = {question["id"]: question for topic in manifest["topics"] for question in topic["questions"]}
    assert named.keys() == asked.keys() and len(asked) >= 8
    assert {question["kind"] for question in asked.values()} == {"single", "multiple", "numeric", "predict"}
    for id, question in asked.items():
        assert question["url"] == named[id]["section"]
        for address in (question["url"], question["quizUrl"]):
            page, _, place = address.partition("#")
            assert f'id="{place}"' in (site / page / "index.html").read_text(encoding="utf-8"), address
        html = json.dumps(question)
        assert (
            "style=" not in html and "<script" not in html and "{=" not in html and "$" not in question["ask"]
        )
    topic = "part1-transformer-architecture"
    assert abs(asked[f"{topic}.weight-by-hand"]["key"] - 0.75) < 1e-6
    assert asked[f"{topic}.even-row"]["key"] == 4.0
    assert asked[f"{topic}.shape-of-scores"]["key"] == "(2, 12, 5, 7)"
    assert asked[f"{topic}.masked-row"]["key"] == "[0.5, 0.5, 0.0, 0.0]"


def test_the_manifest_counts_each_topic_once_with_what_the_dashboard_needs(site):
    manifest = json.loads((site / "assets" / "course.json").read_text(encoding="utf-8"))
    ids = [topic["id"] for topic in manifest["topics"]]
    assert len(ids) == len(set(ids)) == 28
    for topic in manifest["topics"]:
        assert topic["planned"] or (Path(site, topic["url"], "index.html").is_file() and topic["rubric"])
