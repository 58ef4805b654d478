"""`budget`: how many parameters and tokens a training run should have, by published scaling laws."""

import argparse
import json
import math

from transformer_core.cli.terminal import in_words, table
from transformer_core.measurement.scaling_laws import (
    PUBLISHED,
    TOKENS_PER_PARAMETER,
    ScalingLaw,
    check_amount,
    training_flops,
)

NAME = "budget"
SUMMARY = "how large a model, and how much text, for the compute there is"
EXAMPLES = (
    "budget --flops 5.76e23",
    "budget --parameters 70B",
    "budget --parameters 70B --tokens 1.4T",
    "budget --tokens 300e9 --json",
)
DESCRIPTION = """\
A Chinchilla calculator. From a budget of compute, a number of parameters or a
number of tokens it works out the other two, so that no other split of the same
compute gives a lower loss. With parameters and tokens both: what such a run
takes, and the loss to expect.

how to read it:
  best by     whose law; the rule of thumb is 20 tokens for each parameter
  parameters  N, the numbers to be learned
  tokens      D, how many are read in training, again counted when read again
  FLOPs       additions and multiplications of the whole training: 6 N D
  loss        in nats per token, as each law predicts it: E + A/N^alpha +
              B/D^beta. It holds for that paper's own text and tokenizer.
  The two laws come from the same runs. The first is as its paper prints it,
  rounded; the second was fitted again and agrees with the rule of thumb.

keys of --json:
  given   what was asked for: {parameters, tokens, flops}, null where not
  rows    a list of {by, parameters, tokens, flops, tokens_per_parameter, loss};
          by is rule_of_thumb, hoffmann, besiroglu or given, and loss is what
          each law predicts: {hoffmann, besiroglu}
  laws    each law's constants: {hoffmann, besiroglu}, each with
          {e, a, b, alpha, beta, source}"""
NAMES = {"rule_of_thumb": "rule of thumb", "hoffmann": "Hoffmann 2022", "besiroglu": "Besiroglu 2024",
         "given": "as given"}
POWERS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument("--parameters", metavar="N", help="such as 7B or 70e9")
    parser.add_argument("--tokens", metavar="D", help="such as 300B or 1.4T")
    parser.add_argument("--flops", metavar="C", help="of the whole training, such as 5.76e23; alone")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> str:
    """The text to print.

    Raises:
        ValueError: nothing is given, too much, or what is no number.
    """
    given = {name: None if (text := getattr(arguments, name)) is None else read_number(text, f"--{name}")
             for name in ("parameters", "tokens", "flops")}
    found = facts(**given)
    return json.dumps(found, indent=2) if arguments.json else render(found)


def read_number(text: str, name: str = "the number") -> float:
    """70e9, 70B, 1.4T, 300 000 as 300_000: a count, with K, M, B or T for powers of 1000.

    Raises:
        ValueError: it is none, or not above 0.
    """
    power = POWERS.get(text[-1:].upper(), 1)
    try:
        number = float(text if power == 1 else text[:-1]) * power
    except ValueError:
        raise ValueError(f"{name} {text!r} is no number; write it as 7000000000, 7e9 or 7B "
                         "(K, M, B, T are thousand, million, billion, trillion)") from None
    check_amount(name, number)
    return number


def facts(parameters: float | None = None, tokens: float | None = None, flops: float | None = None) -> dict:
    """What --json gives.

    Raises:
        ValueError: nothing is given, or FLOPs with another number.
    """
    others = [f"--{name}" for name, value in (("parameters", parameters), ("tokens", tokens)) if value is not None]
    if flops is None and not others:
        raise ValueError(f"nothing is given; say what there is, as in: {EXAMPLES[0]}")
    if flops is not None and others:
        raise ValueError(f"--flops says how far {' and '.join(others)} can go; give --flops alone, or leave it out")
    if parameters is not None and tokens is not None:
        splits = {"given": (parameters, tokens)}
    else:
        splits = {"rule_of_thumb": _by_rule(parameters, tokens, flops)}
        splits |= {name: _by_law(law, parameters, tokens, flops) for name, (law, _) in PUBLISHED.items()}
    return {
        "given": {"parameters": parameters, "tokens": tokens, "flops": flops},
        "rows": [{
            "by": by, "parameters": n, "tokens": d, "flops": training_flops(n, d), "tokens_per_parameter": d / n,
            "loss": {name: law.loss(n, d) for name, (law, _) in PUBLISHED.items()},
        } for by, (n, d) in splits.items()],
        "laws": {name: vars(law) | {"source": source} for name, (law, source) in PUBLISHED.items()},
    }


def render(found: dict) -> str:
    """A table of the splits, and the laws behind it."""
    given = {name: value for name, value in found["given"].items() if value is not None}
    asked = " and ".join(f"{value:.3g} FLOPs" if name == "flops" else f"{in_words(value)} {name}"
                         for name, value in given.items())
    title = {("flops",): f"The lowest loss that {asked} buy:",
             ("parameters",): f"The training for which {asked} are the right size:",
             ("tokens",): f"The training for which {asked} are the right number:",
             ("parameters", "tokens"): f"What training {asked.replace(' and ', ' on ')} takes, and the loss to expect:"}
    rows = [("best by", "parameters", "tokens", "each", "FLOPs", "loss H", "loss B")]
    rows += [(NAMES[row["by"]], in_words(row["parameters"]), in_words(row["tokens"]),
              f"{row['tokens_per_parameter']:,.3g}", f"{row['flops']:.3g}",
              *(f"{loss:.3f}" for loss in row["loss"].values())) for row in found["rows"]]
    sources = [f"  {key[0].upper()}  E {law['e']}, A {law['a']}, B {law['b']}, alpha {law['alpha']}, beta {law['beta']}\n"
               f"     {law['source']}" for key, law in found["laws"].items()]
    return "\n".join([
        title[tuple(given)], "", table(rows, right=range(1, 7)), "",
        "each: tokens for each parameter; loss in nats per token, by the law", *sources])


def _by_rule(parameters: float | None, tokens: float | None, flops: float | None) -> tuple[float, float]:
    if flops is not None:  # C = 6 N (20 N)
        parameters = math.sqrt(flops / training_flops(1, TOKENS_PER_PARAMETER))
    elif parameters is None:
        parameters = tokens / TOKENS_PER_PARAMETER
    return parameters, parameters * TOKENS_PER_PARAMETER


def _by_law(
    law: ScalingLaw, parameters: float | None, tokens: float | None, flops: float | None,
) -> tuple[float, float]:
    if flops is not None:
        return law.best(flops)
    return (law.best_parameters(tokens), tokens) if parameters is None else (parameters, law.best_tokens(parameters))
