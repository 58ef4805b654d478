"""`study`: many small trainings side by side, as the course's pages show them."""

import argparse
import json
import sys
import time

NAME = "study"
SUMMARY = "trainings side by side: what a part is for, what size brings"
EXAMPLES = ("study", "study ablations --json", "study sweep --again --threads 1")
DESCRIPTION = """\
Without a name: what studies there are. With one: its rows as they were kept,
with the machine and the day. --again runs it again, which takes minutes, and
keeps the result in the place of the one before.

how to read it:
  each row is one training or one measurement, its columns named above it;
  every seed is in the code, so the same versions give the same numbers

keys of --json:
  without a name  studies: a list of {name, summary}
  with a name     name, command, machine {cpu, cores, threads, python, torch,
                  date}, seconds, rows (their keys differ by study)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument("study", nargs="?", metavar="NAME", help="one study; without it, all are listed")
    parser.add_argument("--again", action="store_true", help="run it again and store the result")
    parser.add_argument("--threads", type=int, metavar="N", help="threads to use with --again (torch's choice)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> str:
    """The text to print.

    Raises:
        ValueError: no such study, or none was kept yet.
    """
    from transformer_core.cli.terminal import table
    from transformer_core.studies.recorded import load
    from transformer_core.studies.studies import STUDIES

    if arguments.study is None:
        known = [{"name": study.name, "summary": study.summary} for study in STUDIES.values()]
        if arguments.json:
            return json.dumps({"studies": known}, indent=2)
        return table([(study["name"], study["summary"]) for study in known])
    if arguments.study not in STUDIES:
        raise ValueError(f"no study is called {arguments.study!r}; there are {', '.join(STUDIES)}")
    if arguments.threads is not None and arguments.threads < 1:
        raise ValueError(f"--threads {arguments.threads} computes nothing; give 1 or more")
    record = _again(STUDIES[arguments.study], arguments.threads) if arguments.again else load(arguments.study)
    if arguments.json:
        return json.dumps(vars(record), indent=2)
    columns = list(dict.fromkeys(key for row in record.rows for key in row if not isinstance(row[key], list)))
    rows = [columns, *([_short(row.get(column, "")) for column in columns] for row in record.rows)]
    made = record.machine
    return f"{table(rows, right=range(1, len(columns)))}\n\n{record.command}\n" \
           f"{made['cpu']}, {made['threads']} threads, torch {made['torch']}, {made['date']}, {record.seconds:,.0f} s"


def _again(study, threads: int | None):
    """Run it, tell on stderr how far it is, keep what it gave."""
    import torch

    from transformer_core.studies.recorded import save

    torch.set_num_threads(threads or torch.get_num_threads())
    started, rows = time.perf_counter(), []
    for row in study.run():
        rows.append(row)
        print(f"{time.perf_counter() - started:7.1f} s  {row}"[:160], file=sys.stderr)
    words = f"python -m transformer_core study {study.name} --again" + (f" --threads {threads}" if threads else "")
    return save(study.name, rows, command=words, seconds=time.perf_counter() - started)


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
