"""`benchmark`: this package compared with other libraries, in one run, on equal work."""

import argparse
import json

NAME = "benchmark"
SUMMARY = "how fast this is compared with other libraries, on this machine"
EXAMPLES = ("benchmark", "benchmark padded", "benchmark encoder --peers --threads 2", "benchmark decode --json")
DESCRIPTION = """\
Without a name: every case, one after the other; those whose names begin with
gpu- only where there is a GPU. Before anything is timed, all
contenders' results are found equal; then they run in turns, so that a busy
moment of the machine affects all equally.

how to read it:
  median       of all rounds, after one that is not counted; the middle half of
               the rounds is between the two numbers next to it
  speed        the first row's time divided by this one's, the median of the
               rounds: 2.00x is twice as fast
  of ceiling   how much of this machine's own matrix product (or copying, where
               the case says so) is reached
  differs by   the largest difference from the first row's result

keys of --json:
  machine      cpu, cores, threads, python, torch, date, and where they are
               there transformers, x-transformers, gpu, commit
  ceiling      gflops, copy (GB/s)
  results      a list of {case, title, rows, against_best_peer, best_peer,
               notes}; a row has name, value, low, high, unit, n, peer, speed,
               ceiling, difference, ratios (to the first row), note
  null means that a case does not measure it."""
ROUNDS = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument("case", nargs="?", metavar="CASE", help="one case; without it, all")
    parser.add_argument("--peers", action="store_true", help="transformers and x-transformers run too")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"rounds to time ({ROUNDS})")
    parser.add_argument("--threads", type=int, metavar="N", help="threads to use (torch's own choice)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")


def run(arguments: argparse.Namespace) -> str:
    """The text to print.

    Raises:
        ValueError: no such case, a peer that is not installed, or a number that makes no sense.
    """
    import torch

    from transformer_core.benchmarks.cases import CASES
    from transformer_core.benchmarks.ceiling import ceiling
    from transformer_core.benchmarks.report import as_json, provenance
    from transformer_core.cli.benchmark_text import render, render_machine

    for name in ("rounds", "threads"):
        if (number := getattr(arguments, name)) is not None and number < 1:
            raise ValueError(f"--{name} {number} measures nothing; give 1 or more")
    if arguments.case is not None and arguments.case not in CASES:
        raise ValueError(f"no case is called {arguments.case!r}; there are {', '.join(CASES)}")
    if arguments.case is None:
        chosen = [case for case in CASES.values() if torch.cuda.is_available() or not case.gpu]
    else:
        chosen = [CASES[arguments.case]]
    if any(case.gpu for case in chosen) and not torch.cuda.is_available():
        raise ValueError(f"{arguments.case} needs a GPU that torch can use, and there is none here; "
                         f"without one there are {', '.join(c.name for c in CASES.values() if not c.gpu)}")
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(arguments.threads or before)
        results = [case.measure(arguments.peers, arguments.rounds) for case in chosen]
        found, limits = provenance(), ceiling()
    finally:
        torch.set_num_threads(before)
    if arguments.json:
        return json.dumps(as_json(results, found, limits), indent=2)
    return "\n\n".join([*map(render, results), render_machine(found, limits)])
